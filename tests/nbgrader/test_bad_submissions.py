"""A class of bad submissions, graded by one ``nbgrader autograde``: what each costs, and whom."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bad_code
import bad_notebooks
import nbformat
import pytest
from toy_class import Class, Commands
from toy_course import HIDDEN_INPUT, NOTEBOOK_OF, POINTS

from autograder.course.notebooks import grade_id

CASES = {**bad_notebooks.CASES, **bad_code.CASES}
LOG, TEMPORARY = "autograde.log", "temporary"
Scores = dict[str, dict[str, float | None]]


@pytest.fixture(scope="session")
def bad_class(
    made_once: Callable[..., Path], generated: Path, nbgrader: Commands, copy_of: Callable[[Path, Path], None]
) -> Class:
    """The class, graded; read-only."""

    def make(root: Path) -> None:
        copy_of(generated, root)
        toy = Class(root, nbgrader)
        toy.hand_in("right")
        toy.hand_in("nothing_but_a_letter", {"letter.txt": "I was ill."})
        right = {name: nbformat.writes(notebook) for name, notebook in toy.notebooks().items()}
        for student, case in CASES.items():
            toy.hand_in(student, {"two.ipynb": right["two"], **case.files(json.loads(right["one"]))})
        (root / TEMPORARY).mkdir()
        ended = subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", "toy"],
            cwd=root,
            env={**nbgrader.environment, "PYTHONWARNINGS": "ignore", "TMPDIR": str(root / TEMPORARY)},
            capture_output=True,
            text=True,
            check=False,
        )
        (root / LOG).write_text(f"{ended.stdout}{ended.stderr}\nexit code {ended.returncode}")

    return Class(made_once("bad-class", make), nbgrader)


@pytest.fixture(scope="module")
def stored(bad_class: Class) -> Scores:
    """The scores in the gradebook, by student and problem."""
    return bad_class.all_scores()


def test_whole_class_is_graded(bad_class: Class, stored: Scores) -> None:
    log = (bad_class.root / LOG).read_text()
    assert log.endswith("exit code 0"), log[-2000:]
    assert "Traceback" not in log
    assert stored["right"] == POINTS
    assert stored.keys() == {"right", *CASES}, "whoever hands in no notebook at all has no submission"


@pytest.mark.parametrize("student", CASES)
def test_earns(bad_class: Class, stored: Scores, student: str) -> None:
    """The spoiled cell costs what it must, its neighbors nothing, and nbgrader stored what the graders said."""
    assert stored[student] == CASES[student].scores
    for problem, score in stored[student].items():
        if bad_class.autograded(student, NOTEBOOK_OF[problem]) is None:
            assert score == 0.0
            continue
        cell = bad_class.test_cell(student, problem)
        assert [output.output_type for output in cell.outputs] == ["display_data", "execute_result"]
        assert float(cell.outputs[1]["data"]["text/plain"]) == score
        assert cell.metadata["autograder"]["earned"] == score
        assert cell.metadata["autograder"]["possible"] == POINTS[problem] == cell.metadata["nbgrader"]["points"]


@pytest.mark.parametrize("student", [name for name, case in CASES.items() if case.says])
def test_feedback_says_why(bad_class: Class, student: str) -> None:
    for problem, words in CASES[student].says.items():
        if problem:
            assert words in bad_class.feedback(student, problem)
        else:
            page = "\n".join(cell.source for cell in bad_class.autograded(student, "one").cells)
            assert "one.ipynb could not be read" in page
            assert words in page
            assert str(bad_class.root) not in page


@pytest.mark.parametrize("student", CASES)
def test_feedback_gives_no_secret_away(bad_class: Class, student: str) -> None:
    for path in (bad_class.root / "autograded" / student).rglob("*.ipynb"):
        assert str(HIDDEN_INPUT) not in path.read_text()


def test_forged_results_are_removed(bad_class: Class) -> None:
    """Nothing is left of what a student wrote in the place of our results; a report would believe it."""
    notebook = bad_class.autograded("forged_results", "one")
    kept = {grade_id(cell): cell.metadata["autograder"] for cell in notebook.cells if "autograder" in cell.metadata}
    assert kept.keys() == {"test_double", "test_average"}
    assert "great" not in str(kept)


def test_question_is_left_to_a_person(bad_class: Class) -> None:
    """An answer in words gets no points by itself, and an answer that was deleted gets none at all."""
    with bad_class.gradebook() as gradebook:
        grades = {name: gradebook.find_grade("explain", "one", "toy", name) for name in ("right", "no_cells")}
        assert [(grade.auto_score, grade.needs_manual_grade) for grade in grades.values()] == [(None, True), (0, False)]


def test_nothing_is_left_behind(bad_class: Class) -> None:
    """No work folder of a box outlives the command, whatever the notebooks did in it."""
    assert not list((bad_class.root / TEMPORARY).iterdir())
