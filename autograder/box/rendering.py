"""What nbconvert can render of an output that a student's code made as it liked.

nbconvert believes a kernel. Half a color, a picture attached nowhere or a number in place of a table make it raise,
and long texts with many escape sequences keep it busy for hours; the student's feedback page would never come.
"""

import html
import re
from typing import Any

from nbformat import NotebookNode

# How often nbconvert may copy how many characters: at each escape sequence it copies what is left of the text.
MAX_COPIED = 1 << 30
MAX_COLORS = 64
# Likewise at each \begin of a text in Markdown, where it searches for what ends it.
MAX_FORMULAS = 1_000_000

# nbconvert looks up its model without a look at what it is.
WIDGET = "application/vnd.jupyter.widget-view+json"
_JSON_MIME = re.compile(r"application/(.*\+)?json")
# As nbconvert reads them; a color is told by numbers between semicolons.
_ESCAPE = re.compile("\x1b\\[(.*?)([@-~])")
_COLORS = re.compile("[0-9;]*")
_EXTENDED = re.compile("(?<![0-9])0*[34]8;0*(?:5;[0-9]+|2;[0-9]+;[0-9]+;[0-9]+)(?![0-9])")
# A section marked as in XML, and a character with a number that no character has: HTML parsers raise at both.
_UNREADABLE = re.compile(r"<!\[|&#(?=[xX]?[0-9a-fA-F]{10})")


def bundle_of(data: dict[str, Any]) -> NotebookNode:
    """Representations as the notebook format has them: text, but for JSON types."""
    bundle = NotebookNode()
    for mime, value in data.items():
        if mime == WIDGET and not (type(value) is dict and type(value.get("model_id")) is str):
            continue
        bundle[mime] = value if _JSON_MIME.fullmatch(mime) or isinstance(value, str) else str(value)
    for mime in bundle.keys() & {"text/html", "text/markdown"}:
        bundle[mime] = _UNREADABLE.sub(lambda match: match[0].replace("&", "&amp;").replace("<", "&lt;"), bundle[mime])
    if "text/markdown" in bundle and not _is_rendered(bundle["text/markdown"]):
        bundle.setdefault("text/plain", bundle.pop("text/markdown"))
    if "text/plain" in bundle:
        bundle["text/plain"] = legible(bundle["text/plain"])
    return bundle


def _is_rendered(markdown: str) -> bool:
    """Whether nbconvert can: it raises at a picture that is attached nowhere, and takes hours over many formulas."""
    if markdown.count("\\begin") * len(markdown) > MAX_FORMULAS:
        return False
    return "attachment:" not in html.unescape(markdown.replace("\\", "")).replace("\\", "")


def metadata_of(metadata: dict[str, Any]) -> NotebookNode:
    """Metadata that nbconvert can use: what stands under a type is a table, and files are named by itself alone."""
    kept = {
        key: value
        for key, value in metadata.items()
        if key != "filenames" and (isinstance(value, dict) or "/" not in key)
    }
    return NotebookNode(kept)


def legible(text: str) -> str:
    """A text whose escape sequences nbconvert can render: it raises at half a color and never ends with very many."""
    if "\x1b[" not in text:
        return text
    text = _ESCAPE.sub(lambda match: match[0] if _is_harmless(match) else f"␛{match[0][1:]}", text)
    return text.replace("\x1b", "␛") if text.count("\x1b[") * len(text) > MAX_COPIED else text


def _is_harmless(match: re.Match[str]) -> bool:
    colors = match[1]
    if match[2] != "m":
        return True
    if len(colors) > MAX_COLORS or not _COLORS.fullmatch(colors):
        return False
    return not any(int(number) in (38, 48) for number in _EXTENDED.sub("", colors).split(";") if number)
