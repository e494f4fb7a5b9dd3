"""What crosses the wall between judge and box: bounded, typed data in frames.

A frame is two lengths, a JSON text and the bytes of its arrays::

    | 4 bytes: length of the text | 8 bytes: length of the arrays | text | arrays |

The text may hold null, booleans, numbers, strings and lists as JSON has them; everything else is an object with a tag
(``"@"``). Whatever a peer sends, reading it raises ``WireError`` or returns plain data. This module and ``channel`` are
all that both sides share, so they import nothing else of ours.
"""

import inspect
import json
import struct
import sys
import textwrap
import types
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

MAX_TEXT = 1 << 24
MAX_ARRAYS = 1 << 26
MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_DIMENSION = 1 << 40
DTYPES = {
    np.dtype(kind).str for kind in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
}
PREFIX = struct.Struct(">IQ")


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
        exec(compile(self.source, f"<{self.name}>", "exec"), namespace)
        return namespace[self.name]


@lru_cache(maxsize=1024)
def _text_of(function: types.FunctionType) -> str:
    """The text of a plain ``def``; it is looked up once, for a hidden grader sends the same probe to a whole class."""
    source = textwrap.dedent(inspect.getsource(function))
    if function.__closure__ or not source.lstrip().startswith("def "):
        raise WireError(f"{function.__name__} cannot be sent: only a plain def without a closure can")
    return source


