"""The template: a clean process that has imported what notebooks import, and forks boxes on request.

It is started with the descriptor of its control socket. It never sees a submission: a box's own socket is
handed on unread, and only the box reads from it.
"""

import gc
import importlib
import io
import os
import random
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.worker import confinement, familiar, kernel, numerics, places, refusals, service, survey
from autograder.box.worker.confinement import Making
from autograder.box.worker.nanny import look_after
from autograder.box.worker.shell import make_shell

# What only some notebooks wait for: backward() with a gradient imports it.
_LATER = "torch.fx.experimental.symbolic_shapes"
# From so many boxes on, it pays to spend a second on making the next ones quicker.
_MANY = 6


def preload(libraries: Sequence[str]) -> None:
    """Import what notebooks import, so that no box has to; what is not installed is left out."""
    for name in libraries:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    torch = sys.modules.get("torch")
    if torch is not None:
        # A forked child of a process with a pool of threads hangs in its first parallel operation.
        numerics.settle(torch)
        torch.set_num_interop_threads(1)
        numerics.rehearse(torch)
    refusals.install()
    _seed()


def _draw_once(figure: Any) -> None:
    """Draw an empty plot, for the fonts and caches that the first figure of a process waits for."""
    figure.subplots().set_title("$x$")
    figure.savefig(io.BytesIO(), format="png")


def serve(control: socket.socket, libraries: Sequence[str]) -> None:
    """Get ready, then do as the judge asks until it hangs up."""
    gc.disable()  # it would look again and again through all that is imported, and nothing of it ever goes
    plan = survey.survey()
    shell = _fresh_shell(libraries)
    shell.get_ready()
    gc.freeze()
    gc.enable()
    Channel(control).send({"ready": True})
    twin: socket.socket | None = control
    while twin is not None:
        twin = _serve(twin, plan, shell)


def _serve(control: socket.socket, plan: list[str], shell: Any) -> socket.socket | None:
    """Fork the nanny of a box for each ``fork`` request, reap one for each ``end``, until the judge hangs up.

    Returns:
        In a twin, which is what a ``twin`` request forks for another judge, that judge's socket.
    """
    channel = Channel(control)
    forks = 0
    while True:
        try:
            request = channel.receive()
            if request["op"] == "fork":
                _, descriptors, _, _ = socket.recv_fds(control, 1, 2)
                channel.send({"pid": _fork(control, descriptors, plan, shell)})
                forks += 1
                if forks == _MANY:
                    _expect_many()  # while the box is busy with a notebook
            elif request["op"] == "twin":
                _, (descriptor,), _, _ = socket.recv_fds(control, 1, 1)
                if os.fork() == 0:
                    control.close()
                    return socket.socket(fileno=descriptor)
                os.close(descriptor)
            elif request["op"] == "familiar":
                _familiarize(shell, request)
                channel.send({"ready": True})
            else:
                channel.send({"status": _end(request["pid"])})
        except wire.WireError:
            return None


def _expect_many() -> None:
    """Make the next boxes quicker."""
    if "torch" in sys.modules:
        with suppress(ImportError):
            importlib.import_module(_LATER)
    if "matplotlib.pyplot" in sys.modules:
        _draw_once(sys.modules["matplotlib.figure"].Figure())
    _seed()
    gc.freeze()
    if kernel.LINUX:
        kernel.gather_memory()


def _familiarize(shell: Any, told: dict[str, Any]) -> None:
    """Make ready what many notebooks will hold."""
    shell.familiarize(told["cells"])
    for text in told["files"]:
        familiar.remember_file(text)
    gc.collect()
    gc.freeze()


def _fork(control: socket.socket, descriptors: list[int], plan: list[str], shell: Any) -> int:
    nanny = survey.fork_nanny(plan)
    if nanny == 0:
        control.close()
        make_box(socket.socket(fileno=descriptors[0]), descriptors[1], plan, lambda: shell)
    for descriptor in descriptors:
        os.close(descriptor)
    return nanny


def _end(nanny: int) -> int:
    """Wait for the end of a nanny whose judge has hung up, and with it of its box."""
    return os.waitstatus_to_exitcode(os.waitpid(nanny, 0)[1])


def make_box(watched: socket.socket, connection: int, plan: list[str], shell: Callable[[], Any]) -> None:
    """Turn this process into the nanny of a box, whose other process serves the student's code; never return.

    Args:
        watched: the nanny's own socket to the judge.
        connection: the descriptor of the student's.
        plan: the layers of confinement.
        shell: gives the shell that cells run in.
    """

    def student(making: Making) -> None:
        os.closerange(3, connection)
        os.closerange(connection + 1, os.sysconf("SC_OPEN_MAX"))
        become_student(Channel(socket.socket(fileno=connection)), making, shell())

    look_after(watched, plan, student)


def become_student(channel: Channel, making: Making, shell: Any) -> None:
    """Confine this process, then serve its socket until the judge hangs up."""
    os.environ.clear()
    os.environ.update({**places.environment(str(making.home), str(making.temporary)), **making.conditions})
    os.chdir(making.home)
    tempfile.tempdir = None  # found anew, in the box's environment
    sys.path.insert(0, "")
    random.seed(0)  # which every fork sets anew
    try:
        confinement.apply(confinement.STUDENT_LAYERS, making)
    except confinement.Unavailable as error:
        channel.send({"id": 0, "status": "failed", "message": f"{error}: {error.__cause__}"})
        os._exit(1)
    if "new_root" not in making.plan:
        shell.use_no_terminals()
    service.serve(channel, shell, making.limits)
    os._exit(0)


def _seed() -> None:
    """Give every box the same fresh random state, so that a grade does not depend on luck: it is forked with it."""
    for name in ("numpy.random", "torch"):
        module = sys.modules.get(name)
        if module is not None:
            (module.seed if name == "numpy.random" else module.manual_seed)(0)


def _fresh_shell(libraries: Sequence[str]) -> Any:
    shell = make_shell()
    preload(libraries)
    return shell


def make_one_box(watched: socket.socket, connection: int, libraries: Sequence[str]) -> None:
    """Make a box that is forked from no template; never return."""
    plan = survey.survey()
    nanny = survey.fork_nanny(plan)
    if nanny == 0:
        make_box(watched, connection, plan, lambda: _fresh_shell(libraries))
    watched.close()
    os.close(connection)
    os._exit(_end(nanny))


def main() -> None:
    """Run the template, or one box alone where processes are not forked.

    Arguments are the descriptors of its sockets, and behind ``--`` the libraries to be imported in advance.
    """
    separator = sys.argv.index("--")
    numbers, libraries = list(map(int, sys.argv[1:separator])), sys.argv[separator + 1 :]
    connection = socket.socket(fileno=numbers[0])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    survey.become_root_of_little()
    try:
        if numbers[1:]:
            make_one_box(connection, numbers[1], libraries)
        serve(connection, libraries)
    except confinement.Unavailable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
