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
from collections.abc import Callable
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, from_dict

from autograder.report.sanitize import as_preformatted, sanitize_html

Resources = dict[str, Any]
Filter = Callable[..., str]

# What these hold is shown as text, as HTML that is sanitized, or as a picture, in which a browser runs nothing.
SHOWN = {"text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml", "image/png", "image/jpeg"}
# Markdown beyond these is shown as it is: the renderer's time grows with the square of how often one of them opens.
MAX_MARKDOWN = 100_000
MAX_OPENINGS = 1000
OPENINGS = ("\\begin", "[")
# Of a notebook with more Markdown and HTML than this, in characters, the rest is left out.
MAX_PAGE = 5_000_000
LEFT_OUT = "*Left out, since this page is too long.*"
# The student's part of nbgrader's pages starts here; nothing of a submission comes before.
_NOTEBOOK = 'id="notebook-container"'


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
            nbgrader = cell.metadata.get("nbgrader")
            cell.metadata = from_dict({"nbgrader": nbgrader} if isinstance(nbgrader, dict) else {})
            if cell.cell_type == "code":
                cell.execution_count = _count(cell)
                cell.outputs = [_disarmed(output) for output in cell.outputs]
        for name in ("student", "first_name", "last_name", "notebook_path"):
            if isinstance(resources.get(name), str):
                resources[name] = escape(resources[name])
        return nb, resources


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
        data["text/html"] = sanitize_html(data["text/html"])
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


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Render Markdown, and sanitize what comes of it."""
    if len(source) > MAX_MARKDOWN or any(source.count(opening) > MAX_OPENINGS for opening in OPENINGS):
        return as_preformatted(source)
    attachments = context.get("cell", {}).get("attachments") or {}
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:
        # A picture that is not attached, or what the renderer has not been tried on: no reason to refuse the page.
        return as_preformatted(source)
    return sanitize_html(html)


@pass_context
def highlight_code(context: Context, source: str, language: str | None = None, metadata: Any = None) -> str:
    """Highlight code in the language of the course's notebook, whatever a cell says that it is written in."""
    kernel = context["nb"].metadata.get("kernelspec") or {}
    named = str(language or kernel.get("language") or "")
    lexer = named if re.fullmatch(r"[\w+#-]{1,30}", named) and named != "python" else "ipython3"
    return str(Highlight2HTML(pygments_lexer=lexer)(source))


def clean_html(html: Any) -> str:
    """Sanitize; raw cells pass through here."""
    return sanitize_html(html.decode() if isinstance(html, bytes) else str(html))


def strip_files_prefix(html: str) -> str:
    """Do nothing: nbconvert's own, for links of a server of 2014, takes minutes for a text of brackets."""
    return html


# The names under which nbconvert's templates know them.
FILTERS: dict[str, Filter] = {
    "markdown2html": markdown2html,
    "highlight_code": highlight_code,
    "clean_html": clean_html,
    "strip_files_prefix": strip_files_prefix,
}


class SafePage(HTMLExporter):
    """Renders a submission as a page that runs nothing but nbgrader's own scripts and MathJax."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self.filters = {**self.filters, **FILTERS}

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        """Render a notebook."""
        disarm = Disarm()  # type: ignore[no-untyped-call]
        disarmed, named = disarm.preprocess(copy.deepcopy(nb), copy.deepcopy(resources or {}))
        page, named = super().from_notebook_node(disarmed, named, **kw)
        return with_policy(page), named


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
