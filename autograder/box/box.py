"""A box, seen from the judge: requests with deadlines, replies that are checked before they are believed."""

import time
from collections.abc import Container
from pathlib import Path
from typing import Any

from autograder.box import wire
from autograder.box.channel import ClosedError
from autograder.box.limits import Limits
from autograder.box.outputs import CellRun, read_events
from autograder.box.process import START_SECONDS
from autograder.box.question import Answer, Question, fault_of
from autograder.box.template import Template
from autograder.course.errors import BoxError, StudentFault, StudentForged, StudentReplyTooLarge, StudentTimeout


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
            hello = self._answer(time.monotonic() + START_SECONDS).read()
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
            return self._cell_run(self._ask(Question({"op": "cell", "source": source}), seconds).read())
        except _Interrupted as interrupted:
            run = self._cell_run(interrupted.reply)
            return CellRun(run.events, run.execution_count, interrupted.fault)
        except wire.TooLargeError:
            raise StudentReplyTooLarge("is larger than a cell may be") from None

    def ask(self, question: Question, known: Container[bytes] = ()) -> Answer:
        """Ask for the result of a function or of a probe, or for a value.

        Args:
            question: what is asked.
            known: keys of answers that were read before, and proven; such an answer is not read again.

        Raises:
            StudentFault: the code hung or died, or something else than our worker answered.
        """
        try:
            answer = self._ask(question, self.limits.call_seconds, known)
        except _Interrupted as interrupted:
            raise interrupted.fault from None
        if answer.key not in known and not answer.tells():
            raise self._forged("a reply without a value")
        return answer

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the notebook by name.

        Raises:
            StudentFault: it raised, hung, died, or its result cannot cross.
        """
        return self.ask(Question.of_call(name, args, kwargs)).value()

    def value(self, name: str) -> Any:
        """Read a value of the notebook by name."""
        return self.ask(Question.of_value(name)).value()

    def run(self, probe: wire.FunctionSource, args: tuple[Any, ...]) -> Any:
        """Run a probe beside the notebook's functions."""
        return self.ask(Question.of_run(probe, args)).value()

    def close(self) -> None:
        """Kill all its processes; harmless when done twice.

        Raises:
            BoxError: the process that forked it has ended, and the box with it.
        """
        if self.alive:
            self.alive = False
            self._process.end()

    def _ask(self, question: Question, seconds: float | None, known: Container[bytes] = ()) -> Answer:
        """Send a request and wait for its reply, for so long.

        Raises:
            _Interrupted: time ran out, the code was interrupted and the box is well.
            StudentFault: the box is lost.
        """
        self._last_id += 1
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            self.channel.send_frame(question.frame(self._last_id), deadline)
            return self._answer(deadline, known)
        except ClosedError:
            raise self._died() from None
        except TimeoutError:
            raise self._interrupt(StudentTimeout(seconds or 0.0)) from None

    def _interrupt(self, fault: StudentTimeout) -> Exception:
        """Ask the code to stop, as the stop button of a notebook does; kill it when it does not."""
        self._process.interrupt()
        try:
            return _Interrupted(fault, self._answer(time.monotonic() + self.limits.grace_seconds).read())
        except (TimeoutError, ClosedError):
            self.close()
            return fault

    def _answer(self, deadline: float | None, known: Container[bytes] = ()) -> Answer:
        """Wait for a reply; whatever it may be, it is read here, unless it was read and proven before."""
        try:
            answer = Answer(self._last_id, *self.channel.receive_parts(deadline))
            if answer.key not in known:
                answer.read()
        except ClosedError:
            raise
        except wire.WireError as error:
            raise self._forged(str(error)) from None
        return answer

    def _cell_run(self, reply: dict[str, Any]) -> CellRun:
        count, events = reply.get("execution_count"), reply.get("events", "[]")
        try:
            run = CellRun(read_events(events), count if type(count) is int else None, fault_of(reply))
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
