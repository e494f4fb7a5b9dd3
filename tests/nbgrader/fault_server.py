"""Runs commands of nbgrader and of ours in which something breaks, and says what they leave behind.

Like ``command_server``, one fork for each line of JSON. This process adopts whatever a command leaves, so it knows
every process that outlives it.
"""

import contextlib
import ctypes
import json
import multiprocessing.util
import os
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Sequence
from multiprocessing.util import spawnv_passfds
from pathlib import Path

import faults
from command_server import run
from nbgrader.apps.nbgraderapp import NbGraderApp

import autograder.gradebook.batch.run
import autograder.gradebook.batch.worker  # noqa: F401
from autograder.cli.main import main as autograder_main
from autograder.gradebook.batch import warm

_PR_SET_CHILD_SUBREAPER = 36
# Long enough for whatever ends by itself; what does not is named, and ended here.
_PATIENCE_SECONDS = 20.0


def adopt_orphans() -> None:
    """Become the parent of every process that outlives its own."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no orphans can be adopted")


def left_behind() -> list[str]:
    """Wait for all processes that a command left to end; name and kill those that do not."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    survivors = []
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return survivors
        if process:
            continue
        if time.monotonic() > deadline:
            for child in faults.children_of(os.getpid()):
                survivors.append(Path(f"/proc/{child}/cmdline").read_text().replace("\0", " "))
                os.kill(child, signal.SIGKILL)
        time.sleep(0.005)


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


def main() -> None:
    """Answer requests until the tests hang up."""
    adopt_orphans()
    launch = NbGraderApp.launch_instance
    for line in sys.stdin:
        request = json.loads(line)

        def launch_broken(request: dict = request) -> None:
            tempfile.tempdir = None
            launched = launch if request["program"] == "nbgrader" else our_own(request["arguments"])
            faults.install(request["fault"], Path(request["steps"]))
            launched()

        NbGraderApp.launch_instance = staticmethod(launch_broken)
        code = run(request)
        print(json.dumps({"code": code, "survivors": left_behind()}), flush=True)


if __name__ == "__main__":
    main()
