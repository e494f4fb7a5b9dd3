"""What the gradebook says of a whole class: read with a few queries, where nbgrader asks once for every cell."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.preprocessors import GetGrades
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from autograder.course.errors import CourseError, UsageError

# Databases bound how many values one query may name.
_MAX_NAMED = 500


@dataclass
class Marks:
    """What the gradebook says of one submitted notebook.

    Attributes:
        max_score: what it is worth.
        late_penalty: what is taken off.
        grades: points, and what they are out of, of each cell that earns some, by ``grade_id``.
        comments: what was said of each cell that a person may speak of, by ``grade_id``.
    """

    max_score: float
    late_penalty: float
    grades: dict[str, tuple[float, float]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The points of all cells."""
        return sum(score for score, _ in self.grades.values())


def require_assignment(session: Session, assignment: str) -> None:
    """Refuse an assignment that the gradebook does not know.

    Raises:
        UsageError: it does not.
    """
    if session.execute(select(Assignment.id).where(Assignment.name == assignment)).first() is None:
        raise UsageError(f"the gradebook knows no assignment {assignment!r}; 'nbgrader generate_assignment' adds it")


def marks_of_class(session: Session, assignment: str, students: Collection[str]) -> dict[str, dict[str, Marks]]:
    """Read what the gradebook says of the notebooks that some students handed in, by student and notebook."""
    notebooks: dict[str, tuple[str, float]] = {
        key: (name, worth)
        for key, name, worth in session.execute(
            select(Notebook.id, Notebook.name, Notebook.max_score)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .where(Assignment.name == assignment)
        )
    }
    query = _of_students(
        select(
            SubmittedNotebook.id,
            SubmittedNotebook.notebook_id,
            SubmittedAssignment.student_id,
            SubmittedNotebook.late_submission_penalty,
        ).join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id),
        notebooks,
        students,
    )
    found: dict[str, dict[str, Marks]] = defaultdict(dict)
    by_key: dict[str, Marks] = {}
    for key, notebook, student, penalty in session.execute(query):
        name, worth = notebooks[notebook]
        by_key[key] = found[student][name] = Marks(worth, penalty or 0)
    _read_grades(session, notebooks, students, by_key)
    _read_comments(session, notebooks, students, by_key)
    return found


def _read_grades(
    session: Session, notebooks: Collection[str], students: Collection[str], marks: Mapping[str, Marks]
) -> None:
    cells = {**_cells(session, TaskCell, notebooks), **_cells(session, GradeCell, notebooks)}
    query = select(Grade.notebook_id, Grade.cell_id, Grade.score)
    for notebook, cell, score in session.execute(_of_submissions(query, Grade, notebooks, students)):
        if notebook in marks and cell in cells:
            name, worth, is_task = cells[cell]
            # Where a task and a graded cell have the same name, nbgrader means the latter.
            if not (is_task and name in marks[notebook].grades):
                marks[notebook].grades[name] = score, worth


def _read_comments(
    session: Session, notebooks: Collection[str], students: Collection[str], marks: Mapping[str, Marks]
) -> None:
    cells = {**_cells(session, TaskCell, notebooks), **_cells(session, SolutionCell, notebooks)}
    query = select(Comment.notebook_id, Comment.cell_id, Comment.comment)
    for notebook, cell, comment in session.execute(_of_submissions(query, Comment, notebooks, students)):
        if notebook in marks and cell in cells:
            name, _, is_task = cells[cell]
            if not (is_task and name in marks[notebook].comments):
                marks[notebook].comments[name] = comment


def _cells(session: Session, kind: Any, notebooks: Collection[str]) -> dict[str, tuple[str, float, bool]]:
    """Name, worth and whether it is a task, of each cell of a kind, by key."""
    worth = func.coalesce(kind.max_score, 0.0) if hasattr(kind, "max_score") else kind.id
    query = select(kind.id, kind.name, worth).where(kind.notebook_id.in_(notebooks))
    return {key: (name, points, kind is TaskCell) for key, name, points in session.execute(query)}


def _of_submissions(
    query: Select[Any], kind: Any, notebooks: Collection[str], students: Collection[str]
) -> Select[Any]:
    """Of what hangs on submitted notebooks, that of some students."""
    joined = query.join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id).join(
        SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
    )
    return _of_students(joined, notebooks, students)


def _of_students(query: Select[Any], notebooks: Collection[str], students: Collection[str]) -> Select[Any]:
    query = query.where(SubmittedNotebook.notebook_id.in_(notebooks))
    return query if len(students) > _MAX_NAMED else query.where(SubmittedAssignment.student_id.in_(students))


class KnownGrades(GetGrades):  # type: ignore[misc]
    """Writes grades and comments into a notebook by nbgrader's rules, out of what has been read before.

    Attributes:
        marks: those of the submission in hand, by notebook.
    """

    marks: Mapping[str, Marks]

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Fill in one notebook.

        Raises:
            CourseError: the gradebook does not know what is in it.
        """
        named = resources["nbgrader"]
        if named["notebook"] not in self.marks:
            raise CourseError(f"the gradebook knows nothing of {named['notebook']}.ipynb: grade it again")
        self._notebook = named["notebook"]
        nb, resources = super(GetGrades, self).preprocess(nb, resources)
        marks = self.marks[self._notebook]
        resources["nbgrader"]["score"] = marks.score - marks.late_penalty
        resources["nbgrader"]["max_score"] = marks.max_score
        resources["nbgrader"]["late_penalty"] = marks.late_penalty
        return nb, resources

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        cell.metadata.nbgrader["comment"] = self._known(self.marks[self._notebook].comments, cell)

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        score, points = self._known(self.marks[self._notebook].grades, cell)
        cell.metadata.nbgrader["score"] = score
        cell.metadata.nbgrader["points"] = points

    def _known(self, by_name: Mapping[str, Any], cell: NotebookNode) -> Any:
        name = cell.metadata.nbgrader["grade_id"]
        if name not in by_name:
            raise CourseError(f"the gradebook knows no cell {name!r} of {self._notebook}.ipynb: grade it again")
        return by_name[name]
