"""Gives a submission's cells back what nbgrader needs of them, from the gradebook and not from the notebook."""

from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course.notebooks import METADATA_KEY, grade_id
from autograder.gradebook.release import ReleasedCell, ReleasedNotebook, released_notebook

Resources = dict[str, Any]


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs before nbgrader's own sanitizers, which raise on metadata that a student has edited."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore one notebook."""
        context = resources["nbgrader"]
        with Gradebook(context["db_url"]) as gradebook:
            try:
                released = released_notebook(gradebook.find_notebook(context["notebook"], context["assignment"]))
            except MissingEntry:
                return nb, resources
        restore(nb, released)
        return nb, resources


def restore(nb: NotebookNode, released: ReleasedNotebook) -> None:
    """Give a notebook's cells back what they were.

    Every cell that the gradebook knows gets its nbgrader metadata from there. Every other cell loses what it claims to
    be. A cell that occurs twice counts where it occurs last, as in nbgrader. Deleted test cells come back. What an
    earlier grading of ours may have left, or a student may have written in its place, is removed.
    """
    known = {cell.name: cell for cell in released.cells}
    for cell in nb.cells:
        cell.metadata.pop(METADATA_KEY, None)
    for cell in _claimants(nb, known):
        cell.metadata["nbgrader"] = claim = NotebookNode(known[str(grade_id(cell))].metadata)
        _turn_into(cell, claim["cell_type"])
    _add_missing(nb, known)


def _turn_into(cell: NotebookNode, cell_type: str) -> None:
    """Make a cell one of its type again; nbgrader does so too, but raises when a picture is attached to it."""
    if cell.cell_type == cell_type:
        return
    for name in ("attachments", "outputs", "execution_count"):
        cell.pop(name, None)
    cell.cell_type = cell_type
    if cell_type == "code":
        cell.update(outputs=[], execution_count=None)


def _claimants(nb: NotebookNode, known: Mapping[str, ReleasedCell]) -> Iterator[NotebookNode]:
    """The cells that stand for the gradebook's, one each; whatever else claims to be one is stripped."""
    seen: set[str] = set()
    for cell in reversed(nb.cells):
        name = grade_id(cell)
        if name is not None and name in known and name not in seen:
            seen.add(name)
            yield cell
        else:
            cell.metadata.pop("nbgrader", None)


def _add_missing(nb: NotebookNode, known: Mapping[str, ReleasedCell]) -> None:
    """Put graded cells that were deleted back, each after the nearest one before it that is still there."""
    places = {grade_id(cell): index for index, cell in enumerate(nb.cells)}
    # What comes before all that are still there goes right before the first, or behind whatever else there is.
    position = min((place for name, place in places.items() if name in known), default=len(nb.cells))
    for name, source in known.items():
        if name in places:
            position = max(position, places[name] + 1)
        elif source.grade:
            make = new_code_cell if source.cell_type == "code" else new_markdown_cell
            nb.cells.insert(position, make(source.source, metadata={"nbgrader": source.metadata}))  # type: ignore[no-untyped-call]
            position += 1
            places = {grade_id(cell): index for index, cell in enumerate(nb.cells)}
