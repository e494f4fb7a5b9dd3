"""The class report against the gradebook."""

import subprocess
import sys

import pytest
from toy_class import Class
from toy_course import POINTS

from autograder.course.errors import UsageError
from autograder.gradebook.scores import class_rows
from autograder.report.classroom import Named, NotebookScore, StudentRow

SQUARED = Named("double", "squared <b>x</b> & co")
FIRST_LETTER = Named("choice", "took the first letter")


def test_rows_are_what_the_gradebook_says(graded: Class) -> None:
    with graded.gradebook() as gradebook:
        grade = gradebook.find_grade("explain", "one", "toy", "ada")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()

    rows = class_rows(graded.root, "toy")

    assert rows == [
        StudentRow("ada", {"one": NotebookScore(6.5, 7.0), "two": NotebookScore(5.0, 5.0)}),
        StudentRow("bob", {"one": NotebookScore(2.0, 7.0, (SQUARED,)), "two": NotebookScore(5.0, 5.0)}),
        StudentRow("carl", {"one": NotebookScore(2.0, 7.0), "two": NotebookScore(4.0, 5.0, (FIRST_LETTER,))}),
    ]
    with graded.gradebook() as gradebook:
        totals = {submission.student.id: submission.score for submission in gradebook.assignment_submissions("toy")}
    assert {row.student: row.total for row in rows} == totals


def test_ungraded_is_not_zero(toy: Class) -> None:
    """A submission that a grader stumbled over shows as ungraded; a notebook that is missing shows as nothing."""
    path = toy.root / "solutions" / "toy" / "test_area.py"
    path.write_text(path.read_text() + "    student.area(1.0, 1.0) + 1.0\n")
    toy.hand_in("ada", area="def area(width, height):\n    return None if width == 1.0 else width * height")
    toy.hand_in("bob", {"one.ipynb": toy.notebooks()["one"]})
    assert toy.autograde().code == 1

    ada, bob = class_rows(toy.root, "toy")

    assert ada.ungraded
    assert {name: notebook.score for name, notebook in ada.notebooks.items()} == {"one": 5.0, "two": None}
    assert not bob.ungraded
    assert {name: notebook.score for name, notebook in bob.notebooks.items()} == {"one": 5.0, "two": 0.0}


def test_command(graded: Class) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "autograder", "report", "toy"],
        cwd=graded.root,
        env=graded.nbgrader.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ended.stdout.splitlines()
    assert any(line.replace("│", " ").split() == ["ada", "5", "5", "10"] for line in lines), ended.stdout
    assert any("squared <b>x</b> & co" in line and "bob" in line for line in lines)


def test_unknown_assignment(generated, nbgrader) -> None:
    with pytest.raises(UsageError, match=r"knows no assignment 'no-such'.*generate_assignment"):
        class_rows(generated, "no-such")


def test_nobody_has_handed_in(toy: Class) -> None:
    assert class_rows(toy.root, "toy") == []
    assert sum(POINTS.values()) == 10.0
