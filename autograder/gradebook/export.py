"""The grades of a class as nbgrader exports them, with a few queries in place of some for every submission.

A field that holds a comma, a quotation mark or a line's end is put between quotation marks, which nbgrader's own does
not do; all else is the same to the letter.
"""

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder.course.errors import UsageError
from autograder.gradebook.reading import reading
from autograder.gradebook.scores import course_directory

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
# What nbgrader says of an assignment that somebody has not handed in: no time, no points, no penalty.
_NOTHING = (None, 0.0, 0.0)


def export_csv(root: Path, assignments: Collection[str] = (), students: Collection[str] = ()) -> tuple[str, int]:
    """Give a course's grades as CSV, and the number of its rows: each student with each assignment.

    Args:
        root: the course.
        assignments: only these; all if empty.
        students: only these; all if empty.

    Raises:
        UsageError: there is no gradebook, or it does not know one of those that are named.
        CourseError: the gradebook cannot be read.
    """
    with reading(course_directory(root)) as session:
        found = list(rows(session, assignments, students))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(found)
    return text.getvalue(), len(found)


def rows(session: Session, assignments: Collection[str], students: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Give a row for each student and assignment, in nbgrader's order."""
    known = session.execute(
        select(Assignment.id, Assignment.name, Assignment.duedate, Assignment.max_score).order_by(
            Assignment.duedate, Assignment.name
        )
    ).all()
    people = session.execute(
        select(Student.id, Student.last_name, Student.first_name, Student.email).order_by(
            Student.last_name, Student.first_name
        )
    ).all()
    _require("assignment", assignments, [name for _, name, _, _ in known])
    _require("student", students, [student for student, *_ in people])
    results = _results(session)
    for key, name, duedate, max_score in known:
        if assignments and name not in assignments:
            continue
        for student, last_name, first_name, email in people:
            if students and student not in students:
                continue
            timestamp, score, penalty = results.get((key, student), _NOTHING)
            values = (name, duedate, timestamp, student, last_name, first_name, email)
            points = (score, penalty, max(0.0, score - penalty), max_score)
            yield tuple("" if value is None else str(value) for value in (*values, *points))


def _require(kind: str, named: Collection[str], known: Collection[str]) -> None:
    """Refuse a name that nothing has.

    Raises:
        UsageError: there is one.
    """
    for name in named:
        if name not in known:
            raise UsageError(f"the gradebook knows no {kind} {name!r}")


def _results(session: Session) -> dict[tuple[str, str], tuple[Any, float, float]]:
    """What came of every submission: time, points and penalty, by the assignment's key and the student."""
    of_submission = SubmittedNotebook.assignment_id
    earned = select(of_submission, func.sum(Grade.score)).join(Grade, Grade.notebook_id == SubmittedNotebook.id)
    lost = select(of_submission, func.sum(SubmittedNotebook.late_submission_penalty))
    points, penalties = (
        {key: total or 0.0 for key, total in session.execute(query.group_by(of_submission))} for query in (earned, lost)
    )
    submissions = session.execute(
        select(
            SubmittedAssignment.id,
            SubmittedAssignment.assignment_id,
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
        )
    )
    return {
        (assignment, student): (timestamp, points.get(key, 0.0), penalties.get(key, 0.0))
        for key, assignment, student, timestamp in submissions
    }