class _Encoder:
    """Turns one value into JSON-ready parts and a list of array bytes."""

    def __init__(self) -> None:
        self.buffers: list[bytes] = []
        self.nodes = 0
        self.size = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise TooLargeError("the value is nested too deeply or has too many parts")
        if value is None or type(value) in (bool, float, str):
            return value
        if type(value) is int:
            return value if value.bit_length() <= 1024 else {"@": "opaque", "type": "an integer of over 1024 bits"}
        if isinstance(value, list):
            return [self.encode(item, depth + 1) for item in value]
        if isinstance(value, tuple):
            return {"@": "tuple", "items": [self.encode(item, depth + 1) for item in value]}
        if isinstance(value, dict):
            return self._encode_dict(value, depth)
        if isinstance(value, np.ndarray | np.generic):
            return self._encode_array("array" if isinstance(value, np.ndarray) else "scalar", np.asarray(value))
        if isinstance(value, FunctionSource):
            return {"@": "function", "name": value.name, "source": value.source}
        if isinstance(value, bytes):
            return {"@": "bytes", "buffer": self._add(value)}
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return self._encode_tensor(value)
        return {"@": "opaque", "type": type(value).__name__[:100]}

    def _encode_dict(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        # Keys that are not strings stay behind: a stray one must not cost what the others hold.
        kept = {key: item for key, item in value.items() if type(key) is str}
        return {"@": "dict", "items": {key: self.encode(item, depth + 1) for key, item in kept.items()}}

    def _encode_array(self, tag: str, array: np.ndarray) -> dict[str, Any]:
        dtype = array.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            return {"@": "opaque", "type": f"{tag} of {array.dtype.name}"[:100]}
        if array.nbytes > MAX_ARRAYS or array.ndim > MAX_DEPTH or max(array.shape, default=0) > MAX_DIMENSION:
            raise TooLargeError(f"an array of {array.size} elements is too large to be sent")
        data = np.ascontiguousarray(array, dtype=dtype).tobytes()
        return {"@": tag, "dtype": dtype, "shape": list(array.shape), "buffer": self._add(data)}

    def _encode_tensor(self, tensor: Any) -> dict[str, Any]:
        try:
            array = tensor.detach().cpu().numpy()
        except (TypeError, RuntimeError):
            return {"@": "opaque", "type": f"tensor of {tensor.dtype}"}
        return self._encode_array("tensor", array)

    def _add(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > MAX_ARRAYS:
            raise TooLargeError("the arrays together are too large to be sent")
        self.buffers.append(data)
        return len(self.buffers) - 1


def dumps(value: Any) -> bytes:
    """Write one value as a frame.

    Raises:
        TooLargeError: the value exceeds one of the bounds above.
    """
    encoder = _Encoder()
    try:
        tree = encoder.encode(value)
        text = json.dumps({"value": tree, "buffers": [len(data) for data in encoder.buffers]}).encode()
    except RecursionError:
        raise TooLargeError("the value is nested too deeply") from None
    if len(text) > MAX_TEXT:
        raise TooLargeError("the value has too much text to be sent")
    return PREFIX.pack(len(text), encoder.size) + text + b"".join(encoder.buffers)


class _Decoder:
    """Turns the parts of one frame into plain data, trusting none of them."""

    def __init__(self, arrays: memoryview, lengths: Any, trusted: bool) -> None:
        if (
            type(lengths) is not list
            or len(lengths) > MAX_NODES
            or any(type(n) is not int or n < 0 for n in lengths)
            or sum(lengths) != len(arrays)
        ):
            raise WireError("the lengths of the arrays do not add up")
        # Each is taken once: a frame that named one a thousand times would ask for a thousand copies.
        self.buffers: dict[int, memoryview] = {}
        start = 0
        for index, length in enumerate(lengths):
            self.buffers[index] = arrays[start : start + length]
            start += length
        self.trusted = trusted
        self.nodes = 0

    def decode(self, node: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise TooLargeError("the value is nested too deeply or has too many parts")
        if node is None or isinstance(node, bool | int | float | str):
            return node
        if isinstance(node, list):
            return [self.decode(item, depth + 1) for item in node]
        tag = node.get("@")
        if tag == "tuple" and type(node.get("items")) is list:
            return tuple(self.decode(item, depth + 1) for item in node["items"])
        if tag == "dict" and type(node.get("items")) is dict:
            return {key: self.decode(item, depth + 1) for key, item in node["items"].items()}
        if tag in ("array", "scalar", "tensor"):
            return self._decode_array(tag, node)
        if tag == "bytes":
            return bytes(self._buffer(node))
        if tag == "function" and self.trusted and type(node.get("name")) is str and type(node.get("source")) is str:
            return FunctionSource(node["name"], node["source"])
        if tag == "opaque" and type(node.get("type")) is str:
            return Opaque(node["type"][:100])
        raise WireError("an object of no known kind")

    def _buffer(self, node: dict[str, Any]) -> memoryview:
        index = node.get("buffer")
        if type(index) is not int or index not in self.buffers:
            raise WireError("an array without its bytes")
        return self.buffers.pop(index)

    def _decode_array(self, tag: str, node: dict[str, Any]) -> Any:
        shape, dtype, data = node.get("shape"), node.get("dtype"), self._buffer(node)
        if type(dtype) is not str or dtype not in DTYPES:
            raise WireError("an array of no known type")
        if type(shape) is not list or len(shape) > MAX_DEPTH:
            raise WireError("an array without a shape")
        size = np.dtype(dtype).itemsize
        for extent in shape:
            if type(extent) is not int or not 0 <= extent <= MAX_DIMENSION:
                raise WireError("an array with an impossible shape")
            size *= extent
        if size != len(data):
            raise WireError("an array whose shape does not fit its bytes")
        try:
            array = np.frombuffer(bytearray(data), dtype=dtype).reshape(shape)
        except ValueError:
            raise WireError("an array with an impossible shape") from None
        if tag == "scalar" and array.shape == ():
            return array[()]
        torch = sys.modules.get("torch") if tag == "tensor" and self.trusted else None
        return array if torch is None else torch.from_numpy(array)


def lengths(prefix: bytes) -> tuple[int, int]:
    """Read the two lengths that a frame begins with, and refuse what is too large."""
    text_length, arrays_length = PREFIX.unpack(prefix)
    if text_length > MAX_TEXT or arrays_length > MAX_ARRAYS:
        raise TooLargeError("the frame is larger than may be sent")
    return text_length, arrays_length


def parse(text: bytes, arrays: memoryview, trusted: bool) -> Any:
    """Read the value from the two parts of a frame; see ``loads``."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("the text of the frame is not JSON") from None
    if type(tree) is not dict or "value" not in tree:
        raise WireError("the frame holds no value")
    return _Decoder(arrays, tree.get("buffers"), trusted).decode(tree["value"])


def loads(frame: bytes, trusted: bool = False) -> Any:
    """Read one value from a whole frame.

    Args:
        frame: the bytes of exactly one frame.
        trusted: whether one of ours wrote it. Only then may it hold functions, and only then are tensors restored
            as tensors, where torch has been imported; otherwise they arrive as arrays.

    Raises:
        WireError: the bytes are not a frame that ``dumps`` can have written.
    """
    if len(frame) < PREFIX.size:
        raise WireError("the frame is cut short")
    text_length, arrays_length = lengths(frame[: PREFIX.size])
    if len(frame) != PREFIX.size + text_length + arrays_length:
        raise WireError("the frame does not have the length that it says")
    end = PREFIX.size + text_length
    return parse(frame[PREFIX.size : end], memoryview(frame)[end:], trusted)


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


def lineage(error: BaseException) -> tuple[str, ...]:
    """How an exception crosses: the names of its class and of its bases, most special first."""
    return tuple(str(cls.__name__)[:100] for cls in type(error).__mro__ if cls is not object)[:20]
