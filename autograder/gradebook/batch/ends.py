"""How a command is asked to end, and how those end that grade for it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from autograder.course.processes import end_with_parent

Parcel = TypeVar("Parcel")
Result = TypeVar("Result")

# In seconds; long enough for a destructor to be done.
_SOON = 0.001
_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def requests_to_end() -> Iterator[Callable[[], bool]]:
    """Tell whether somebody has asked this process to end, rather than end it between two steps that belong together.

    Who asks a second time does not want to wait: that raises ``KeyboardInterrupt`` wherever it happens.
    """
    asked = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {number: signal.signal(number, note) for number in _ASKING if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Orderly:
    """The end of a process that grades: its box and its files go with it, whatever it is at.

    It ends when it is told to, and when the one that it grades for has ended.
    """

    def __init__(self) -> None:
        self._busy = self._asked = False
        # The terminal's Ctrl-C is for the one that it grades for.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGALRM, self._end)
        sys.unraisablehook = self._hear
        end_with_parent()

    def do(self, work: Callable[[Parcel], Result], parcel: Parcel) -> Result:
        """Do some work, and end after it if that was asked for; what comes of the work is of no use then."""
        try:
            self._busy = True
            return work(parcel)
        except KeyboardInterrupt:
            os._exit(128 + signal.SIGTERM)
        finally:
            self._busy = False

    def _end(self, number: int, frame: FrameType | None) -> None:
        if not self._busy:
            os._exit(128 + signal.SIGTERM)
        self._asked = True
        # The one exception that hidden graders let pass.
        raise KeyboardInterrupt

    def _hear(self, ignored: "sys.UnraisableHookArgs") -> None:
        """Ask again soon where Python drops what we have raised, which it does while it clears an object away."""
        if self._asked and isinstance(ignored.exc_value, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, _SOON)
        else:
            sys.__unraisablehook__(ignored)
