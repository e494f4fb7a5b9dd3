"""What the fuzzer runs: everything that reads bytes of a student's, on one input.

The first byte of an input says which reader gets the rest. Whatever that is, each reader must refuse it in its own way
or hand over plain data within bounds, and nothing that takes the data further may raise.
"""

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.outputs import CellRun, OutputBook, read_events
from autograder.course.errors import StudentRaised
from autograder.grading.checks import CheckFailed, assert_close, assert_equal
from autograder.grading.diagnosis import agree

LIMIT = 1 << 20
EXPECTED = [0.5, np.ones((2, 3)), (1.0, np.zeros(2)), {"z": 1.0}]
# Pieces of frames and of events; a fuzzer that had to find them byte by byte would take days.
TOKENS = [
    *('{"value": ', '"buffers": []', '{"@": "', "tuple", "dict", "array", "scalar", "tensor", "bytes", "opaque"),
    *(
        '"items": ',
        '"dtype": ',
        '"shape": ',
        '"buffer": ',
        '"type": ',
        "function",
        "NaN",
        "1e999",
        "-1",
        "null",
        "[[",
        "]]",
    ),
    *(sorted(wire.DTYPES)),
    *('"stream"', '"display"', '"update"', '"result"', '"clear"', '"error"', '"display_id"', '"data"', '"metadata"'),
    *(
        '"name"',
        '"text"',
        '"wait"',
        '"ename"',
        '"evalue"',
        '"traceback"',
        "text/plain",
        "application/json",
        "\\\\ud800",
    ),
    *("\\\\u001b[38m", "text/markdown", "attachment:", "execution_count", "lineage", "status", "message", "events"),
]


def read(data: bytes) -> None:
    """A whole frame, exactly as it is."""
    with contextlib.suppress(wire.WireError):
        take_further(wire.loads(data))


def read_fitted(data: bytes) -> None:
    """A text and arrays under a prefix that fits them; the first two bytes divide them."""
    split = min(int.from_bytes(data[:2], "big"), max(0, len(data) - 2))
    read(wire.PREFIX.pack(split, max(0, len(data) - 2 - split)) + data[2:])


def receive(data: bytes) -> None:
    """A stream of frames from a peer that hangs up at its end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            theirs.send(data)
        theirs.close()
        channel = Channel(ours, LIMIT)
        with contextlib.suppress(wire.WireError):
            while True:
                take_further(channel.receive(time.monotonic() + 60))


def publish(data: bytes) -> None:
    """The events of a cell, and of another that follows; a line divides them."""
    book, cells = OutputBook(), []
    for text in data.decode("utf-8", errors="surrogateescape").split("\n", 1):
        with contextlib.suppress(ValueError):
            cells.append(_cell(book, CellRun(read_events(text), len(data) - 9)))
    _store(cells)


READERS: list[Callable[[bytes], None]] = [read, read_fitted, receive, publish]


def one_input(data: bytes) -> None:
    """Give one input to one reader."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


def take_further(value: Any) -> None:
    """What is done with a reply: it is held to be plain, stored where it tells of a cell, and compared."""
    assert count(value) <= wire.MAX_NODES
    for expected in EXPECTED:
        with contextlib.suppress(CheckFailed):
            assert_close(value, expected)
        agree(value, expected)
        agree(expected, value)
    with contextlib.suppress(CheckFailed):
        assert_equal(value, "B")
    if type(value) is dict:
        with contextlib.suppress(ValueError):
            lineage = value.get("lineage")
            told = type(lineage) is tuple and lineage and all(type(name) is str for name in lineage)
            fault = StudentRaised(lineage) if told else None
            run = CellRun(read_events(value.get("events")), value.get("execution_count"), fault)
            _store([_cell(OutputBook(), run)])


def count(value: Any, depth: int = 0) -> int:
    """How many parts a value has, all of which must be plain."""
    assert depth <= wire.MAX_DEPTH
    if type(value) is dict:
        assert all(type(key) is str for key in value)
        return 1 + sum(count(item, depth + 1) for item in value.values())
    if type(value) in (list, tuple):
        return 1 + sum(count(item, depth + 1) for item in value)
    if isinstance(value, np.ndarray | np.generic):
        assert value.dtype.str in wire.DTYPES
        assert value.nbytes <= wire.MAX_ARRAYS
        return 1
    assert value is None or type(value) in (bool, int, float, str, bytes, wire.Opaque)
    if type(value) is str:
        value.encode()
    return 1


def _cell(book: OutputBook, run: CellRun) -> nbformat.NotebookNode:
    return new_code_cell(outputs=book.outputs_of(run), execution_count=run.execution_count)


def _store(cells: list[nbformat.NotebookNode]) -> None:
    notebook = new_notebook(cells=cells)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook, allow_nan=False).encode().decode()
    assert [cell.outputs for cell in nbformat.reads(text, as_version=4).cells] == [cell.outputs for cell in cells]


# Seeds


def seeds() -> Iterator[bytes]:
    """Inputs that are sound, for each reader."""
    for reply in _replies():
        whole = wire.dumps(reply)
        yield b"\0" + whole
        text_length, _ = wire.lengths(whole[: wire.PREFIX.size])
        yield b"\1" + text_length.to_bytes(2, "big") + whole[wire.PREFIX.size :]
        yield b"\2" + whole + wire.dumps({"id": 2, "status": "ok"})
    for text in _texts():
        yield b"\3" + text.encode() + b"\n" + text.encode()


def _replies() -> Iterator[Any]:
    yield {"id": 0, "status": "ok"}
    for value in (
        0.5,
        10**300,
        "text \u00e9",
        b"bytes",
        None,
        (1.0, [True, {"z": np.arange(6.0).reshape(2, 3)}]),
        np.float32(0.5),
        np.zeros((0, 3), dtype="c16"),
        np.array([True, False]),
        object(),
        {"z": 1.0, "dz": (np.ones(2), np.zeros(2))},
    ):
        yield {"id": 1, "status": "ok", "value": value}
    for text in _texts():
        yield {"id": 1, "status": "ok", "execution_count": 3, "events": text}
    yield {"id": 1, "status": "raised", "lineage": ("ValueError", "Exception", "BaseException"), "message": "no"}
    yield {"id": 1, "status": "undefined", "message": "f"}
    yield {"id": 1, "status": "too large", "message": "the value has too many parts"}


def _texts() -> Iterator[str]:
    shown = {"data": {"text/plain": "a", "application/json": {"x": [1, None]}}, "metadata": {"image/png": {"width": 3}}}
    named = {**shown, "display_id": "d"}
    error = {"ename": "E", "evalue": "no", "traceback": ["\x1b[0;31mE\x1b[0m: no", "\x1b[38;5;3m", "\x1b[48;2;1;2;3m"]}
    yield json.dumps([])
    yield json.dumps(
        [{"type": "stream", "name": "stdout", "text": "a\n"}, {"type": "stream", "name": "stderr", "text": ""}]
    )
    yield json.dumps([{"type": "display", **named}, {"type": "update", **named}, {"type": "clear", "wait": True}])
    yield json.dumps([{"type": "result", **shown, "display_id": None}, {"type": "error", **error}])
    yield json.dumps([{"type": "display", **named, "data": {"text/markdown": "![x](y)", "text/html": "&#3;<b>"}}])
