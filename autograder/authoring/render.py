"""Renders a master, a text notebook with template expressions, into a plain nbgrader source notebook.

A master is Jupytext Markdown. Expressions stand in ``<%= … %>`` and statements in ``<% … %>``, which clash with neither
LaTeX nor Python; a name that is not defined is an error. They may speak of ``variant`` and of ``questions``, those that
the variant asks in the quiz, and ``<% include "gumbel.part.md" %>`` puts in another file. A cell says what it is in its
metadata::

    ```python problem="kl_gradient"     filled in from the reference, unless it has a body of its own
    ```python checks="kl_gradient"      visible checks: the cell that carries the problem's points
    ```python tags=["setup"]            what later cells need
    <!-- #region manual="explain" points=3 -->    answered in words, graded by a person
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.course.errors import CourseError
from autograder.course.layout import MASTER_SUFFIX, Assignment
from autograder.course.notebooks import TEST_PREFIX
from autograder.grading.catalogue import Problem
from autograder.grading.cells import signature_and_body

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def render(
    master: Path, assignment: Assignment, problems: Mapping[str, Problem], points: Mapping[str, float]
) -> NotebookNode:
    """Render one master.

    Args:
        master: the master's file.
        assignment: the assignment, whose variant fills the expressions.
        problems: the secret room's problems; a reference fills the solution region of its cell.
        points: what each problem's hidden grader is worth.

    Raises:
        CourseError: an expression fails, or a cell names a problem that the secret room does not have.
    """
    questions = [problem.question for problem in problems.values() if problem.question]
    text = assignment.variant.expand(master.read_text(encoding="utf-8"), master, questions=questions)
    stem = master.name.removesuffix(MASTER_SUFFIX)
    cells = [_render_cell(cell, master, problems, points) for cell in jupytext.reads(text, fmt="md").cells]
    for index, cell in enumerate(cells):
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", f"{stem}-{index}").replace("_", "-")
    return new_notebook(cells=cells, metadata={**_KERNEL})


def _render_cell(
    cell: NotebookNode, master: Path, problems: Mapping[str, Problem], points: Mapping[str, float]
) -> NotebookNode:
    said = cell.metadata
    cell.metadata = NotebookNode({"tags": said["tags"]} if "tags" in said else {})
    name = said.get("problem") or said.get("checks")
    if name is not None and name not in problems:
        raise CourseError(f"{master}: a cell is for {name!r}, which has no hidden grader in the secret room")
    if "problem" in said:
        cell.source = cell.source or _solution_cell(problems[name])
        cell.metadata["nbgrader"] = _nbgrader(name, solution=True)
    elif "checks" in said:
        cell.metadata["nbgrader"] = _nbgrader(TEST_PREFIX + name, grade=True, locked=True, points=points[name])
    elif "manual" in said:
        cell.metadata["nbgrader"] = _nbgrader(said["manual"], grade=True, solution=True, points=float(said["points"]))
    return cell


def _nbgrader(name: str, grade: bool = False, solution: bool = False, **more: Any) -> dict[str, Any]:
    """Nbgrader's metadata of one cell, in the third version of its schema."""
    plain = {
        "grade": grade,
        "grade_id": name,
        "locked": False,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {**plain, **more}


def _solution_cell(problem: Problem) -> str:
    """The reference with its body marked, so that nbgrader's release has the signature and the docstring alone."""
    head, body = signature_and_body(problem.reference)
    return f"{head}\n    {BEGIN}\n{body}\n    {END}"
