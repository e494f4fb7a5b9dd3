"""A box, seen from the judge: requests with deadlines, replies that are checked before they are believed."""

import time
from pathlib import Path
from typing import Any

from autograder.box import wire
from autograder.box.channel import ClosedError
from autograder.box.limits import Limits
from autograder.box.outputs import CellRun, read_events
from autograder.box.process import START_SECONDS
from autograder.box.template import Template
from autograder.course.errors import (
    BoxError,
    StudentFault,
    StudentForged,
    StudentOutOfMemory,
    StudentRaised,
    StudentReplyTooLarge,
    StudentTimeout,
    StudentUndefined,
)


class Box:
    """One process in which a student's code runs.

    Args:
        template: what makes it.
        folder: an empty folder for it.
        limits: what it may use.
        files: the folder whose files lie beside the notebook, if there is one.

    Attributes:
        alive: whether it can be asked anything; a box that hung or died is not revived.
        channel: to the process that runs the student's code.
        left_out: names of files beside the notebook that found no room in it.
    """

    def __init__(self, template: Template, folder: Path, limits: Limits, files: Path | None = None) -> None:
        self.limits = limits
        self._process = template.make_box(folder, files, limits)
        self.left_out = self._process.left_out
        self.channel = self._process.channel
        self._last_id = 0
        self.alive = True
        try:
            hello = self._reply(time.monotonic() + START_SECONDS)
            if hello["status"] != "ok":
                raise ClosedError(str(hello.get("message")))
        except (StudentFault, TimeoutError, ClosedError) as error:
            self.close()
            raise BoxError(f"a box did not come up: {error or 'it said nothing in time'}") from error

    def run_cell(self, source: str, again: bool = False) -> CellRun:
        """Run one cell; ``again`` if it had to be interrupted once, so that it does not get all its time a second time.

        Raises:
            StudentFault: the cell killed the box or did not react to an interrupt.
        """
        seconds = self.limits.call_seconds if again else self.limits.cell_seconds
        try:
            return self._cell_run(self._ask({"op": "cell", "source": source}, seconds))
        except _Interrupted as interrupted:
            run = self._cell_run(interrupted.reply)
            return CellRun(run.events, run.execution_count, interrupted.fault)
        except wire.TooLargeError:
            raise StudentReplyTooLarge("is larger than a cell may be") from None

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the notebook by name.

        Raises:
            StudentFault: it raised, hung, died, or its result cannot cross.
        """
        return self._value({"op": "call", "name": name, "args": args, "kwargs": kwargs})

    def value(self, name: str) -> Any:
        """Read a value of the notebook by name."""
        return self._value({"op": "value", "name": name})

    def run(self, probe: wire.FunctionSource, args: tuple[Any, ...]) -> Any:
        """Run a probe beside the notebook's functions."""
        return self._value({"op": "run", "probe": probe, "args": args})

    def close(self) -> None:
        """Kill all its processes; harmless when done twice.

        Raises:
            BoxError: the process that forked it has ended, and the box with it.
        """
        if self.alive:
            self.alive = False
            self._process.end()

    def _value(self, request: dict[str, Any]) -> Any:
        try:
            reply = self._ask(request, self.limits.call_seconds)
        except _Interrupted as interrupted:
            raise interrupted.fault from None
        if reply["status"] == "ok" and "value" in reply:
            return reply["value"]
        raise _fault_of(reply) or self._forged("a reply without a value")

    def _ask(self, request: dict[str, Any], seconds: float | None) -> dict[str, Any]:
        """Send a request and wait for its reply, for so long.

        Raises:
            _Interrupted: time ran out, the code was interrupted and the box is well.
            StudentFault: the box is lost.
        """
        self._last_id += 1
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            self.channel.send({**request, "id": self._last_id}, deadline)
            return self._reply(deadline)
        except ClosedError:
            raise self._died() from None
        except TimeoutError:
            return self._interrupt(StudentTimeout(seconds or 0.0))

    def _interrupt(self, fault: StudentTimeout) -> dict[str, Any]:
        """Ask the code to stop, as the stop button of a notebook does; kill it when it does not."""
        self._process.interrupt()
        try:
            raise _Interrupted(fault, self._reply(time.monotonic() + self.limits.grace_seconds))
        except (TimeoutError, ClosedError):
            self.close()
            raise fault from None

    def _reply(self, deadline: float | None) -> dict[str, Any]:
        try:
            reply = self.channel.receive(deadline)
        except ClosedError:
            raise
        except wire.WireError as error:
            raise self._forged(str(error)) from None
        number = reply.get("id") if type(reply) is dict else None
        if type(number) is not int or number != self._last_id or type(reply.get("status")) is not str:
            raise self._forged("a reply to nothing that was asked")
        return reply

    def _cell_run(self, reply: dict[str, Any]) -> CellRun:
        count, events = reply.get("execution_count"), reply.get("events", "[]")
        try:
            run = CellRun(read_events(events), count if type(count) is int else None, _fault_of(reply))
        except ValueError as error:
            raise self._forged(str(error)) from None
        return run

    def _forged(self, what: str) -> StudentForged:
        self.close()
        return StudentForged(f"something else than our worker wrote to the grader: {what}")

    def _died(self) -> StudentFault:
        try:
            return self._process.report(self.limits)
        finally:
            self.close()


class _Interrupted(Exception):
    """Time ran out, and the code stopped when it was interrupted."""

    def __init__(self, fault: StudentTimeout, reply: dict[str, Any]) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.reply = reply


def _fault_of(reply: dict[str, Any]) -> StudentFault | None:
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
