"""What crosses the wall between judge and box: bounded, typed data in frames.

A frame is two lengths, a JSON text and the bytes of its arrays::

    | 4 bytes: length of the text | 8 bytes: length of the arrays | text | arrays |

The text may hold null, booleans, numbers, strings and lists as JSON has them; everything else is an object with a tag
(``"@"``). Whatever a peer sends, reading it raises ``WireError`` or returns plain data. This module, the two that it
is made of (``values`` and ``reader``) and ``channel`` are all that both sides share, so they import nothing else of
ours.
"""

import json
import sys
from typing import Any

import numpy as np

from autograder.box.reader import lengths, loads, parse
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
    defined,
    fits,
    parts_of,
    sendable,
)

__all__ = [
    "DTYPES",
    "MAX_ARRAYS",
    "MAX_BITS",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_PARTS",
    "MAX_TEXT",
    "PREFIX",
    "FunctionSource",
    "Opaque",
    "TooLargeError",
    "WireError",
    "defined",
    "dumps",
    "lengths",
    "lineage",
    "loads",
    "parse",
    "sendable",
]


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
            return value if value.bit_length() <= MAX_BITS else {"@": "opaque", "type": "an integer of over 1024 bits"}
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
        if array.nbytes > MAX_ARRAYS or not fits(array.shape):
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
        text = json.dumps({"value": tree, "buffers": [len(data) for data in encoder.buffers]})
    except RecursionError:
        raise TooLargeError("the value is nested too deeply") from None
    if len(text) > MAX_TEXT or parts_of(text, MAX_PARTS) > MAX_PARTS:
        raise TooLargeError("the value has too much text or too many parts to be sent")
    return PREFIX.pack(len(text), encoder.size) + text.encode("ascii") + b"".join(encoder.buffers)


def lineage(error: BaseException) -> tuple[str, ...]:
    """How an exception crosses: the names of its class and of its bases, most special first."""
    return tuple(str(cls.__name__)[:100] for cls in type(error).__mro__ if cls is not object)[:20]
