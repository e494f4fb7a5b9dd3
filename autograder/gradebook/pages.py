"""The pages on which people look at submissions: the formgrader's view of one, and the feedback.

A notebook that a student has written is stripped of whatever nbconvert's templates would put into a page unescaped, its
HTML is sanitized where it is rendered, and the page forbids its browser to run or load anything else. The notebook's
file stays as it is.
"""

import base64
import copy
import hashlib
import re
import secrets
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, from_dict
from nbformat.validator import normalize
from pygments.token import STANDARD_TYPES

from autograder.gradebook.filters import FILTERS, sanitized
from autograder.report.sheets import names, without_unused

Resources = dict[str, Any]

# What these hold is shown as text, as HTML that is sanitized, or as a picture, in which a browser runs nothing.
SHOWN = {"text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml", "image/png", "image/jpeg"}
# Of a notebook with more Markdown and HTML than this, in characters, the rest is left out.
MAX_PAGE = 5_000_000
LEFT_OUT = "*Left out, since this page is too long.*"
# The student's part of nbgrader's pages starts here; nothing of a submission comes before.
_NOTEBOOK = 'id="notebook-container"'

_PICTURE = re.compile(r"<img\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_DESCRIBED = re.compile(r"\salt\s*=")
# No value reaches over a tag, wherever a text may say "class=".
_NAMED = [re.compile(rf"{name}\s*=\s*(\"[^\"<>]*\"|'[^'<>]*'|[^\s>]+)") for name in ("class", "id")]
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"(<style\b[^>]*>)([^<]*(?:<(?!/style)[^<]*)*)</style>")
# A selector for whatever span there is.
_ANY_SPAN = re.compile(r"(?<![\w.#-])span(?=\s*[,{>+~:])")


class Disarm(Preprocessor):
    """Leaves of a notebook what the templates render safely; to be used on the copy that is rendered."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Disarm one notebook, and names that are not the course's own."""
        kernel = nb.metadata.get("kernelspec")
        nb.metadata = from_dict({"kernelspec": kernel} if isinstance(kernel, dict) else {})
        length = 0
        for cell in nb.cells:
            length += _rendered_length(cell)
            if length > MAX_PAGE:
                _empty(cell)
            cell.metadata = from_dict(_course_data(cell))
            if cell.cell_type == "code":
                cell.execution_count = _count(cell)
                cell.outputs = [_disarmed(output) for output in cell.outputs]
        for name in ("student", "first_name", "last_name", "notebook_path"):
            if isinstance(resources.get(name), str):
                resources[name] = escape(resources[name])
        return nb, resources


def _copied(nb: NotebookNode) -> NotebookNode:
    """A notebook that can be disarmed without a change to this one: whatever is replaced lies in it, or in a cell."""
    return NotebookNode(nb, cells=[NotebookNode(cell) for cell in nb.cells])


def _course_data(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader has written into a cell, but for comments, which come from the gradebook."""
    data = cell.metadata.get("nbgrader")
    if not isinstance(data, dict):
        return {}
    kept = {name: value for name, value in data.items() if name != "comment"}
    if "grade_id" in kept:
        kept["grade_id"] = escape(str(kept["grade_id"]))
    return {"nbgrader": kept}


def _rendered_length(cell: NotebookNode) -> int:
    if cell.cell_type != "code":
        return len(cell.source)
    bundles = (output.get("data", {}) for output in cell.outputs)
    return sum(len(str(bundle.get(mime, ""))) for bundle in bundles for mime in ("text/html", "text/markdown"))


def _empty(cell: NotebookNode) -> None:
    """Leave out what takes time to render."""
    if cell.cell_type == "code":
        cell.outputs = []
    else:
        cell.source = LEFT_OUT


def _count(node: NotebookNode) -> int | None:
    count = node.get("execution_count")
    return count if isinstance(count, int) else None


def _disarmed(output: NotebookNode) -> NotebookNode:
    """An output with only those of its parts that its type has."""
    kind = output.output_type
    if kind == "stream":
        return from_dict({"output_type": kind, "name": output.name, "text": output.text})
    if kind == "error":
        parts = {"ename": output.ename, "evalue": output.evalue, "traceback": output.traceback}
        return from_dict({"output_type": kind, **parts})
    data = {mime: value for mime, value in output.data.items() if mime in SHOWN and isinstance(value, str)}
    if "text/html" in data:
        data["text/html"] = sanitized(data["text/html"])
    sizes = {mime: _size(output.metadata.get(mime)) for mime in data if mime.startswith("image/")}
    shown = from_dict(
        {"output_type": kind, "data": data, "metadata": {mime: size for mime, size in sizes.items() if size}}
    )
    if kind == "execute_result":
        shown.execution_count = _count(output)
    return shown


def _size(metadata: Any) -> dict[str, int]:
    named = metadata if isinstance(metadata, dict) else {}
    sizes = {name: named.get(name) for name in ("width", "height")}
    return {name: int(size) for name, size in sizes.items() if isinstance(size, int | float) and 0 < size < 10_000}


class SafePage(HTMLExporter):
    """Renders a submission as a page that runs nothing but nbgrader's own scripts and MathJax."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self.filters = {**self.filters, **FILTERS}

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        """Register a preprocessor, but for ``Disarm``: what it has done need not be done again."""
        if preprocessor is Disarm:
            return None
        return super().register_preprocessor(preprocessor, enabled)  # type: ignore[no-untyped-call]

    def _preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        # What comes here was copied just before; nbconvert's own copies it twice more, and checks it again and again.
        ids = {cell.get("id") for cell in nb.cells}
        if None in ids or len(ids) < len(nb.cells):
            _, nb = normalize(nb)
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        self._validate_preprocessor(nb, self._preprocessors)  # type: ignore[no-untyped-call]
        return nb, resources

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        """Render a notebook."""
        disarm = Disarm()  # type: ignore[no-untyped-call]
        disarmed, named = disarm.preprocess(_copied(nb), copy.deepcopy(resources or {}))
        named = self._init_resources(named)  # type: ignore[no-untyped-call]
        shown = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=named)
        self.register_filter("filter_data_type", shown)  # type: ignore[no-untyped-call]
        # HTMLExporter's own goes on to parse the page and to write it anew, which takes longer than all the rest.
        page, named = TemplateExporter.from_notebook_node(self, disarmed, named, **kw)
        return with_policy(with_descriptions(page)), named


