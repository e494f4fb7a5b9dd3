"""Grades one notebook as ``nbgrader autograde`` does: the same steps in the same order, without a gradebook."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient
from nbgrader.preprocessors import ClearOutput, IgnorePattern, LimitOutput
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from traitlets.config import Config

from autograder.course.errors import CourseError, Outcome, UsageError
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import METADATA_KEY, parse_notebook, too_large
from autograder.gradebook.batch.parcels import GradedNotebook, Order
from autograder.gradebook.execute import require_kernel
from autograder.gradebook.intake import damaged
from autograder.gradebook.machine import Machine
from autograder.gradebook.release import ReleasedNotebook
from autograder.gradebook.restore import restore

# nbgrader's own, which look at nothing but the notebook.
CLEANERS = (IgnorePattern, ClearMetadataPreprocessor, LimitOutput)
NO_RESPONSE = "No response."


class Pipeline:
    """Grades the notebooks of one assignment.

    Args:
        order: what holds for the class.
        machine: runs and judges.
    """

    def __init__(self, order: Order, machine: Machine) -> None:
        self._order = order
        self._machine = machine
        course = Course(
            order.root, source_directory=order.source_directory, solutions_directory=order.solutions_directory
        )
        self._assignment = Assignment(course, order.assignment)
        config = order.settings or Config()
        self._clear = ClearOutput(config=config)
        self._cleaners = [cleaner(config=config) for cleaner in CLEANERS]

    def grade(
        self, name: str, data: bytes | None, files: Path, student: str, remarks: list[str], suspicions: list[str]
    ) -> GradedNotebook:
        """Grade one notebook.

        Args:
            name: without its ending.
            data: the bytes of its file, or None if it is too large.
            files: the folder whose files stand beside it.
            student: who handed it in.
            remarks: gets what a person should know.
            suspicions: gets what a person should look at.

        Raises:
            OurFault: nothing can be said of the submission.
        """
        released = self._order.release[name]
        nb = self._read(name, data, remarks)
        self._sanitize(nb, released)
        require_kernel(nb, released)
        remarks.extend(self._machine.grade(nb, self._assignment, files, self._order.limits, student))
        for cleaner in self._cleaners:
            nb, _ = cleaner(nb, {})
        suspicions.extend(_forged(nb))
        log = logging.Logger("nbgrader")
        log.addHandler(_Remarks(remarks))
        scores, comments = _marks(nb, released, log)
        return GradedNotebook(released.key, name, written(nb), scores, comments)

    def _read(self, name: str, data: bytes | None, remarks: list[str]) -> NotebookNode:
        file = f"{name}.ipynb"
        try:
            if data is None:
                raise too_large(file)
            return parse_notebook(data, file)
        except UsageError as error:
            remarks.append(f"Damaged notebook, graded as empty: {error}")
            return damaged(file, str(error))

    def _sanitize(self, nb: NotebookNode, released: ReleasedNotebook) -> None:
        """Take outputs away, and give back what students must not change."""
        restore(nb, released)
        self._clear(nb, {})
        if released.kernelspec:
            nb.metadata["kernelspec"] = NotebookNode(released.kernelspec)
        sources = {cell.name: cell for cell in released.cells if cell.locked}
        for cell in nb.cells:
            source = sources.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if source is None or compute_checksum(cell) == source.checksum:
                continue
            cell.source = source.source
            if compute_checksum(cell) != source.checksum:
                raise CourseError(f"the gradebook's checksum of cell {source.name} is not that of its text")


def _forged(nb: NotebookNode) -> Iterator[str]:
    for cell in nb.cells:
        result = cell.metadata.get(METADATA_KEY, {})
        if any(aspect["outcome"] == Outcome.FORGED for aspect in result.get("aspects", ())):
            yield f"something else than our worker answered for {result['problem']}"


def _marks(
    nb: NotebookNode, released: ReleasedNotebook, log: logging.Logger
) -> tuple[dict[str, float | None], dict[str, str | None]]:
    """Read scores and comments by nbgrader's rules.

    Raises:
        ValueError: a cell claims more than it is worth.
    """
    known = {cell.name: cell for cell in released.cells}
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in nb.cells:
        source = known.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if source is None:
            continue
        if is_grade(cell) and source.key:
            scores[source.key] = determine_grade(cell, log)[0]
        if (is_solution(cell) or is_task(cell)) and source.comment_key:
            untouched = source.checksum == compute_checksum(cell) and not is_task(cell)
            comments[source.comment_key] = NO_RESPONSE if untouched else None
    return scores, comments


class _Remarks(logging.Handler):
    """Keeps what nbgrader warns of."""

    def __init__(self, remarks: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._remarks = remarks

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one warning."""
        self._remarks.append(" ".join(record.getMessage().split())[:300])


def written(nb: NotebookNode) -> bytes:
    """The bytes of a notebook's file, as nbconvert writes them; the notebook is of no use afterwards."""
    # As nbformat writes, but for its copy of a notebook that nobody needs any more.
    nb = strip_transient(split_lines(nb))
    text = json.dumps(nb, indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": "))
    return f"{text}\n".encode()
