"""Imports what all processes that grade need, once, and as early as can be: nothing here waits for nbgrader."""

import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

# Numerical libraries would start a thread for each core in every process, and each would wait for the others.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
IMPORTED = ["autograder.course.quick", "autograder.gradebook.batch.worker", "torch", "scipy.stats"]


def warm_up() -> None:
    """Begin to import, before anybody knows what is to be graded."""
    context()
    forkserver.ensure_running()


def context() -> ForkServerContext:
    """Where processes come from that have imported everything, and of the coordinator's memory know nothing."""
    os.environ.update(ONE_THREAD)
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(IMPORTED)
    return made
