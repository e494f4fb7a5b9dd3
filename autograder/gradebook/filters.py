"""What turns the text of a cell into HTML for nbconvert's templates, so that nothing of it runs.

The cells of a release are the same in every submission, so what has been rendered is kept for the next one. The result
depends on nothing but what it is kept under.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from autograder.report.sanitize import as_preformatted, sanitize_html

Filter = Callable[..., str]

# Markdown beyond these is shown as it is: the renderer's time grows with the square of how often one of them opens.
MAX_MARKDOWN = 100_000
MAX_OPENINGS = 1000
OPENINGS = ("\\begin", "[")


class Memo:
    """Texts that took time to make, up to a number of characters; what was not asked for longest goes first."""

    def __init__(self, characters: int) -> None:
        self._free = characters
        self._kept: OrderedDict[Hashable, tuple[str, int]] = OrderedDict()

    def get(self, key: Hashable, length: int, make: Callable[[], str]) -> str:
        """Give what was made under a key, or make it.

        Args:
            key: everything that the result depends on.
            length: the characters of the key.
            make: makes the text.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        text = make()
        self._kept[key] = text, length + len(text)
        self._free -= length + len(text)
        while self._free < 0:
            _, (_, freed) = self._kept.popitem(last=False)
            self._free += freed
        return text


_memo = Memo(32_000_000)


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Render Markdown, and sanitize what comes of it."""
    attachments = context.get("cell", {}).get("attachments") or {}
    if attachments:
        return _rendered(source, attachments)
    return _memo.get(("markdown", source), len(source), lambda: _rendered(source, {}))


def _rendered(source: str, attachments: dict[str, Any]) -> str:
    if len(source) > MAX_MARKDOWN or any(source.count(opening) > MAX_OPENINGS for opening in OPENINGS):
        return as_preformatted(source)
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
    name = named if re.fullmatch(r"[\w+#-]{1,30}", named) and named != "python" else "ipython3"
    return _memo.get(("code", name, source), len(source), lambda: _highlighted(source, name))


def _highlighted(source: str, name: str) -> str:
    # IPython's own rules are tried before each of Python's, and match nothing without one of these.
    plain = name == "ipython3" and not any(sign in source for sign in "%!?")
    return str(highlight(source or " ", _lexer("python3" if plain else name), _formatter(name)))


@lru_cache(maxsize=16)
def _lexer(name: str) -> Lexer:
    """What reads a language; an unknown one is text."""
    try:
        if name != "ipython3":
            return get_lexer_by_name(name)
    except ClassNotFound:
        return TextLexer()
    # All of IPython comes with it, and most commands that read our settings draw no page.
    from IPython.lib.lexers import IPython3Lexer

    lexer: Lexer = IPython3Lexer()
    return lexer


@lru_cache(maxsize=16)
def _formatter(name: str) -> HtmlFormatter:
    """What writes a language as nbconvert does."""
    return HtmlFormatter(cssclass=f" highlight hl-{name}")


def sanitized(html: str) -> str:
    """Sanitize HTML that is likely to be met again."""
    return _memo.get(("html", html), len(html), lambda: sanitize_html(html))


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
