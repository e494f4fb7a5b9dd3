"""Gives a submission's cells back what nbgrader needs of them, from the gradebook and not from the notebook."""

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course.notebooks import METADATA_KEY, grade_id

Resources = dict[str, Any]


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs before nbgrader's own sanitizers, which raise on metadata that a student has edited.

    Every cell that the gradebook knows gets its nbgrader metadata from there. Every other cell loses what it claims to
    be. A cell that occurs twice counts where it occurs last, as in nbgrader. Deleted test cells come back. What an
    earlier grading of ours may have left, or a student may have written in its place, is removed.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore one notebook."""
        context = resources["nbgrader"]
        with Gradebook(context["db_url"]) as gradebook:
            try:
                notebook = gradebook.find_notebook(context["notebook"], context["assignment"])
            except MissingEntry:
                return nb, resources
            known = {cell.name: cell for cell in notebook.source_cells}
            metadata = {name: _metadata(cell, notebook) for name, cell in known.items()}
            for cell in nb.cells:
                cell.metadata.pop(METADATA_KEY, None)
            for cell in _claimants(nb, metadata):
                cell.metadata["nbgrader"] = claim = dict(metadata[str(grade_id(cell))])
                _turn_into(cell, claim["cell_type"])
            _add_missing(nb, known, metadata)
        return nb, resources


def _metadata(source: Any, notebook: Any) -> dict[str, Any]:
    """What nbgrader wrote into a cell when the assignment was generated."""
    grade = next((cell for cell in notebook.grade_cells if cell.name == source.name), None)
    task = next((cell for cell in notebook.task_cells if cell.name == source.name), None)
    metadata: dict[str, Any] = {
        "grade": grade is not None,
        "grade_id": source.name,
        "locked": bool(source.locked),
        "schema_version": 3,
        "solution": any(cell.name == source.name for cell in notebook.solution_cells),
        "task": task is not None,
        "cell_type": source.cell_type,
        "checksum": source.checksum,
    }
    worth = grade or task
    return {**metadata, "points": worth.max_score} if worth is not None else metadata


def _turn_into(cell: NotebookNode, cell_type: str) -> None:
    """Make a cell one of its type again; nbgrader does so too, but raises when a picture is attached to it."""
    if cell.cell_type == cell_type:
        return
    for name in ("attachments", "outputs", "execution_count"):
        cell.pop(name, None)
    cell.cell_type = cell_type
    if cell_type == "code":
        cell.update(outputs=[], execution_count=None)


def _claimants(nb: NotebookNode, metadata: dict[str, dict[str, Any]]) -> Iterator[NotebookNode]:
    """The cells that stand for the gradebook's, one each; whatever else claims to be one is stripped."""
    seen: set[str] = set()
    for cell in reversed(nb.cells):
        name = grade_id(cell)
        if name in metadata and name not in seen:
            seen.add(name)
            yield cell
        else:
            cell.metadata.pop("nbgrader", None)


def _add_missing(nb: NotebookNode, known: dict[str, Any], metadata: dict[str, dict[str, Any]]) -> None:
    """Put graded cells that were deleted back, each after the nearest one before it that is still there."""
    places = {grade_id(cell): index for index, cell in enumerate(nb.cells)}
    # What comes before all that are still there goes right before the first, or behind whatever else there is.
    position = min((place for name, place in places.items() if name in known), default=len(nb.cells))
    for name, source in known.items():
        if name in places:
            position = max(position, places[name] + 1)
        elif metadata[name]["grade"]:
            make = new_code_cell if source.cell_type == "code" else new_markdown_cell
            nb.cells.insert(position, make(source.source, metadata={"nbgrader": metadata[name]}))  # type: ignore[no-untyped-call]
            position += 1
            places = {grade_id(cell): index for index, cell in enumerate(nb.cells)}
