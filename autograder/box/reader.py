"""Reads frames: whatever a peer sends, it becomes plain data within bounds, or a ``WireError``."""

import json
import sys
from typing import Any

import numpy as np

from autograder.box.values import (
    DTYPES,
    MAX_ARRAYS,
    MAX_BITS,
    MAX_DEPTH,
    MAX_NODES,
    MAX_PARTS,
    MAX_TEXT,
    PREFIX,
    FunctionSource,
    Opaque,
    TooLargeError,
    WireError,
    fits,
    parts_of,
    whole,
)


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
        if isinstance(node, str):
            return self._text(node)
        if node is None or isinstance(node, bool | float):
            return node
        if isinstance(node, int):
            return self._integer(node)
        if isinstance(node, list):
            return [self.decode(item, depth + 1) for item in node]
        return self._decode_object(node, depth)

    def _decode_object(self, node: dict[str, Any], depth: int) -> Any:
        tag = node.get("@")
        if tag == "tuple" and type(node.get("items")) is list:
            return tuple(self.decode(item, depth + 1) for item in node["items"])
        if tag == "dict" and type(node.get("items")) is dict:
            return {self._text(key): self.decode(item, depth + 1) for key, item in node["items"].items()}
        if tag in ("array", "scalar", "tensor"):
            return self._decode_array(tag, node)
        if tag == "bytes":
            return bytes(self._buffer(node))
        if tag == "function" and self.trusted and type(node.get("name")) is str and type(node.get("source")) is str:
            return FunctionSource(node["name"], node["source"])
        if tag == "opaque" and type(node.get("type")) is str:
            return Opaque(self._text(node["type"][:100]))
        raise WireError("an object of no known kind")

    def _text(self, text: str) -> str:
        return text if self.trusted else whole(text)

    def _integer(self, number: int) -> int:
        if number.bit_length() > MAX_BITS:
            raise TooLargeError("an integer that is too large to be sent")
        return number

    def _buffer(self, node: dict[str, Any]) -> memoryview:
        index = node.get("buffer")
        if type(index) is not int or index not in self.buffers:
            raise WireError("an array without its bytes")
        return self.buffers.pop(index)

    def _decode_array(self, tag: str, node: dict[str, Any]) -> Any:
        shape, dtype, data = node.get("shape"), node.get("dtype"), self._buffer(node)
        if type(dtype) is not str or dtype not in DTYPES:
            raise WireError("an array of no known type")
        if type(shape) is not list or any(type(extent) is not int or extent < 0 for extent in shape):
            raise WireError("an array without a shape")
        if not fits(shape):
            raise TooLargeError("an array with an impossible shape")
        size = np.dtype(dtype).itemsize
        for extent in shape:
            size *= extent
        if size != len(data):
            raise WireError("an array whose shape does not fit its bytes")
        array = np.frombuffer(bytearray(data), dtype=dtype).reshape(shape)
        if tag == "scalar" and array.shape == ():
            return array[()]
        torch = sys.modules.get("torch") if tag == "tensor" and self.trusted else None
        return array if torch is None else torch.from_numpy(array)


def lengths(prefix: bytes | bytearray, limit: int | None = None) -> tuple[int, int]:
    """Read the two lengths that a frame begins with, and refuse what is too large.

    Args:
        prefix: the first bytes of a frame.
        limit: how many bytes the text and the arrays may have together, where that is less than what may be written.
    """
    text_length, arrays_length = PREFIX.unpack(prefix)
    if text_length > MAX_TEXT or arrays_length > MAX_ARRAYS:
        raise TooLargeError("the frame is larger than may be sent")
    if limit is not None and text_length + arrays_length > limit:
        raise TooLargeError("the frame is larger than is wanted")
    return text_length, arrays_length


def parse(text: bytes | bytearray, arrays: memoryview, trusted: bool) -> Any:
    """Read the value from the two parts of a frame; see ``loads``."""
    try:
        # A frame of ours is ASCII. Other encodings would hide from ``parts_of`` what is in the text.
        plain = text.decode("ascii")
        if parts_of(plain, MAX_PARTS) > MAX_PARTS:
            raise TooLargeError("the value has too many parts")
        tree = json.loads(plain)
    except TooLargeError:
        raise
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
            as tensors, where torch has been imported; otherwise they arrive as arrays. Half characters in a
            stranger's texts become question marks.

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
