"""What a hostile peer may send: trees, events and frames of any kind, and sound ones with something broken."""

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.box import wire

DTYPES = sorted(wire.DTYPES)

ESCAPES = [
    "\x1b",
    "\x1b[",
    "m",
    "38",
    ";5",
    ";48",
    ";2",
    ";",
    "0",
    "\x1b[38m",
    "\x1b[1;31m",
    "\x1b[3８m",
    "\x1b[K",
    "\n",
]
texts = st.one_of(
    st.text(max_size=8),
    st.text("\ud800\udc00\udfff\x00\x1b\u2028<>&\\\"'\r\n", max_size=5),
    st.lists(st.sampled_from(ESCAPES), max_size=8).map("".join),
)
numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([-1, 0, 1, 2**31, 2**63, 2**64, 2**70, -(2**70), 10**400, 5e-324, 1e308, -0.0]),
)
MARKDOWN = [
    "![x](",
    "attachment:",
    "&#97;",
    "ttachment:a)",
    "[1]",
    "\\",
    "&#" + "9" * 5000,
    "\\begin{x}",
    "$$",
    "`",
    "\n\n",
]
texts |= st.lists(st.sampled_from(MARKDOWN), max_size=5).map("".join)
leaves = st.none() | st.booleans() | numbers | texts
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)

# Values that may cross

arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
scalars = arrays.filter(lambda array: array.size > 0).map(lambda array: array.reshape(-1)[0])
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(min_value=-(2**1024) + 1, max_value=2**1024 - 1),
        st.floats(),
        st.text(),
        st.binary(),
        arrays,
        scalars,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(), inner, max_size=4),
    ),
    max_leaves=12,
)

# Frames

odd = st.one_of(trees, st.sampled_from([-1, 0, 1, 2**63, 2**70, -(2**70), True, "", "<f8", "|O", "<U4", [[1]]]))
nodes = st.fixed_dictionaries(
    {"@": st.sampled_from(["tuple", "dict", "array", "scalar", "tensor", "bytes", "function", "opaque", "x"]) | odd},
    optional={
        "items": odd | st.lists(odd),
        "dtype": st.sampled_from([*DTYPES, ">f8", "f8", "O", "|V8", "<U3", "<M8[s]"]) | odd,
        "shape": st.lists(st.integers(-2, 5) | odd, max_size=4) | odd,
        "buffer": st.integers(-2, 3) | odd,
        "name": st.text() | odd,
        "source": st.text() | odd,
        "type": st.text() | odd,
    },
)


def frame(text: bytes | dict[str, Any], buffers: bytes = b"") -> bytes:
    """A frame with true lengths around any text."""
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    return wire.PREFIX.pack(len(text), len(buffers)) + text + buffers


def with_true_lengths(data: bytes, split: int) -> bytes:
    """The same bytes after the prefix, and a prefix that fits them: the text gets the first ``split``."""
    rest = data[wire.PREFIX.size :]
    split = min(split, len(rest))
    return wire.PREFIX.pack(split, len(rest) - split) + rest


@st.composite
def mutated(draw: st.DrawFn, frames: st.SearchStrategy[bytes]) -> bytes:
    """A frame in which bytes were flipped, cut out, put in, doubled or moved; often with lengths that fit again."""
    data = draw(frames)
    text_length, _ = wire.PREFIX.unpack(data[: wire.PREFIX.size])
    before = len(data)
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = data[start:end][:64]
        data = {
            "flip": data[:start] + bytes([draw(st.integers(0, 255))]) + data[start + 1 :],
            "cut": data[:start] + data[end:],
            "insert": data[:start] + draw(st.binary(max_size=4)) + data[start:],
            "tokens": data[:start] + draw(st.sampled_from(TOKENS)) + data[start:],
            "duplicate": data[:end] + piece + data[end:],
            "swap": data[end:] + data[start:end] + data[:start],
        }[draw(st.sampled_from(["flip", "cut", "insert", "tokens", "duplicate", "swap"]))]
    if draw(st.booleans()) and len(data) >= wire.PREFIX.size:
        data = with_true_lengths(data, max(0, text_length + len(data) - before))
    return data


TOKENS = [b"[", b"]", b"{", b"}", b",", b'"', b'{"@": ', b"NaN", b"1e999", b"-", b"9" * 400, b"null", b"\\ud800", b"\\"]

# Events

# Every type that nbconvert has a way to show, and some that look like one.
MIMES = [
    "text/plain",
    "text/html",
    "text/latex",
    "text/markdown",
    "text/vnd.mermaid",
    "image/png",
    "image/jpeg",
    "image/svg+xml",
    "application/javascript",
    "application/json",
    "application/pdf",
    "application/x+json",
    "application/\n+json",
    "application/json\n",
    "application/vnd.jupyter.widget-view+json",
    "text/json",
    "json",
    "+json",
    "",
    "no-mime",
    "\ud800",
]
bundles = st.dictionaries(st.sampled_from(MIMES) | texts, trees, max_size=3)
metadata = st.dictionaries(
    st.sampled_from([*MIMES, "filenames", "isolated", "width", "needs_background", "widgets"]) | texts,
    trees,
    max_size=3,
)
names = st.sampled_from([None, "a", "b", "", "\ud800"])
events = st.one_of(
    st.fixed_dictionaries({"type": st.just("stream"), "name": st.sampled_from(["stdout", "stderr"]), "text": texts}),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["display", "update", "result"]),
            "data": bundles,
            "metadata": metadata,
            "display_id": names,
        },
        optional={"name": trees, "output_type": trees},
    ),
    st.fixed_dictionaries({"type": st.just("clear"), "wait": st.booleans()}),
    st.fixed_dictionaries(
        {"type": st.just("error"), "ename": texts, "evalue": texts, "traceback": st.lists(texts, max_size=3)}
    ),
)
