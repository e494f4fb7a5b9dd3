"""HTML of a student, reduced to what can only be looked at.

What remains runs no script, loads nothing, sends no form, leads only to other sites, and only when clicked, carries no
name that a script of the page might look for, and is painted inside its own box.
"""

import re
from html import escape

import nh3
from pygments.token import STANDARD_TYPES

# A fragment with more tags is shown as text: the time for nested ones grows with the square of their number.
MAX_TAGS = 20_000
MAX_PATH = 300
# Whatever is inside lies below and within this, also what is larger or moved.
_BOX = '<div style="contain:paint;isolation:isolate;overflow-x:auto">{}</div>'

_TEXT = "a abbr b blockquote br center cite code del details dfn div em figcaption figure font h1 h2 h3 h4 h5 h6 hr i"
_MORE_TEXT = "img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup tt u ul var dd dl dt"
_TABLE = "caption col colgroup table tbody td tfoot th thead tr"
_TAGS = set(f"{_TEXT} {_MORE_TEXT} {_TABLE}".split())
# Of these not even the text remains; it is no text for a reader.
_SILENT = "embed iframe math noembed noframes noscript object script select style svg template textarea title xmp"
_DROPPED = set(_SILENT.split())
_ATTRIBUTES = {
    "*": {"align", "class", "style", "title", "valign"},
    "a": {"href"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "headers", "rowspan", "width"},
    "th": {"colspan", "rowspan", "scope", "width"},
}
# Classes that style tables of pandas and highlighted code. All others might belong to the page's scripts and overlays.
_CLASSES = {"dataframe", "highlight", *STANDARD_TYPES.values()} - {""}

_PROPERTIES = re.compile(
    r"(?:background-color|border(?:-[a-z]+)*|color|display|font(?:-[a-z]+)*|letter-spacing|line-height"
    r"|list-style(?:-type)?|(?:margin|padding)(?:-[a-z]+)?|(?:max|min)-width|overflow(?:-[xy])?"
    r"|text-[a-z]+|vertical-align|white-space|width|word-[a-z]+)"
)
_COLOR = r"(?:rgb|hsl)a?\([\d\s.,%]*\)"
# No other function, since url() and image() load; no negative length, which would move things over their neighbors.
# Possessive throughout, so that a long value that fits almost is not tried in every possible division.
_VALUE = re.compile(
    rf"(?>{_COLOR}|#[0-9a-fA-F]++|[a-zA-Z][a-zA-Z-]*+|[\d.]++(?:[a-z]++|%)?+|!important|[\s,/]++)*+", re.I
)

_LINK = re.compile(r"(?:https?://|mailto:)[^\s\\]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:gif|jpeg|png|svg\+xml|webp);base64,[A-Za-z0-9+/=\s]*")
# A picture beside the notebook; a path that climbs would reach the addresses of the server that shows the page.
_FILE = re.compile(r"(?:[\w .()%+-]+/)*[\w .()%+-]+\.(?:gif|jpe?g|png|svg|webp)", re.IGNORECASE)
_CLIMBS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|%(?:2e|2f|5c)", re.IGNORECASE)


def sanitize_html(html: str) -> str:
    """Give the harmless part of a fragment of HTML, in a box of its own.

    Args:
        html: whatever a student wrote or printed.
    """
    if html.count("<") > MAX_TAGS:
        return as_preformatted(html)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _BOX.format(clean)


def as_preformatted(text: str) -> str:
    """Give any text as HTML that shows it as it is."""
    return _BOX.format(f"<pre>{escape(text)}</pre>")


def _filtered(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute may have, or None."""
    match tag, name:
        case _, "style":
            return _style(value)
        case _, "class":
            return " ".join(word for word in value.split() if word in _CLASSES) or None
        case "a", "href":
            return value if _LINK.fullmatch(value) else None
        case "img", "src":
            local = len(value) < MAX_PATH and _FILE.fullmatch(value) and not _CLIMBS.search(value)
            return value if local or _PICTURE.fullmatch(value) else None
        case _, "alt" | "title":
            return value
        case _:
            return value if re.fullmatch(r"[\w#%. ]*", value) else None


def _style(value: str) -> str | None:
    """The declarations that color, align and space things where they are."""
    kept = []
    for declaration in value.split(";"):
        name, _, text = declaration.partition(":")
        name, text = name.strip().lower(), text.strip()
        if text and _PROPERTIES.fullmatch(name) and _VALUE.fullmatch(text):
            kept.append(f"{name}:{text}")
    return ";".join(kept) or None
