"""A course that knows nothing of Pathwise is graded as stock nbgrader grades it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from toy_class import Commands
from toy_course import CONFIG

STOCK = """\
c = get_config()
c.CourseDirectory.course_id = "plain"
c.Execute.timeout = 20
"""
OURS = f"{CONFIG}c.CourseDirectory.release_directory = 'release'\nc.Execute.timeout = 20\n"

Cell = tuple[str, dict[str, Any]]


def solution(name: str, source: str) -> NotebookNode:
    """A cell that students fill."""
    return _cell(f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", name, solution=True)


def checks(name: str, points: float, source: str) -> NotebookNode:
    """A cell with tests."""
    return _cell(source, name, grade=True, locked=True, points=points)


def manual(name: str, points: float, make: Callable[..., NotebookNode] = new_markdown_cell) -> NotebookNode:
    """A cell that a person grades."""
    return _cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", name, make, grade=True, solution=True, points=points)


def _cell(
    source: str,
    name: str,
    make: Callable[..., NotebookNode] = new_code_cell,
    points: float | None = None,
    **flags: bool,
) -> NotebookNode:
    claims = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, "grade_id": name}
    more = {} if points is None else {"points": points}
    return make(source, id=name.replace("_", "-"), metadata={"nbgrader": {**claims, **flags, **more}})


SOURCE = [
    new_markdown_cell("# Plain", id="title"),
    new_code_cell(
        "import numpy as np\nfrom helper import third\nwith open('data.txt') as file:\n    data = file.read()",
        id="setup",
    ),
    solution("f", "def f(x):\n    return third(3 * x)"),
    checks("test_f", 2.0, "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(5) == 5\n### END HIDDEN TESTS"),
    solution("partly", "credit = 1.5"),
    checks("test_partly", 2.0, "print('so much:')\ncredit"),
    checks("test_numpy_number", 2.0, "np.float64(credit)"),
    checks("test_stderr", 1.0, "import warnings\nwarnings.warn('beware') if f(2) != 2 else None"),
    solution("write", "with open('made.txt', 'w') as file:\n    file.write(data.upper())"),
    checks("test_write", 1.0, "assert open('made.txt').read() == 'SOME DATA'"),
    checks("test_display", 1.0, "display(f(1))\nprint(f(1))"),
    checks("test_last_value_is_text", 1.0, "str(f(1))"),
    manual("explain", 3.0),
    manual("plot", 2.0, new_code_cell),
    _cell("Do something remarkable.", "task", new_markdown_cell, task=True, locked=True, points=4.0),
    checks("test_quiet", 1.0, "assert f(7) == 7"),
]

LOUD = "def f(x):\n    print('x' * 3_000_000)\n    return x + 1"
HUSH = "get_ipython().__class__.showtraceback = lambda *args, **kwargs: None\ndef f(x):\n    return x + 1"
CROWD = "def f(x):\n    for _ in range(12):\n        display('x' * 1_000_000)\n    return x + 1"
RIGHT = {
    "f": "def f(x):\n    return x",
    "partly": "credit = 1.5",
    "write": "with open('made.txt', 'w') as file:\n    file.write(data.upper())",
    "explain": "Because.",
    "plot": "print('a plot')",
    "task": "Do something remarkable.\n\nI did.",
}
STUDENTS = {
    "right": RIGHT,
    "untouched": {},
    "mistaken": {**RIGHT, "f": "def f(x):\n    return x if x < 2 else 'no'", "partly": "credit = 0", "write": "pass"},
    "broken": {**RIGHT, "f": "def f(x:", "partly": "credit = -1.0", "write": "raise OSError('full')", "explain": ""},
    "loud": {**RIGHT, "f": LOUD},
    "hushed": {**RIGHT, "f": HUSH},
    "crowded": {**RIGHT, "f": CROWD},
}
# Their cells say more than a box keeps; the points are the same all the same.
TOO_MUCH = {"loud", "crowded"}


@pytest.fixture(scope="session")
def plain(made_once: Callable[..., Path], nbgrader: Commands) -> dict[str, Path]:
    """The same course twice: graded by stock nbgrader and by ours."""

    def make(root: Path) -> None:
        write_course(root / "stock")
        (root / "stock" / "nbgrader_config.py").write_text(STOCK)
        run(root / "stock", "generate_assignment", "plain")
        hand_in(root / "stock")
        shutil.copytree(root / "stock", root / "ours")
        (root / "ours" / "nbgrader_config.py").write_text(OURS)
        for name in ("stock", "ours"):
            run(root / name, "autograde", "plain")

    def run(folder: Path, *arguments: str) -> None:
        ended = nbgrader(folder, *arguments)
        assert ended.code == 0, ended.log

    root = made_once("plain", make)
    return {name: root / name for name in ("stock", "ours")}


def write_course(root: Path) -> None:
    """Write the source of the course."""
    folder = root / "source" / "plain"
    folder.mkdir(parents=True)
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(new_notebook(cells=SOURCE, metadata=kernel), folder / "plain.ipynb")
    (folder / "helper.py").write_text("def third(x):\n    return x / 3\n")
    (folder / "data.txt").write_text("some data")
    (folder / "data.txt").chmod(0o444)


def hand_in(root: Path) -> None:
    """Let the class hand in."""
    for student, answers in STUDENTS.items():
        notebook = nbformat.read(root / "release" / "plain" / "plain.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        folder = root / "submitted" / student / "plain"
        shutil.copytree(root / "release" / "plain", folder)
        nbformat.write(notebook, folder / "plain.ipynb")


def rows(root: Path, student: str) -> dict[str, tuple[Any, ...]]:
    """All that the gradebook holds of a student: what was scored, and the comments."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        (notebook,) = gradebook.find_submission("plain", student).notebooks
        grades = {g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade) for g in notebook.grades}
        comments = {f"comment on {c.name}": (c.auto_comment, c.manual_comment) for c in notebook.comments}
        whole = {"whole": (notebook.score, notebook.max_score, notebook.late_submission_penalty)}
        return {**grades, **comments, **whole, "failed": (notebook.failed_tests,)}


