"""Processes that grade, here: as many as there are cores, each with a template of its own."""

import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from autograder.box.worker import kernel
from autograder.gradebook.batch.parcels import Graded, Order, Submission
from autograder.gradebook.batch.worker import Worker

# Numerical libraries would start a thread for each core in every process, and each would wait for the others.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

# Imported once, for all processes that grade.
IMPORTED = ["autograder.course.quick", "autograder.gradebook.batch.worker", "torch", "scipy.stats"]


class Crew(Protocol):
    """Whoever grades batches, at this machine or elsewhere.

    Attributes:
        size: how many batches are graded at a time.
        lost: what a future raises when the process that graded died.
    """

    size: int
    lost: tuple[type[BaseException], ...]

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

    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, order: Order, jobs: int) -> None:
        self.size = jobs
        self._order = order
        self._pool = self._enlist()

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
            process.join()

    def _enlist(self) -> ProcessPoolExecutor:
        os.environ.update(ONE_THREAD)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(IMPORTED)
        return ProcessPoolExecutor(self.size, context, initializer=_begin, initargs=(self._order,))


_workers: list[Worker] = []


def _begin(order: Order) -> None:
    """Make a process one that grades; it ends with the one that it grades for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    _workers.append(Worker(order))


def _grade(submissions: Sequence[Submission]) -> list[Graded]:
    return _workers[0].grade(submissions)
