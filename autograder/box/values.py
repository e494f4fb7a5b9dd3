"""The kinds of value that may cross the wall between judge and box, and how much of them."""

import inspect
import math
import re
import struct
import textwrap
import types
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

MAX_TEXT = 1 << 24
MAX_ARRAYS = 1 << 26
MAX_DEPTH = 32
MAX_NODES = 200_000
# What JSON has to take apart for so many nodes: a scalar is an object of seven parts.
MAX_PARTS = 8 * MAX_NODES
MAX_BITS = 1024
DTYPES = {
    np.dtype(kind).str for kind in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
}
PREFIX = struct.Struct(">IQ")

# Possessive, so that a text of megabytes is passed over once, without a way back.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class WireError(ValueError):
    """The bytes, or the value to be sent, are not something that may cross."""


class TooLargeError(WireError):
    """The value has more bytes, more parts or more levels than may cross."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that cannot cross: only the name of its type arrives."""

    type_name: str


@dataclass(frozen=True)
class FunctionSource:
    """A self-contained function, as text."""

    name: str
    source: str

    @classmethod
    def of(cls, function: types.FunctionType) -> "FunctionSource":
        """Take the text of a top-level ``def`` that uses nothing from outside itself."""
        return cls(function.__name__, _text_of(function))

    def compile(self) -> Any:
        """Define the function in an empty module and return it."""
        namespace: dict[str, Any] = {}
        exec(_code_of(self.name, self.source), namespace)
        return namespace[self.name]


@lru_cache(maxsize=256)
def _code_of(name: str, source: str) -> types.CodeType:
    """The code of a definition; many hidden tests send the same probe, and each time it becomes another function."""
    return compile(source, f"<{name}>", "exec")


@lru_cache(maxsize=1024)
def _text_of(function: types.FunctionType) -> str:
    """The text of a plain ``def``; it is looked up once, for a hidden grader sends the same probe to a whole class."""
    source = textwrap.dedent(inspect.getsource(function))
    if function.__closure__ or not source.lstrip().startswith("def "):
        raise WireError(f"{function.__name__} cannot be sent: only a plain def without a closure can")
    return source


def sendable(value: Any) -> Any:
    """Replace the functions among arguments by their source."""
    if isinstance(value, types.FunctionType):
        return FunctionSource.of(value)
    if isinstance(value, tuple):
        return tuple(sendable(item) for item in value)
    if isinstance(value, list):
        return [sendable(item) for item in value]
    if isinstance(value, dict):
        return {key: sendable(item) for key, item in value.items()}
    return value


def defined(value: Any) -> Any:
    """Define the functions that travelled as source, wherever they stand among arguments."""
    if isinstance(value, FunctionSource):
        return value.compile()
    if isinstance(value, tuple | list):
        return type(value)(defined(item) for item in value)
    if isinstance(value, dict):
        return {key: defined(item) for key, item in value.items()}
    return value


def whole(text: str) -> str:
    """A text without half characters (lone surrogates), which no file and no database can hold."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")


def fits(shape: Sequence[int]) -> bool:
    """Whether an array may have a shape.

    One without elements has no bytes that would bound it: (2**40, 0) is read for nothing and takes hours to walk
    through. So its other extents must not be larger than those of an array that has elements.
    """
    return len(shape) <= MAX_DEPTH and math.prod(extent or 1 for extent in shape) <= MAX_ARRAYS


def size_of(value: Any) -> int:
    """About how many bytes of memory a value that has arrived holds on to."""
    if isinstance(value, np.ndarray):
        return value.nbytes + 100
    if isinstance(value, dict):
        return 100 + sum(100 + len(key) + size_of(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return 100 + sum(map(size_of, value))
    return 50 + len(value) if isinstance(value, str | bytes) else 50


def parts_of(text: str, enough: int) -> int:
    """How many values, at most, a JSON text will be made of, found out before any of them is.

    A value takes dozens of times as much memory as the few characters that ask for it.

    Args:
        text: any text.
        enough: a number that nobody wants to know better; what is clearly not above it is counted roughly.
    """
    count = _separators(text)
    return count if count <= enough else _separators(_STRING.sub("", text))


def _separators(text: str) -> int:
    return 1 + sum(map(text.count, ",[{"))