class FeedbackPage(SafePage):
    """The page that a student gets: complete in itself, and without what only takes space in it."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        """Render a notebook."""
        page, named = super().from_notebook_node(nb, resources, **kw)
        return slim(page), named


def with_descriptions(page: str) -> str:
    """Say of each picture without a description that it has none, as nbconvert does."""
    return _PICTURE.sub(lambda match: match[0] if _DESCRIBED.search(_QUOTED.sub('""', match[0])) else _say(match), page)


def _say(match: re.Match[str]) -> str:
    return f'<img alt="No description has been provided for this image"{match[0][4:]}'


def slim(page: str) -> str:
    """Take out of a page what changes nothing in it: rules of style that match nothing, and marks that none matches."""
    head, mark, notebook = page.partition(_NOTEBOOK)
    words = {word for named in _NAMED for found in set(named.findall(page)) for word in found.strip("\"'").split()}
    # Whatever its own scripts may add to it later.
    words.update(word for match in _SCRIPT.finditer(head) for word in re.findall(r"[\w-]+", match[1]))
    present = frozenset(f"{kind}{word}" for kind in ".#" for word in words)
    # What is no style, a tag and its sheet, in turn.
    parts = _STYLE.split(head)
    kept = [without_unused(sheet, present) for sheet in parts[2::3]]
    parts[2::3] = [f"{sheet}</style>" for sheet in kept]
    head, sheets = "".join(parts), "".join(kept)
    unstyled = sorted({f".{name}" for name in STANDARD_TYPES.values() if name} - names(sheets))
    if _ANY_SPAN.search(sheets) or not unstyled:
        return head + mark + notebook
    marks = re.compile(rf'<span class="(?:{"|".join(name[1:] for name in unstyled)})">([^<]*)</span>')
    # What lies between these marks and what is marked, in turn: the page without the marks.
    return head + mark + "".join(marks.split(notebook))


def with_policy(page: str) -> str:
    """Let a page of nbgrader's templates run only the scripts that it has before the notebook starts."""
    head, mark, notebook = page.partition(_NOTEBOOK if _NOTEBOOK in page else "<body")
    nonce = secrets.token_urlsafe(16)
    sources = " ".join(sorted(_folders(head)))
    handlers = "".join(
        f" 'sha256-{_digest(unescape(code))}'" for code in sorted(set(re.findall(r' on\w+="([^"]*)"', head)))
    )
    policy = {
        "default-src": "'none'",
        # MathJax evaluates its settings; a string that is no script is evaluated by nothing else.
        "script-src": f"'nonce-{nonce}' 'unsafe-eval' {sources}" + (f" 'unsafe-hashes'{handlers}" if handlers else ""),
        "style-src": f"'self' 'unsafe-inline' {sources}",
        "img-src": f"'self' data: {sources}",
        "font-src": f"'self' data: {sources}",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    content = "; ".join(f"{name} {value}".strip() for name, value in policy.items())
    meta = (
        f'<meta http-equiv="Content-Security-Policy" content="{content}"/><meta name="referrer" content="no-referrer"/>'
    )
    head = re.sub(r"<script\b", f'<script nonce="{nonce}"', head)
    return re.sub(r"<head[^>]*>", lambda match: match[0] + meta, head, count=1) + mark + notebook


def _folders(head: str) -> set[str]:
    """Where scripts of other sites lie: MathJax loads the rest of it from beside the first."""
    found = (urlsplit(source) for source in re.findall(r'<script[^>]* src="(https?://[^"]*)"', head))
    # The version is left out, since the address of the latest one names another.
    return {f"{url.scheme}://{url.netloc}{re.sub(r'[^/]*/[^/]*$', '', url.path)}" for url in found}


def _digest(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
