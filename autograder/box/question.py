"""A question to a box, written once and asked of many boxes, and an answer, which is read only where it is new."""

import hashlib
from types import FunctionType
from typing import Any

from autograder.box import wire
from autograder.course.errors import (
    StudentFault,
    StudentOutOfMemory,
    StudentRaised,
    StudentReplyTooLarge,
    StudentUndefined,
)

# How the text of a request or of a reply begins: with its number, which alone differs when it is sent again.
_HEAD = b'{"value": {"@": "dict", "items": {"id": '
# Larger answers are not recognized: whoever recognizes them would have to keep them.
MAX_RECOGNIZED = 1 << 16


class Question:
    """A request, as a frame in which only the number is missing.

    Args:
        request: what is asked for.

    Raises:
        WireError: it cannot be sent.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        frame = wire.dumps({"id": 0, **request})
        text_length, self._arrays_length = wire.lengths(frame[: wire.PREFIX.size])
        self._rest_length = text_length - len(_HEAD) - 1
        self._rest = frame[wire.PREFIX.size + len(_HEAD) + 1 :]

    @classmethod
    def of_call(cls, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "Question":
        """Ask for the result of a function; functions among its arguments travel as source."""
        return cls({"op": "call", "name": name, "args": wire.sendable(args), "kwargs": wire.sendable(kwargs)})

    @classmethod
    def of_value(cls, name: str) -> "Question":
        """Ask for a value."""
        return cls({"op": "value", "name": name})

    @classmethod
    def of_run(cls, probe: FunctionType | wire.FunctionSource, args: tuple[Any, ...]) -> "Question":
        """Ask for the result of a probe."""
        source = probe if isinstance(probe, wire.FunctionSource) else wire.FunctionSource.of(probe)
        return cls({"op": "run", "probe": source, "args": wire.sendable(args)})

    def frame(self, number: int) -> bytes:
        """Write it down as the request of that number."""
        digits = b"%d" % number
        text_length = len(_HEAD) + len(digits) + self._rest_length
        return wire.PREFIX.pack(text_length, self._arrays_length) + _HEAD + digits + self._rest

    def __len__(self) -> int:
        return len(self._rest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Question) and self._rest == other._rest

    def __hash__(self) -> int:
        return hash(self._rest)


class Answer:
    """A reply to one question, as it came.

    Args:
        number: the question's.
        text: the text of its frame.
        arrays: the bytes of its arrays.

    Attributes:
        key: the same for all answers that say the same in the same words, or None where it cannot be recognized.
    """

    def __init__(self, number: int, text: bytes | bytearray, arrays: bytes | bytearray) -> None:
        self._number = number
        self._text = text
        self._arrays = arrays
        self._read: dict[str, Any] | None = None
        self.key: bytes | None = None
        head = self._head(number)
        if text.startswith(head) and len(text) + len(arrays) <= MAX_RECOGNIZED:
            digest = hashlib.blake2b(wire.PREFIX.pack(len(text) - len(head), len(arrays)))
            digest.update(memoryview(text)[len(head) :])
            digest.update(arrays)
            self.key = digest.digest()

    def read(self) -> dict[str, Any]:
        """Read it, and hold that it answers the question.

        Raises:
            WireError: it does not.
        """
        if self._read is None:
            self._read = self._parsed(self._text, self._number)
        return self._read

    def tells(self) -> bool:
        """Whether it gives a value or says what went wrong."""
        reply = self.read()
        return (reply["status"] == "ok" and "value" in reply) or fault_of(reply) is not None

    def value(self) -> Any:
        """What was asked for; another copy each time.

        Raises:
            StudentFault: it says what went wrong.
        """
        reply, self._read = self.read(), None
        fault = fault_of(reply)
        if fault is not None:
            raise fault
        return reply["value"]

    def is_proven(self) -> bool:
        """Whether any answer with the same key and its own number says the same, and says it for good.

        That holds if nothing in the text but the number in its head decides what the number is: a forger may write
        it twice. A box that ran out of memory may have more of it the next time.
        """
        if self.key is None:
            return False
        number = self._number + 1
        text = self._head(number) + self._text[len(self._head(self._number)) :]
        try:
            return not isinstance(fault_of(self._parsed(text, number)), StudentOutOfMemory)
        except wire.WireError:
            return False

    def _parsed(self, text: bytes | bytearray, number: int) -> dict[str, Any]:
        reply = wire.parse(text, memoryview(self._arrays), trusted=False)
        given = reply.get("id") if type(reply) is dict else None
        if type(given) is not int or given != number or type(reply.get("status")) is not str:
            raise wire.WireError("a reply to nothing that was asked")
        checked: dict[str, Any] = reply
        return checked

    @staticmethod
    def _head(number: int) -> bytes:
        return b"%b%d, " % (_HEAD, number)


def fault_of(reply: dict[str, Any]) -> StudentFault | None:
    """Read a reply that says what went wrong."""
    message = reply["message"] if type(reply.get("message")) is str else ""
    lineage = reply.get("lineage")
    match reply["status"]:
        case "undefined":
            return StudentUndefined(message[:100])
        case "out of memory":
            return StudentOutOfMemory("ran out of memory")
        case "too large":
            return StudentReplyTooLarge("its result is larger than may be sent")
        case "raised" if type(lineage) is tuple and lineage and all(type(name) is str for name in lineage):
            return StudentRaised(lineage, message)
    return None
