"""Runs commands of nbgrader and of ours in which something breaks, and says what they leave behind.

Like ``command_server``, one fork for each line of JSON. This process adopts whatever a command leaves, so it knows
every process that outlives it.
"""

import ctypes
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import faults
from command_server import run
from nbgrader.apps.nbgraderapp import NbGraderApp
from our_command import our_own

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


def main() -> None:
    """Answer requests until the tests hang up."""
    adopt_orphans()
    # Tests that run under nohup or in the background got these ignored, and a command would leave it at that.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
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
