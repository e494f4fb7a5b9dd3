"""The one writer of a class's grades: what nbgrader stores in dozens of steps, stored in one transaction a batch.

Every row is found by a key that the gradebook has an index of, so that a batch takes the same time in a class of ten
and in one of ten thousand.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook, new_uuid
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from autograder.course.errors import CourseError
from autograder.gradebook.batch.parcels import Graded, GradedNotebook
from autograder.gradebook.release import ReleasedNotebook

Row = dict[str, Any]


class Entry(NamedTuple):
    """What is to be stored of one submission.

    Attributes:
        graded: what came of it.
        timestamp: when it was handed in, in UTC; None if nobody knows.
        missing: notebooks of the assignment that were not handed in: they earn nothing.
    """

    graded: Graded
    timestamp: datetime | None
    missing: Sequence[str]

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.graded.student


@dataclass
class _Changes:
    """Rows to be written, by table; those with a ``key`` are there already."""

    new: dict[Any, list[Row]] = field(default_factory=dict)
    changed: dict[Any, list[Row]] = field(default_factory=dict)

    def add(self, table: Any, **row: Any) -> None:
        self.new.setdefault(table, []).append(row)

    def change(self, table: Any, key: str, **row: Any) -> None:
        self.changed.setdefault(table, []).append({"key": key, **row})


def unusable(error: SQLAlchemyError) -> CourseError:
    """What to say of a gradebook that cannot be read or written."""
    # A server explains itself in several lines.
    reason = " ".join(str(getattr(error, "orig", None) or error).split())
    return CourseError(f"the gradebook could not be used: {reason}")


def is_of_the_gradebook(fault: BaseException) -> bool:
    """Whether nothing can be stored at present, rather than this."""
    return isinstance(fault.__cause__, OperationalError)


class Ledger:
    """Stores grades of one assignment.

    Args:
        gradebook: nbgrader's.
        assignment: the assignment's name.
        release: its notebooks, by name.
        late: gives the penalties of late submissions.
    """

    def __init__(
        self,
        gradebook: Gradebook,
        assignment: str,
        release: Mapping[str, ReleasedNotebook],
        late: AssignLatePenalties,
    ) -> None:
        self._db = gradebook.db
        self._release = release
        self._late = late
        self._late.init_plugin()
        with self._translated():
            found = gradebook.find_assignment(assignment)
            self._assignment, self._due = found.id, found.duedate
            self._db.commit()

    def knows(self, student: str) -> bool:
        """Whether the gradebook has such a student.

        Raises:
            CourseError: the gradebook could not be read.
        """
        with self._translated():
            known = self._db.execute(select(Student.id).where(Student.id == student)).first() is not None
            self._db.commit()
        return known

    def record(self, entries: Sequence[Entry]) -> None:
        """Store some submissions, all of them or none.

        Raises:
            CourseError: the gradebook could not be written, or the course's own rules failed.
        """
        with self._translated():
            changes = self._changes(entries)
            for table in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment):
                self._insert(table, changes.new.get(table, []))
                self._update(table, changes.changed.get(table, []))
            self._db.commit()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Leave nothing half done, and let every failure be a fault of ours, as in nbgrader: others are graded."""
        try:
            yield
        except BaseException as error:
            self._db.rollback()
            if isinstance(error, SQLAlchemyError):
                raise unusable(error) from error
            if isinstance(error, Exception):
                raise CourseError(f"its grade could not be made: {type(error).__name__}: {error}") from error
            raise

    def _changes(self, entries: Sequence[Entry]) -> _Changes:
        changes = _Changes()
        students = [entry.student for entry in entries]
        known = set(self._db.scalars(select(Student.id).where(Student.id.in_(students))))
        for student in students:
            if student not in known:
                changes.add(Student, id=student)
        table = SubmittedAssignment
        query = select(table.id, table.student_id, table.timestamp, table.extension)
        found = {
            row.student_id: row
            for row in self._db.execute(
                query.where(table.assignment_id == self._assignment, table.student_id.in_(students))
            )
        }
        for entry in entries:
            if entry.student in found:
                self._regrade(entry, found[entry.student], changes)
            else:
                self._enter(entry, changes)
        return changes

    def _enter(self, entry: Entry, changes: _Changes) -> None:
        """Add a submission, with a grade and a comment for each cell that has such."""
        submission = new_uuid()
        changes.add(
            SubmittedAssignment,
            id=submission,
            assignment_id=self._assignment,
            student_id=entry.student,
            timestamp=entry.timestamp,
        )
        graded = {notebook.key: notebook for notebook in entry.graded.notebooks}
        late = self._seconds_late(entry.timestamp, None)
        for released in self._release.values():
            notebook, result = new_uuid(), graded.get(released.key)
            scores = self._scores(entry, released, result)
            penalty = self._penalty(entry, late, sum(s or 0.0 for s in scores.values())) if result else None
            changes.add(
                SubmittedNotebook,
                id=notebook,
                notebook_id=released.key,
                assignment_id=submission,
                late_submission_penalty=penalty,
            )
            for cell in released.cells:
                if cell.key:
                    score = scores.get(cell.key)
                    changes.add(
                        Grade,
                        cell_id=cell.key,
                        notebook_id=notebook,
                        auto_score=score,
                        needs_manual_grade=score is None,
                    )
                if cell.comment_key:
                    comment = result.comments.get(cell.comment_key) if result else None
                    changes.add(Comment, cell_id=cell.comment_key, notebook_id=notebook, auto_comment=comment)

    def _regrade(self, entry: Entry, submission: Any, changes: _Changes) -> None:
        """Change what the gradebook has of a submission; what a person has written stays."""
        if entry.timestamp is not None:
            changes.change(SubmittedAssignment, submission.id, timestamp=entry.timestamp)
        late = self._seconds_late(entry.timestamp or submission.timestamp, submission.extension)
        table = SubmittedNotebook
        mine = {
            row.notebook_id: row.id
            for row in self._db.execute(
                select(table.id, table.notebook_id).where(
                    table.notebook_id.in_([released.key for released in self._release.values()]),
                    table.assignment_id == submission.id,
                )
            )
        }
        graded = {notebook.key: notebook for notebook in entry.graded.notebooks}
        for released in self._release.values():
            result = graded.get(released.key)
            scores = self._scores(entry, released, result)
            if not scores and result is None:
                continue
            total = self._rescore(mine[released.key], released, scores, changes, missing=result is None)
            if result is not None:
                self._comment(mine[released.key], released, result, changes)
                penalty = self._penalty(entry, late, total)
                changes.change(SubmittedNotebook, mine[released.key], late_submission_penalty=penalty)

    def _scores(
        self, entry: Entry, released: ReleasedNotebook, result: GradedNotebook | None
    ) -> Mapping[str, float | None]:
        """The scores that are known of a notebook, by cell."""
        if result is not None:
            return result.scores
        if entry.graded.fault is None and released.name in entry.missing:
            return {cell.key: 0.0 for cell in released.cells if cell.key}
        return {}

    def _rescore(
        self,
        notebook: str,
        released: ReleasedNotebook,
        scores: Mapping[str, float | None],
        changes: _Changes,
        missing: bool,
    ) -> float:
        """Change the scores of a notebook, and give what it then earns with all that a person has added."""
        total = 0.0
        cells = [cell.key for cell in released.cells if cell.key]
        columns = select(Grade.id, Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
        for row in self._db.execute(columns.where(Grade.cell_id.in_(cells), Grade.notebook_id == notebook)):
            score = row.auto_score
            if row.cell_id in scores:
                score = scores[row.cell_id]
                # What a person has graded, or nobody could, asks for a person.
                asks = row.manual_score is not None or score is None
                changes.change(Grade, row.id, auto_score=score, needs_manual_grade=asks and not missing)
            worth = row.manual_score if row.manual_score is not None else score
            total += 0.0 if worth is None else worth + (row.extra_credit or 0.0)
        return total

    def _comment(self, notebook: str, released: ReleasedNotebook, result: GradedNotebook, changes: _Changes) -> None:
        cells = [cell.comment_key for cell in released.cells if cell.comment_key]
        columns = select(Comment.id, Comment.cell_id)
        for row in self._db.execute(columns.where(Comment.cell_id.in_(cells), Comment.notebook_id == notebook)):
            if row.cell_id in result.comments:
                changes.change(Comment, row.id, auto_comment=result.comments[row.cell_id])

    def _seconds_late(self, timestamp: datetime | None, extension: timedelta | None) -> float:
        if timestamp is None or self._due is None:
            return 0.0
        return max(0.0, (timestamp - self._due - (extension or timedelta())).total_seconds())

    def _penalty(self, entry: Entry, seconds: float, score: float) -> float | None:
        """What being late costs, by the course's own rule."""
        if seconds <= 0:
            return None
        penalty = self._late.plugin_inst.late_submission_penalty(entry.student, score, seconds)
        if penalty is None:
            return None
        return float(self._late._check_late_penalty(SimpleNamespace(score=score), penalty))

    def _insert(self, table: Any, rows: list[Row]) -> None:
        if rows:
            self._db.execute(insert(table), rows)

    def _update(self, table: Any, rows: list[Row]) -> None:
        if rows:
            core = table.__table__
            values: Any = {name: bindparam(name) for name in rows[0] if name != "key"}
            statement = update(core).where(core.c.id == bindparam("key")).values(values)
            self._db.connection().execute(statement, rows)
