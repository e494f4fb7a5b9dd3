"""The processes of one box, seen from the judge: one that runs the student's code, and the nanny that watches it."""

import contextlib
import signal
import time
from collections.abc import Callable
from typing import Any

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.limits import MEBIBYTE, Limits
from autograder.course.errors import (
    BoxError,
    StudentDied,
    StudentFault,
    StudentOutOfMemory,
    StudentOverLimit,
    StudentTimeout,
)

# How long a nanny may take to say what has ended: it looks ten times a second.
_REPORT_SECONDS = 5.0
# Importing torch from a cold disk takes its time; a process that needs longer than this is broken.
START_SECONDS = 120.0


class Process:
    """The two channels of a box, and its end.

    Args:
        channel: to the process that runs the student's code.
        nanny: to the process that watches it.
        end: waits until the nanny has ended, and with it the box.

    Attributes:
        layers: the layers of confinement that it has.
        left_out: names of files beside the notebook that found no room in it.
    """

    def __init__(self, channel: Channel, nanny: Channel, end: Callable[[], None]) -> None:
        self.channel = channel
        self._nanny = nanny
        self._end = end
        self.layers: tuple[str, ...] = ()
        self.left_out: tuple[str, ...] = ()

    def order(self, orders: dict[str, Any]) -> None:
        """Tell the nanny what to make, and wait until it is made.

        Raises:
            BoxError: it cannot be made.
        """
        try:
            self._nanny.send(orders)
            reply = self._nanny.receive(time.monotonic() + START_SECONDS)
            if "failed" in reply:
                raise BoxError(f"a box could not be confined: {reply['failed']}")
            self.layers, self.left_out = tuple(reply["layers"]), tuple(reply["left_out"])
        except (wire.WireError, TimeoutError) as error:
            self.end()
            raise BoxError(f"a box did not come up: {error or 'it said nothing in time'}") from error
        except BoxError:
            self.end()
            raise

    def interrupt(self) -> None:
        """Interrupt the student's code, as the stop button of a notebook does."""
        with contextlib.suppress(wire.WireError):
            self._nanny.send({"op": "interrupt"})

    def report(self, limits: Limits) -> StudentFault:
        """Say why the student's process ended, which it has just done.

        Raises:
            BoxError: the nanny has ended without a word, which is nobody's doing in the box.
        """
        try:
            told = self._nanny.receive(time.monotonic() + _REPORT_SECONDS)
        except TimeoutError:
            return StudentDied("closed the channel by which it is asked")
        except wire.WireError as error:
            raise BoxError("the process that watches a box has ended") from error
        return _over_limit(told["limit"], limits) or _died(told["exit"])

    def end(self) -> None:
        """Kill all processes of the box, and wait until they are gone.

        Raises:
            BoxError: the process that forked them has ended, and they with it.
        """
        self.channel.close()
        self._nanny.close()
        self._end()


def _over_limit(limit: str, limits: Limits) -> StudentFault | None:
    match limit:
        case "memory":
            return StudentOutOfMemory(f"took more than {limits.memory // MEBIBYTE} MB of memory and was stopped")
        case "cpu":
            return StudentOverLimit(f"took more than {limits.cpu_seconds:g} s of processor time and was stopped")
        case "processes":
            return StudentOverLimit(f"started more than {limits.processes} processes and was stopped")
        case "disk":
            return StudentOverLimit(
                f"wrote more than {limits.disk // MEBIBYTE} MB or {limits.files} files and was stopped"
            )
        case "wall":
            return StudentTimeout(limits.session_seconds)
    return None


def _died(code: int) -> StudentFault:
    if code == -signal.SIGXCPU:
        return StudentOverLimit("took more processor time than it may and was stopped")
    if code >= 0:
        return StudentDied(f"ended its process with exit code {code}")
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return StudentDied(f"crashed its process ({name})", killed=code == -signal.SIGKILL)
