"""What the gradebook knows of a generated assignment: the cells that are taken from there, not from a submission."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment
from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.course.errors import UsageError

PYTHON = ("python", "ipython")


@dataclass(frozen=True)
class ReleasedCell:
    """One cell that nbgrader knows by name.

    Attributes:
        name: its ``grade_id``.
        cell_type: ``code`` or ``markdown``.
        source: its text as released.
        checksum: what nbgrader made of text, type and role.
        locked: whether its text is put back.
        grade: whether it earns points.
        solution: whether the student writes in it.
        task: whether it describes what a person looks at.
        points: what it is worth; None where it is worth nothing.
        key: the primary key of its grades in the gradebook; None where it has none.
        comment_key: the same of its comments.
    """

    name: str
    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None
    key: str | None = None
    comment_key: str | None = None

    @property
    def metadata(self) -> dict[str, Any]:
        """What nbgrader wrote into the cell when the assignment was generated."""
        metadata: dict[str, Any] = {
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        return metadata if self.points is None else {**metadata, "points": self.points}


@dataclass(frozen=True)
class ReleasedNotebook:
    """One notebook of an assignment.

    Attributes:
        name: without its ending.
        key: its primary key in the gradebook.
        kernelspec: what it was released with; empty if it names no kernel.
        cells: those that nbgrader knows, in the gradebook's order.
    """

    name: str
    key: str
    kernelspec: Mapping[str, Any]
    cells: tuple[ReleasedCell, ...]

    @property
    def language(self) -> str:
        """What its kernel speaks; what a submission claims does not let it out of the box."""
        return language_of(self.kernelspec)


def language_of(kernelspec: Mapping[str, Any]) -> str:
    """The language of a kernel; Python where none is named."""
    return str(kernelspec.get("language", "python")).lower()


def released_notebook(notebook: Any) -> ReleasedNotebook:
    """Read what the gradebook knows of one notebook.

    Args:
        notebook: the ``nbgrader.api.Notebook``.
    """
    grades = {cell.name: cell for cell in notebook.grade_cells}
    tasks = {cell.name: cell for cell in notebook.task_cells}
    solutions = {cell.name: cell for cell in notebook.solution_cells}
    cells = []
    for source in notebook.source_cells:
        grade, task, solution = (kind.get(source.name) for kind in (grades, tasks, solutions))
        worth, commented = grade or task, solution or task
        cells.append(
            ReleasedCell(
                name=source.name,
                cell_type=source.cell_type,
                source=source.source,
                checksum=source.checksum,
                locked=bool(source.locked),
                grade=grade is not None,
                solution=solution is not None,
                task=task is not None,
                points=worth.max_score if worth is not None else None,
                key=worth.id if worth is not None else None,
                comment_key=commented.id if commented is not None else None,
            )
        )
    kernelspec = json.loads(notebook.kernelspec or "{}") or {}
    return ReleasedNotebook(notebook.name, notebook.id, kernelspec, tuple(cells))


def released_notebooks(session: Session, assignment: str) -> dict[str, ReleasedNotebook]:
    """Read what the gradebook knows of all notebooks of an assignment, by name.

    Raises:
        UsageError: it does not know the assignment.
    """
    found = session.scalars(select(Assignment).where(Assignment.name == assignment)).first()
    if found is None:
        raise UsageError(
            f"the gradebook knows no assignment {assignment!r}; 'nbgrader generate_assignment {assignment}' adds it"
        )
    return {notebook.name: released_notebook(notebook) for notebook in found.notebooks}