@pytest.mark.parametrize("student", STUDENTS)
def test_same_gradebook(plain: dict[str, Path], student: str) -> None:
    assert rows(plain["ours"], student) == rows(plain["stock"], student)


def test_points_differ_among_students(plain: dict[str, Path]) -> None:
    """The comparison says something: the class has earned a right answer's points, a wrong one's and some between."""
    earned = {student: rows(plain["stock"], student)["whole"][0] for student in STUDENTS}
    assert earned["right"] == 10.5
    assert len(set(earned.values())) > 3
    assert rows(plain["stock"], "mistaken")["test_f"][0] == 0.0, "only a hidden test finds this mistake"
    assert rows(plain["stock"], "right")["test_partly"][0] == 1.5
    assert rows(plain["stock"], "hushed")["test_f"][0] == 0.0


@pytest.mark.parametrize("student", sorted(STUDENTS.keys() - TOO_MUCH))
def test_same_notebook(plain: dict[str, Path], student: str) -> None:
    path = Path("autograded", student, "plain", "plain.ipynb")
    ours, stock = (normal(nbformat.read(plain[name] / path, as_version=4)) for name in ("ours", "stock"))
    assert ours == stock


def normal(notebook: NotebookNode) -> dict[str, Any]:
    """A notebook without what differs between two runs of one kernel: times, and how a traceback is drawn."""
    cells = []
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        cell.id = "restored" if "nbgrader" in cell.metadata else cell.id
        for output in cell.get("outputs", []):
            output.pop("traceback", None)
            if output.output_type == "error":
                output.evalue = re.sub(r"\w+\.py", "<cell>", output.evalue)
            if output.output_type == "stream":
                output.text = re.sub(r"/\S*/ipykernel\S*\.py", "<cell>", output.text)
        cells.append(cell)
    notebook.metadata.pop("language_info", None)
    return {**notebook, "cells": cells}


@pytest.mark.parametrize("student", ["right", "mistaken"])
def test_files_of_the_course_are_as_released(plain: dict[str, Path], student: str) -> None:
    """What a notebook writes stays in its box; the course's own files are as stock nbgrader leaves them."""
    for name in ("helper.py", "data.txt"):
        path = Path("autograded", student, "plain", name)
        assert (plain["ours"] / path).read_bytes() == (plain["stock"] / path).read_bytes()
        assert (plain["ours"] / path).stat().st_mode == (plain["stock"] / path).stat().st_mode
