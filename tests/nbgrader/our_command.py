"""Makes a fork of a command server the ``autograder`` that a person starts, without the seconds of importing."""

import contextlib
import multiprocessing.util
import os
import signal
import sys
import types
from collections.abc import Callable, Sequence
from multiprocessing.util import spawnv_passfds

import autograder.gradebook.batch.run
import autograder.gradebook.batch.worker  # noqa: F401
from autograder.cli.main import main as autograder_main
from autograder.gradebook.batch import warm


def our_own(arguments: list[str]) -> Callable[[], None]:
    """Be the ``autograder`` that a person starts, but for torch, which the toy course does not need."""
    # Processes that grade import the main module of the one that starts them.
    sys.modules["__main__"] = types.ModuleType("__main__")
    warm.IMPORTED = []
    multiprocessing.util.spawnv_passfds = forked_server
    return lambda: sys.exit(autograder_main(arguments))


def forked_server(path: bytes, arguments: list[bytes | str], descriptors: Sequence[int]) -> int:
    """Fork the server of processes that grade from this one, which has imported everything, in place of starting it."""
    code = os.fsdecode(arguments[-1])
    if "forkserver" not in code:
        return spawnv_passfds(path, arguments, descriptors)
    process = os.fork()
    if process == 0:
        kept = {0, 1, 2, *descriptors}
        for descriptor in map(int, os.listdir("/proc/self/fd")):
            if descriptor not in kept:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        with contextlib.suppress(SystemExit):
            exec(code, {})
        os._exit(0)
    return process
