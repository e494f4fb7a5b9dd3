"""The search of a release for what students must not get: each kind of leak is found and named, and nothing else."""

import base64
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.leaks import find_leaks
from autograder.authoring.render import render
from autograder.authoring.submissions import stub
from autograder.course.errors import UsageError
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import read_notebook
from autograder.grading.catalogue import load_problems
from autograder.grading.cells import signature_and_body

ROOT = Path(__file__).parent.parent
COURSE = Course(ROOT)
RELEASES = sorted(path.name for path in (ROOT / COURSE.release_directory).iterdir() if path.is_dir())
Notebook = dict[str, Any]

SCHEME = """Because a product of numbers does not depend on their order.

### BEGIN MARK SCHEME
Two points for whoever names the law of commutation, one for an example.
### END MARK SCHEME"""
SCALE_LINE = "return np.asarray(x, dtype=float) * factor"
GRADER_LINE = "assert_close(student.scale(x, 2.0), reference.scale(x, 2.0))"


@pytest.fixture
def toy(assignment: Assignment) -> Assignment:
    """The toy assignment, rendered, with a mark scheme, a named seed in a hidden grader and a helper file."""
    (master,) = assignment.masters
    text = master.read_text().replace("Because a product of numbers does not depend on their order.", SCHEME)
    master.write_text(text)
    grader = assignment.solutions / "test_scale.py"
    grader.write_text(grader.read_text() + "\n\nMOMENTS_SEED = 410\n")
    (assignment.source / "figures.py").write_text("def line(x, factor):\n    return x * factor\n")
    write_source(assignment)
    return assignment


def write_source(assignment: Assignment) -> None:
    """Render the toy's only master, without collecting its hidden graders."""
    (master,) = assignment.masters
    problems = load_problems(assignment.solutions, assignment.variant)
    notebook = render(master, assignment, problems, dict.fromkeys(problems, 1.0))
    (assignment.source / "scaling.ipynb").write_text(json.dumps(notebook))


@pytest.fixture
def release(toy: Assignment) -> Path:
    """What nbgrader would make of the toy assignment."""
    folder = toy.course.root / "assignments" / "toy"
    folder.mkdir(parents=True)
    (folder / "figures.py").write_bytes((toy.source / "figures.py").read_bytes())
    data = read_notebook(toy.source / "scaling.ipynb")
    for cell in data.cells:
        cell.source = stub(cell.source)
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "explain":
            cell.source = "YOUR ANSWER HERE"
    (folder / "scaling.ipynb").write_text(json.dumps(data))
    return folder


@pytest.fixture
def edit(release: Path) -> Callable[[Callable[[Notebook], object]], None]:
    """Change the released notebook as it stands in its file."""

    def change(plant: Callable[[Notebook], object]) -> None:
        path = release / "scaling.ipynb"
        data = json.loads(path.read_text())
        plant(data)
        path.write_text(json.dumps(data))

    return change


def leaks(toy: Assignment, release: Path) -> list[str]:
    return find_leaks(toy, load_problems(toy.solutions, toy.variant), release)


def only(found: list[str], place: str, what: str) -> None:
    """Hold that something was found, that it is named, and that nothing else was found."""
    assert found
    for sentence in found:
        assert sentence.startswith(place), found
        assert what in sentence, found


@pytest.mark.parametrize("name", RELEASES)
def test_the_releases_are_clean(name: str) -> None:
    assignment, release = COURSE.require(name), ROOT / COURSE.release_directory / name
    assert find_leaks(assignment, load_problems(assignment.solutions, assignment.variant), release) == []


