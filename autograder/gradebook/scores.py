"""Reads what nbgrader knows of a class, and what our graders wrote into the autograded notebooks."""

from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment
from nbgrader.apps import NbGraderApp
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import select

from autograder.course.errors import UsageError
from autograder.course.notebooks import METADATA_KEY, read_notebook
from autograder.gradebook.reading import reading
from autograder.report.classroom import Named, NotebookScore, StudentRow


def course_directory(root: Path) -> CourseDirectory:
    """Nbgrader's own view of a course, with the settings of its ``nbgrader_config.py``."""
    app = NbGraderApp()
    app.initialize([f"--course-dir={root}"])
    return app.coursedir


def class_rows(root: Path, assignment: str) -> list[StudentRow]:
    """Gather the scores of every student who handed in an assignment.

    Args:
        root: the course.
        assignment: the assignment's name.

    Raises:
        UsageError: the gradebook does not know the assignment.
        CourseError: the gradebook cannot be read.
    """
    directory = course_directory(root)
    with reading(directory) as session:
        found = session.scalar(select(Assignment).where(Assignment.name == assignment))
        if found is None:
            raise UsageError(
                f"the gradebook of {root} knows no assignment {assignment!r}; 'nbgrader generate_assignment' adds it"
            )
        submissions = session.scalars(select(SubmittedAssignment).where(SubmittedAssignment.assignment_id == found.id))
        return [
            StudentRow(submission.student.id, {n.name: _score(n, directory, submission) for n in submission.notebooks})
            for submission in sorted(submissions, key=lambda s: str(s.student.id))
        ]


def _score(notebook: Any, directory: CourseDirectory, submission: Any) -> NotebookScore:
    folder = directory.format_path(directory.autograded_directory, submission.student.id, submission.assignment.name)
    ungraded = any(grade.auto_score is None and grade.manual_score is None for grade in _automatic(notebook))
    path = Path(folder) / f"{notebook.name}.ipynb"
    entries = [] if ungraded or not path.is_file() else _entries(path)
    told = tuple(Named(e["problem"], e["misconception"]["text"]) for e in entries if "misconception" in e)
    unprotected = sorted({name for entry in entries for name in entry.get("unprotected", ())})
    return NotebookScore(None if ungraded else notebook.score, notebook.max_score, told, tuple(unprotected))


def _automatic(notebook: Any) -> list[Any]:
    """The grades that come from running code, not from a person."""
    return [grade for grade in notebook.grades if grade.cell.cell_type == "code"]


def _entries(path: Path) -> list[dict[str, Any]]:
    """What our graders left in an autograded notebook; nothing where it is too large to be read."""
    try:
        return [cell.metadata.get(METADATA_KEY, {}) for cell in read_notebook(path).cells]
    except UsageError:
        return []
