"""The template: a clean process that has imported what notebooks import, and forks boxes on request.

It is started with one argument, the descriptor of its control socket. It never sees a submission: a box's own socket is
handed on unread, and only the box reads from it.
"""

import contextlib
import gc
import importlib
import io
import os
import random
import signal
import socket
import sys
import tempfile
from typing import Any

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.worker import confinement
from autograder.box.worker.service import Service
from autograder.box.worker.shell import make_shell

PRELOADED = (
    "numpy",
    "scipy.special",
    "scipy.stats",
    "torch",
    "torch.distributions",
    "torch._dynamo",  # what the first optimizer of a process imports
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
)


def preload() -> None:
    """Import what notebooks import, so that no box has to; what is not installed is left out."""
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    torch = sys.modules.get("torch")
    if torch is not None:
        # A forked child of a process with a pool of threads hangs in its first parallel operation.
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        _draw_once(sys.modules["matplotlib.figure"].Figure())


def _draw_once(figure: Any) -> None:
    """Draw an empty plot, for the fonts and caches that the first figure of a process waits for."""
    figure.subplots().set_title("$x$")
    figure.savefig(io.BytesIO(), format="png")


def serve(control: socket.socket) -> None:
    """Fork a box for each ``fork`` request, reap one for each ``wait``, until the judge hangs up."""
    channel = Channel(control)
    shell = make_shell()
    preload()
    gc.collect()
    gc.freeze()
    channel.send({"ready": True})
    boxes: set[int] = set()
    while True:
        try:
            request = channel.receive()
            if request["op"] == "fork":
                _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
                pid = _fork(control, descriptors[0], request, shell)
                boxes.add(pid)
                channel.send({"pid": pid})
            else:
                _, status = os.waitpid(request["pid"], 0)
                boxes.discard(request["pid"])
                channel.send({"status": os.waitstatus_to_exitcode(status)})
        except wire.WireError:
            break
    for pid in boxes:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _fork(control: socket.socket, descriptor: int, request: dict[str, Any], shell: Any) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            become_box(socket.socket(fileno=descriptor), request, shell)
        finally:
            os._exit(70)
    os.close(descriptor)
    return pid


def become_box(connection: socket.socket, request: dict[str, Any], shell: Any) -> None:
    """Turn this process into a box: confine it, then serve its socket until the judge hangs up."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    tempfile.tempdir = None  # found anew, in the box's environment
    sys.path.insert(0, "")
    _seed(request["seed"])
    confinement.confine(request["limits"])
    Service(Channel(connection), shell, request["limits"]["output"]).serve()
    os._exit(0)


def _seed(seed: int) -> None:
    """Give every box the same fresh random state, so that a grade does not depend on luck."""
    random.seed(seed)
    for name in ("numpy.random", "torch"):
        module = sys.modules.get(name)
        if module is not None:
            (module.seed if name == "numpy.random" else module.manual_seed)(seed)


def main() -> None:
    """Run the template, or one box alone where processes are not forked."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.argv[2:] == ["box"]:
        shell = make_shell()
        preload()
        become_box(connection, Channel(connection).receive(), shell)
    serve(connection)


if __name__ == "__main__":
    main()
