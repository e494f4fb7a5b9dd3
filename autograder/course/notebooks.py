"""Notebooks as data: pure functions on notebooks and their cells."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import nbformat.reader
import nbformat.v4
import nbformat.validator
from nbformat import NotebookNode

from autograder.course.errors import UsageError

TEST_PREFIX = "test_"
# Our own data stands beside nbgrader's, whose schema refuses keys that it does not know.
METADATA_KEY = "autograder"
MAX_NOTEBOOK_BYTES = 64 << 20

_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of format 4 from a file.

    Raises:
        UsageError: there is none, or it is damaged; the text is fit for whoever handed it in.
    """
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            raise too_large(str(path))
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return parse_notebook(data, str(path))


def too_large(name: str) -> UsageError:
    """What is said of a notebook that nobody opens."""
    return UsageError(f"{name} is larger than {MAX_NOTEBOOK_BYTES >> 20} MB, so it is not read")


def parse_notebook(data: bytes, name: str) -> NotebookNode:
    """Read a notebook of format 4 from the bytes of its file.

    Raises:
        UsageError: it is damaged; the text is fit for whoever handed it in.
    """
    try:
        parsed = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UsageError(f"{name} is not JSON, so it is no notebook; it may have been cut off while saving") from None
    return as_notebook(parsed, name)


def as_notebook(data: Any, name: str) -> NotebookNode:
    """Take parsed JSON for a notebook of format 4, upgraded from an older format where it must be.

    Whatever a tool has got wrong round the cells is put right, as far as it does not matter to what they say: ids of
    cells, properties that the format's minor version does not know, saved outputs, metadata of known names.

    Raises:
        UsageError: it is none.
    """
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        raise UsageError(f"{name} has no notebook format number, so it is no notebook")
    if data["nbformat"] > 4:
        raise UsageError(f"{name} has notebook format {data['nbformat']}; formats up to 4 can be read")
    try:
        # Half characters, which JSON can spell and no file can hold, become question marks.
        text = json.dumps(data, ensure_ascii=False).encode("utf-8", errors="replace").decode("utf-8")
        notebook = _repaired(nbformat.convert(nbformat.reader.reads(text), to_version=4))
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UsageError(f"{name} is not a well-formed notebook: {reason[:200]}") from None
    return notebook


def _repaired(notebook: NotebookNode) -> NotebookNode:
    """Put right what can be.

    Raises:
        ValidationError: the rest is no notebook.
    """
    notebook.nbformat_minor = max(notebook.get("nbformat_minor", 0), nbformat.v4.nbformat_minor)
    ids: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        name = cell.get("id")
        if not isinstance(name, str) or not _CELL_ID.fullmatch(name) or name in ids:
            cell["id"] = f"unnamed-{index}"
        ids.add(cell["id"])
        if cell.cell_type == "code":
            cell.update(execution_count=cell.get("execution_count"), outputs=cell.get("outputs", []))
    try:
        nbformat.validate(notebook, relax_add_props=True)
    except nbformat.ValidationError:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.update(execution_count=None, outputs=[])
        options = {"relax_add_props": True, "strip_invalid_metadata": True}
        _, notebook = nbformat.validator.normalize(notebook, 4, notebook.nbformat_minor, **options)
        nbformat.validate(notebook, relax_add_props=True)
    return notebook


def new_output(kind: str, **fields: Any) -> NotebookNode:
    """An output of a code cell, of parts that are known to be well formed.

    nbformat's function of this name validates each output alone, which takes longer than all else that is done with it.
    """
    output = NotebookNode(output_type=kind)
    if kind not in ("stream", "error"):
        output.update(metadata=NotebookNode(), data=NotebookNode())
    if kind == "execute_result":
        output["execution_count"] = None
    output.update(fields)
    return output


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that a kernel would run: code that is not empty and not tagged to be skipped."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.strip() and "skip-execution" not in cell.metadata.get("tags", [])
    ]


def code_sources(notebook: NotebookNode) -> list[str]:
    """The text of every cell that a kernel would run."""
    return [cell.source for cell in code_cells(notebook)]


def grade_id(cell: NotebookNode) -> str | None:
    """Nbgrader's name of a cell."""
    meta = cell.metadata.get("nbgrader", {})
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else None


def tested_problem(cell: NotebookNode) -> str | None:
    """The problem that a graded test cell stands for: ``kl_gradient`` for ``test_kl_gradient``."""
    name = grade_id(cell)
    if name is None or cell.cell_type != "code" or not cell.metadata["nbgrader"].get("grade"):
        return None
    return name.removeprefix(TEST_PREFIX) if name.startswith(TEST_PREFIX) else None
