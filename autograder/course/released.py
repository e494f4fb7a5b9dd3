"""What students were given, and everybody may know."""

from pathlib import Path

from autograder.course.errors import UsageError
from autograder.course.notebooks import code_sources, read_notebook

# A longer module is data rather than code.
_MAX_MODULE = 1 << 20


def released(folder: Path) -> tuple[list[str], list[bytes]]:
    """Read a release.

    Args:
        folder: where it lies, if it does.

    Returns:
        The texts of all code cells, each once, and the modules beside the notebooks. What cannot be read is left out.
    """
    cells: dict[str, None] = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells |= dict.fromkeys(code_sources(read_notebook(path)))
        except UsageError:
            continue
    return list(cells), [text for path in sorted(folder.glob("*.py")) if (text := _text_of(path))]


def _text_of(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= _MAX_MODULE else b""
    except OSError:
        return b""
