"""Processes that grade, here: each grades one submission at a time, and makes its boxes with a twin of one template."""

import contextlib
import signal
import socket
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.synchronize import Lock
from typing import NamedTuple, Protocol

from autograder.box.folders import sweep
from autograder.box.process import START_SECONDS
from autograder.box.template import FORKS, Template
from autograder.box.worker import kernel
from autograder.course.errors import BoxError, OurFault
from autograder.course.processes import GRACE_SECONDS
from autograder.gradebook.batch.ends import Orderly
from autograder.gradebook.batch.parcels import Graded, Order, Submission
from autograder.gradebook.batch.warm import context
from autograder.gradebook.batch.worker import Worker
from autograder.gradebook.machine import Machine


class Crew(Protocol):
    """Whoever grades batches, at this machine or elsewhere.

    Attributes:
        lost: what a future raises when the process that graded died.
        tries: how often a submission is handed out whose graders die.
    """

    tries: int
    lost: tuple[type[BaseException], ...]

    @property
    def size(self) -> int:
        """How many batches are graded at a time."""

    def share(self, waiting: int) -> int:
        """How many of the submissions that wait go into the next batch."""

    def grade(self, submissions: Sequence[Submission]) -> "Future[list[Graded]]":
        """Have a batch graded."""

    def mend(self) -> None:
        """Put others in the place of those who died."""

    def close(self) -> None:
        """End all that was started; what is being graded is given up."""


class LocalCrew:
    """Processes on this machine.

    Args:
        order: what holds for the class.
        jobs: how many.
    """

    lost: tuple[type[BaseException], ...] = (BrokenProcessPool, CancelledError)
    tries = 3

    def __init__(self, order: Order, jobs: int) -> None:
        self.size = jobs
        self._order = order
        self._template = _template(order)
        self._pool = self._enlist()

    def share(self, waiting: int) -> int:
        """One at a time: nothing is saved by more."""
        return 1

    def grade(self, submissions: Sequence[Submission]) -> "Future[list[Graded]]":
        """Have a batch graded."""
        return self._pool.submit(_grade, submissions)

    def mend(self) -> None:
        """Start anew: the pool has ended all its processes when one of them died."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._enlist()

    def close(self) -> None:
        """End the processes."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(GRACE_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()
        self._template.close()
        sweep()

    def _enlist(self) -> ProcessPoolExecutor:
        place = context()
        desk = Desk(self._template.start(), place.Lock(), place.Lock()) if FORKS else None
        return ProcessPoolExecutor(self.size, place, initializer=_begin, initargs=(self._order, desk))


def _template(order: Order) -> Template:
    return Template(trusting=order.trusting, libraries=order.libraries)


class Desk(NamedTuple):
    """Where processes that grade get their twins of the coordinator's template.

    Attributes:
        socket: tells, by something to be read, that the template is ready; nobody ever reads it.
        turn: of the one that asks.
        first: of the one that may get ready while the template does.
    """

    socket: socket.socket
    turn: Lock
    first: Lock


_ends: list[Orderly] = []
_orders: list[tuple[Order, Desk | None]] = []
_workers: list[Worker] = []


def _begin(order: Order, desk: Desk | None) -> None:
    """Make a process one that grades; it ends with the one that it grades for.

    Args:
        order: what holds for the class.
        desk: where it gets a twin of the coordinator's template.
    """
    _ends.append(Orderly())
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    _orders.append((order, desk))


def _grade(submissions: Sequence[Submission]) -> list[Graded]:
    return _ends[0].do(_attempt, submissions)


def _attempt(submissions: Sequence[Submission]) -> list[Graded]:
    """Grade; what keeps this process from that is a reason that can be told, not a death."""
    try:
        if not _workers:
            _workers.append(_worker(*_orders[0]))
    except (OurFault, OSError) as fault:
        return [Graded(submission.student, fault=str(fault)) for submission in submissions]
    return _workers[0].grade(submissions)


def _worker(order: Order, desk: Desk | None) -> Worker:
    template = _template(order)
    if desk is not None:
        with desk.turn, contextlib.suppress(BoxError):
            template.join(desk.socket)
        if not desk.first.acquire(block=False):
            # If all collected hidden graders by then, the template would be ready later, and with it the first result.
            wait([desk.socket], START_SECONDS)
    return Worker(order, Machine(template=template, remember=order.remember))
