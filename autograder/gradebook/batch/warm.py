"""Imports what all processes that grade need, once, and as early as can be: nothing here waits for nbgrader."""

import multiprocessing
import os
from multiprocessing import forkserver, util
from multiprocessing.context import ForkServerContext
from typing import Any

from autograder.box.folders import WorkFolder, place_of_sockets

# Numerical libraries would start a thread for each core in every process, and each would wait for the others.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
IMPORTED = [
    "autograder.course.quick",
    "autograder.gradebook.batch.worker",
    "autograder.grading.judge",
    "scipy.stats",
    "torch",
]


def warm_up() -> None:
    """Begin to import, before anybody knows what is to be graded."""
    context()
    forkserver.ensure_running()


def context() -> ForkServerContext:
    """Where processes come from that have imported everything, and of the coordinator's memory know nothing."""
    os.environ.update(ONE_THREAD)
    _keep_sockets_in_a_folder_of_ours()
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(IMPORTED)
    return made


def _keep_sockets_in_a_folder_of_ours() -> None:
    """Let multiprocessing have its temporary folder where the next command sweeps it, if this one is killed.

    Raises:
        BoxError: there is no room for it.
    """
    settings: dict[str, Any] = vars(multiprocessing.current_process())["_config"]
    if settings.get("tempdir") is None:
        folder = WorkFolder(place_of_sockets())
        settings["tempdir"] = str(folder.path)
        # When multiprocessing would remove its own: behind everything else.
        util.Finalize(None, folder.remove, exitpriority=-100)