def test_every_right_answer_of_the_course_would_be_found(tmp_path: Path) -> None:
    assignment = COURSE.require("reparameterization")
    problems = load_problems(assignment.solutions, assignment.variant)
    release = shutil.copytree(ROOT / COURSE.release_directory / "reparameterization", tmp_path / "release")
    right = {
        function.__name__: signature_and_body(function)[1]
        for problem in problems.values()
        if not problem.is_value
        for function in (problem.reference, *problem.alternatives)
    }
    cells = [{"cell_type": "code", "metadata": {"of": name}, "source": body} for name, body in right.items()]
    (release / "quiz.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    found = {sentence.partition(": ")[0] for sentence in find_leaks(assignment, problems, release)}
    missed = [name for number, name in enumerate(right, start=1) if f"quiz.ipynb, cell {number}" not in found]
    assert missed == []


def test_a_small_release_is_clean(toy: Assignment, release: Path) -> None:
    assert leaks(toy, release) == []


def test_a_release_that_does_not_exist_says_how_to_make_it(toy: Assignment, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nbgrader generate_assignment toy makes it"):
        leaks(toy, tmp_path / "nothing")


# Cells: the second one is the toy's setup, the first its text.

IN_A_CELL = {
    "a line of a reference": (SCALE_LINE, "a line of scale.py"),
    "a line with other white space": ("return np.asarray( x,dtype = float )*factor", "a line of scale.py"),
    "a line that is broken": ("return np.asarray(\n    x, dtype=float\n) * factor", "a line of scale.py"),
    "a line in a comment": (f"# {SCALE_LINE}", "a line of scale.py"),
    "an alternative": ("y = np.einsum('...,->...', np.asarray(x, dtype=float), factor)", "a line of scale.py"),
    "a misconception": ("return np.asarray(x, dtype=float) / factor", "a line of scale.py"),
    "a hidden grader": (GRADER_LINE, "a line of test_scale.py"),
    "a hidden seed": ("MOMENTS_SEED = 410", "a number of test_scale.py"),
    "a misconception's name": ("see scale_by_adding", "the name of a misconception: scale_by_adding"),
    "a misconception's text": ("You *Divided  by\nthe factor* here", "the text of a misconception"),
    "a misconception's hint": ("Should a large factor make things small?", "the hint of a misconception"),
    "a solution region": ("### BEGIN SOLUTION", "the mark of a region"),
    "its end": ("### end solution", "the mark of a region"),
    "hidden tests": ("### BEGIN HIDDEN TESTS", "the mark of a region"),
    "a mark scheme": ("### BEGIN MARK  SCHEME", "the mark of a region"),
    "a sentence of the model answer": (
        "A product of numbers does not depend on their order.".replace("A product", "because a product"),
        "a sentence of a model answer in scaling.ipynb",
    ),
    "a sentence of the mark scheme": (
        "Two points for whoever names the law of commutation,\none for an example.",
        "a sentence of a model answer in scaling.ipynb",
    ),
    "the key": ('answer = "B"', "the right answer of answer"),
    "the key in another form": ("answer='b '", "the right answer of answer"),
    "the key in a comparison": ('assert answer == "B"', "the right answer of answer"),
    "the key as data": ('{"answer": "B"}', "the right answer of answer"),
    "the key in prose": ("Key: answer: B, and so on", "the right answer of answer"),
    "a path": ('open("/home/ada/course/data.csv")', "a path of the computer"),
    "a path of another system": (r"C:\Users\ada\course", "a path of the computer"),
    "a master": ("rendered from scaling.master.md", "the name of a file of the instructors' rooms"),
    "the table of variants": ("see variants.toml", "the name of a file of the instructors' rooms"),
    "a grader's file": ("as in test_scale.py", "the name of a file of the instructors' rooms"),
    "the secret room": ("look into solutions/toy", "the name of a file of the instructors' rooms"),
}


@pytest.mark.parametrize(("text", "what"), IN_A_CELL.values(), ids=IN_A_CELL.keys())
@pytest.mark.parametrize("as_lines", [True, False])
def test_what_is_planted_in_a_cell_is_found(
    toy: Assignment, release: Path, edit: Any, text: str, what: str, as_lines: bool
) -> None:
    text = f"import numpy\n{text}\n"
    edit(lambda data: data["cells"][1].update(source=text.splitlines(keepends=True) if as_lines else text))
    only(leaks(toy, release), "scaling.ipynb, cell 2: ", what)


@pytest.mark.parametrize("text", [SCALE_LINE, "### BEGIN SOLUTION", 'answer = "B"', "scale_by_adding", "/home/ada/x"])
def test_metadata_outputs_and_attachments_are_searched(toy: Assignment, release: Path, edit: Any, text: str) -> None:
    def plant(data: Notebook) -> None:
        stream = {"output_type": "stream", "name": "stdout", "text": [text]}
        data["cells"][1]["outputs"] = [stream]
        data["cells"][1]["metadata"]["notes"] = {"deep": [text]}
        data["cells"][0]["attachments"] = {"a.txt": {"text/plain": base64.b64encode(text.encode()).decode()}}
        data["metadata"]["notes"] = text

    edit(plant)
    places = {sentence.partition(": ")[0] for sentence in leaks(toy, release)}
    assert places == {
        "scaling.ipynb, cell 1, attachments",
        "scaling.ipynb, cell 2",
        "scaling.ipynb, cell 2, metadata",
        "scaling.ipynb, cell 2, outputs",
        "scaling.ipynb, the notebook's metadata",
    }


def test_a_cell_is_called_by_its_name(toy: Assignment, release: Path, edit: Any) -> None:
    edit(lambda data: data["cells"][2].update(source=SCALE_LINE))
    only(leaks(toy, release), "scaling.ipynb, cell 3 (scale): ", SCALE_LINE)


def test_the_whole_solution_is_found_where_a_stub_was_forgotten(toy: Assignment, release: Path) -> None:
    (release / "scaling.ipynb").write_bytes((toy.source / "scaling.ipynb").read_bytes())
    found = "\n".join(leaks(toy, release))
    for what in ("BEGIN SOLUTION", SCALE_LINE, "the right answer of answer", "law of commutation", "BEGIN MARK SCHEME"):
        assert what in found


def test_a_name_of_the_master_outside_of_our_own_entry_counts(toy: Assignment, release: Path, edit: Any) -> None:
    """Which master a notebook was rendered from is said in the notebook's metadata, and nowhere else."""
    edit(lambda data: data["metadata"].update(master="scaling.master.md"))
    only(leaks(toy, release), "scaling.ipynb, the notebook's metadata: ", "scaling.master.md")


# Traces of a run.


def test_outputs_are_found(toy: Assignment, release: Path, edit: Any) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "3.0"}
    edit(lambda data: data["cells"][1].update(outputs=[stream]))
    assert leaks(toy, release) == ["scaling.ipynb, cell 2: outputs of a run"]


def test_numbers_of_a_run_are_found(toy: Assignment, release: Path, edit: Any) -> None:
    edit(lambda data: data["cells"][1].update(execution_count=7))
    assert leaks(toy, release) == ["scaling.ipynb, cell 2: the number of a run: 7"]


def test_the_folder_of_the_course_is_found(toy: Assignment, release: Path, edit: Any) -> None:
    edit(lambda data: data["cells"][1].update(source=f"%cd {toy.course.root.resolve()}"))
    only(leaks(toy, release), "scaling.ipynb, cell 2: ", "a path of the computer that made it")


# Files.


@pytest.mark.parametrize("name", ["scaling.master.md", "gumbel.part.md", "variants.toml", "variants.py"])
def test_files_of_the_instructors_room_are_found(toy: Assignment, release: Path, name: str) -> None:
    (release / name).write_text("")
    assert f"{name}: a file of the instructors' room" in leaks(toy, release)


@pytest.mark.parametrize(
    "name", ["notes.txt", ".ipynb_checkpoints/scaling-checkpoint.ipynb", "__pycache__/figures.pyc", "other.ipynb"]
)
def test_files_that_no_notebook_needs_are_found(toy: Assignment, release: Path, name: str) -> None:
    (release / name).parent.mkdir(exist_ok=True)
    (release / name).write_text("")
    assert leaks(toy, release) == [f"{name}: a file that is no notebook of the assignment, and that none of them needs"]


def test_a_file_that_a_notebook_links_is_needed(toy: Assignment, release: Path, edit: Any) -> None:
    (release / "sketch.png").write_bytes(b"\x89PNG")
    (release / "table.csv").write_text("1,2\n")
    edit(lambda data: data["cells"][0].update(source='![a sketch](sketch.png) and <img src="./table.csv">'))
    assert leaks(toy, release) == []


def test_helper_files_are_searched(toy: Assignment, release: Path) -> None:
    (release / "figures.py").write_text(f"def line(x, factor):\n    {SCALE_LINE}\n")
    only(leaks(toy, release), "figures.py: ", "a line of scale.py")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_binary_files_are_searched(toy: Assignment, release: Path, compression: int) -> None:
    with zipfile.ZipFile(release / "figures.py", "w", compression) as archive:
        archive.writestr("notes/answers.txt", f"{SCALE_LINE}\n" * 3)
    assert any("member notes/answers.txt: a line of scale.py" in sentence for sentence in leaks(toy, release))
    (release / "figures.py").write_bytes(b"\x00\xff\xfe" + GRADER_LINE.encode() + b"\x00\x80")
    only(leaks(toy, release), "figures.py: ", "a line of test_scale.py")


def test_names_of_files_are_searched(toy: Assignment, release: Path) -> None:
    (release / "scale_by_adding.png").write_bytes(b"")
    assert any("the name of a misconception" in sentence for sentence in leaks(toy, release))


def test_a_damaged_notebook_is_searched_as_text(toy: Assignment, release: Path) -> None:
    (release / "scaling.ipynb").write_text("{" + SCALE_LINE)
    only(leaks(toy, release), "scaling.ipynb: ", "a line of scale.py")


# No false alarms.


@pytest.mark.parametrize(
    "text",
    [
        'def scale(x, factor):\n    """Multiply ``x``, a number or an array, by ``factor``."""',
        "Multiply `x`, a number or an array, by `factor`.",
        "import numpy as np\nimport pytest",
        "x = np.asarray(x, dtype=float)\nreturn x",
        "np.arange(12.0).reshape(3, 4)",
        "def line(x, factor):\n    return x * factor",
        'as in `answer = "A"`, or in your own words',
        'answer = "..."  # an answer: Be brief. Its answer: BA.',
        "A product of numbers does not vanish.",
        "https://example.org/home/ada and a/tmp/b, 3 /tmp",
        "test_scale and master.md, in variants of toml",
        "BEGIN here, and find a SOLUTION",
        "divided by the factors",
    ],
)
def test_what_students_may_see_is_no_leak(toy: Assignment, release: Path, edit: Any, text: str) -> None:
    edit(lambda data: data["cells"][1].update(source=text))
    assert leaks(toy, release) == []


LONG_REFERENCE = '''"""Scaling in two steps."""

import numpy as np


def scale(x, factor):
    """Multiply ``x``, a number or an array, by ``factor``."""
    together = np.multiply.outer(np.asarray(x, dtype=float), factor)
    return together.reshape(np.shape(x) + np.shape(factor))
'''


@pytest.mark.parametrize(("whole", "count"), [(False, 0), (True, 2)])
def test_the_lesson_may_show_a_line_of_a_solution_and_not_the_whole(
    toy: Assignment, release: Path, edit: Any, whole: bool, count: int
) -> None:
    (toy.solutions / "scale.py").write_text(LONG_REFERENCE)
    lines = LONG_REFERENCE.splitlines()[-2:]
    shown = "\n".join(lines if whole else lines[:1])
    (master,) = toy.masters
    master.write_text(
        master.read_text().replace("import numpy as np\n```", f"import numpy as np\n```\n\n```python\n{shown}\n```")
    )
    write_source(toy)
    edit(lambda data: data["cells"][1].update(source=shown))
    found = leaks(toy, release)
    assert len(found) == count
    assert all("scale.py" in sentence for sentence in found)
