"""What a student reads below a test cell, and the one number that nbgrader reads there."""

from collections.abc import Sequence
from html import escape

from nbformat import NotebookNode

from autograder.course.errors import Outcome
from autograder.course.notebooks import new_output
from autograder.grading.results import AspectResult, ProblemResult

_STYLE = "border-left:4px solid {color};padding:.4em .8em;margin:.3em 0;font-family:sans-serif;line-height:1.5"
_GREEN, _AMBER, _RED = "#2e7d32", "#b26a00", "#b3261e"


def outputs_of_result(
    result: ProblemResult, checks: list[NotebookNode], count: int | None = None, unprotected: Sequence[str] = ()
) -> list[NotebookNode]:
    """Write the outputs of a graded cell.

    nbgrader gives zero for any error or text on stderr in such a cell, and full marks for a last value that it cannot
    read. So the cell gets a page for the reader and one plain number, and nothing else.

    Args:
        result: how the problem was graded.
        checks: what the cell's visible checks left when they ran; shown as text where they failed.
        count: the number of the cell's prompt.
        unprotected: what the machine did not protect from submissions, where that was accepted.
    """
    notes = [f"The visible check stopped at: {failed}"] if (failed := _failed_check(checks)) else []
    if unprotected:
        notes.append(f"Graded on a machine that did not protect its {', '.join(unprotected)} from submissions.")
    page = new_output("display_data", data={"text/html": as_html(result, notes), "text/plain": as_text(result, notes)})
    return [page, new_output("execute_result", data={"text/plain": score_text(result)}, execution_count=count)]


def score_text(result: ProblemResult) -> str:
    """The earned points as nbgrader reads them: a plain decimal number from 0 to the points of the cell."""
    return repr(min(max(round(result.earned, 6), 0.0), result.possible))


def as_text(result: ProblemResult, notes: Sequence[str] = ()) -> str:
    """The feedback as plain text."""
    lines = [f"{result.problem}: {result.earned:g} of {result.possible:g} points"]
    for aspect in result.aspects:
        lines.append(f"[{_mark(aspect)}] {aspect.earned:g}/{aspect.points:g} {_line(aspect)}")
    if result.misconception:
        lines.append(f"It looks as if you {result.misconception.text}. {result.misconception.hint}".strip())
    return "\n".join([*lines, *notes])


def as_html(result: ProblemResult, notes: Sequence[str] = ()) -> str:
    """The feedback as HTML without scripts; every text is escaped."""
    color = _GREEN if result.earned == result.possible else _RED if result.earned == 0 else _AMBER
    rows = "".join(
        f"<li>{_mark(aspect)} <b>{aspect.earned:g}/{aspect.points:g}</b> {escape(_line(aspect))}</li>"
        for aspect in result.aspects
    )
    parts = [
        f"<b>{escape(result.problem)}: {result.earned:g} of {result.possible:g} points</b>",
        f'<ul style="list-style:none;margin:.3em 0;padding:0">{rows}</ul>',
    ]
    if result.misconception:
        told = escape(f"It looks as if you {result.misconception.text}.")
        parts.append(f"<p>→ {told} <i>{escape(result.misconception.hint)}</i></p>")
    parts += [f"<p>{escape(note)}</p>" for note in notes]
    return f'<div style="{_STYLE.format(color=color)}">{"".join(parts)}</div>'


def _mark(aspect: AspectResult) -> str:
    return "✓" if aspect.outcome is Outcome.PASSED else "✗"


def _line(aspect: AspectResult) -> str:
    return f"{aspect.statement} ({aspect.detail})" if aspect.detail else aspect.statement


def _failed_check(outputs: list[NotebookNode]) -> str:
    """The line with which the visible checks failed, if they did."""
    for output in outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"[:500]
    return ""
