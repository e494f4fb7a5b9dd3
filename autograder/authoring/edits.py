"""Notices what somebody edited by hand, so that no command overwrites it unasked."""

import difflib
import hashlib
import json
from contextlib import suppress
from pathlib import Path

from nbformat import NotebookNode

from autograder.course.errors import UsageError
from autograder.course.notebooks import read_notebook


def digest(notebook: NotebookNode) -> str:
    """A fingerprint of what a notebook says; outputs do not count.

    It is kept in the secret room: in a notebook it would tell whether a guessed solution is the one that was cut out.
    """
    cells = [[cell.cell_type, cell.source, cell.metadata.get("nbgrader", {})] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def difference(old: Path, new: str, after: list[str]) -> str:
    """What would be lost and what would come, as a unified diff.

    Args:
        old: the file as it is.
        new: what the other side is called.
        after: its lines.
    """
    return "\n".join(difflib.unified_diff(lines_of(old), after, str(old), new, n=1, lineterm=""))


def lines_of(path: Path) -> list[str]:
    """What a file says; of a notebook that can be read, the cells' texts."""
    with suppress(UsageError):
        if path.suffix == ".ipynb":
            return lines_of_notebook(read_notebook(path))
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def lines_of_notebook(notebook: NotebookNode) -> list[str]:
    """The texts of all cells, with a line before each that says what it is."""
    lines = []
    for cell in notebook.cells:
        said = sorted(cell.metadata.get("nbgrader", {}).items())
        lines += [f"[{cell.cell_type}, {said}]" if said else f"[{cell.cell_type}]", *cell.source.splitlines()]
    return lines


def refuse_if_edited(path: Path, notebook: NotebookNode, recorded: str | None) -> None:
    """Keep a source notebook that somebody edited.

    Args:
        path: where it lies.
        notebook: what would take its place.
        recorded: the digest of what was written there last.

    Raises:
        UsageError: it was edited; the text shows what would be lost and says what to do.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder, where a notebook has to lie: move it away")
    if path.exists() and _digest_of(path) not in (recorded, digest(notebook)):
        raise UsageError(
            f"{path} was edited by hand; move the change into its master, or lose it by --force {path.stem}:\n"
            f"{difference(path, 'what its master says', lines_of_notebook(notebook))}"
        )


def _digest_of(path: Path) -> str:
    """The digest of a notebook as it lies there; a damaged one has one that nothing else has."""
    try:
        return digest(read_notebook(path))
    except UsageError:
        return "damaged"
