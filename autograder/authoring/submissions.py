"""Makes submissions: a notebook in which given cells hold given answers."""

import copy
import re
from collections.abc import Mapping

from nbformat import NotebookNode

from autograder.authoring.render import BEGIN, END
from autograder.course.notebooks import grade_id

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
_UNSIGNED = re.compile(r'^STUDENT = ""', re.MULTILINE)
_REGION = re.compile(rf"^([ \t]*){BEGIN}\n.*?{END}[ \t]*$", re.MULTILINE | re.DOTALL)


def fill(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """Write answers into the cells of a notebook.

    Args:
        notebook: a release or source notebook; it is left as it is.
        answers: the new text of cells, by nbgrader's name of the cell.
    """
    filled = copy.deepcopy(notebook)
    for cell in filled.cells:
        cell.source = answers.get(grade_id(cell) or "", cell.source)
    return filled


def signed(notebook: NotebookNode, student: str) -> NotebookNode:
    """Write a student's id into the notebook, as a student does: in place of the empty one in ``STUDENT = ""``."""
    named = copy.deepcopy(notebook)
    for cell in named.cells:
        cell.source = _UNSIGNED.sub(f"STUDENT = {student!r}", cell.source)
    return named


def stub(source: str) -> str:
    """Replace the solution region of a cell by what nbgrader leaves there in a release."""
    return _REGION.sub(lambda found: "\n".join(found[1] + line for line in STUB.splitlines()), source)


def essential(notebook: NotebookNode) -> NotebookNode:
    """Keep the cells that define something: setup cells and answers, without plots and checks."""
    kept = copy.deepcopy(notebook)
    kept.cells = [
        cell
        for cell in kept.cells
        if "setup" in cell.metadata.get("tags", []) or cell.metadata.get("nbgrader", {}).get("solution")
    ]
    return kept
