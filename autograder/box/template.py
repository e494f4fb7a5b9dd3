"""The template, seen from the judge: a process that forks boxes."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.limits import Limits
from autograder.box.process import START_SECONDS, Process
from autograder.box.protection import demand
from autograder.box.worker import places
from autograder.course.errors import BoxError

COMMAND = (sys.executable, "-P", "-s", "-m", "autograder.box.worker")
# What notebooks import, and takes its time.
LIBRARIES = (
    "numpy",
    "scipy.special",
    "scipy.stats",
    "torch",
    "torch.distributions",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
)
# macOS breaks a forked process that has loaded its numerical libraries; there each box is started anew.
FORKS = sys.platform != "darwin"


class Template:
    """Makes boxes; its process starts when the first is asked for, and anew when it was killed.

    Args:
        forks: whether boxes are forked from one warm process, or started anew each.
        conditions: environment variables that a proof wants to be otherwise than usual.
        trusting: whether boxes are made although the machine does not offer enough to confine code that attacks it.
        libraries: what is imported once for all boxes; what is not installed is left out.

    Attributes:
        layers: the layers of confinement that the last box has.
    """

    def __init__(
        self,
        forks: bool = FORKS,
        conditions: Mapping[str, str] = MappingProxyType({}),
        trusting: bool = False,
        libraries: Sequence[str] = LIBRARIES,
    ) -> None:
        self._libraries = libraries
        self._forks = forks
        self._conditions = conditions
        self._trusting = trusting
        self._process: subprocess.Popen[bytes] | None = None
        self._running = self._ready = False
        self._familiar: list[dict[str, Any]] = []
        self._told = 0
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._control: Channel
        self.layers: tuple[str, ...] = ()

    def make_box(self, folder: Path, files: Path | None, limits: Limits) -> Process:
        """Make a box.

        Args:
            folder: an empty folder for the box.
            files: the folder whose files lie beside the notebook, if there is one.
            limits: what the box may use.

        Raises:
            BoxError: no process could be made.
            ConfinementError: the machine does not offer enough to confine it.
        """
        orders = {
            "folder": str(folder.absolute()),
            "files": str(files.absolute()) if files else None,
            "limits": asdict(limits),
        }
        try:
            watched, theirs_watched = socket.socketpair()
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise BoxError(f"no channel to a box could be opened: {error}") from error
        with theirs_watched, theirs:
            descriptors = [theirs_watched.fileno(), theirs.fileno()]
            end = self._fork(descriptors) if self._forks else self._start(descriptors)
        made = Process(Channel(ours, limits.reply), Channel(watched), end)
        try:
            made.order({**orders, "conditions": dict(self._conditions)})
        except BoxError as error:
            raise self._error(str(error)) from error
        self.layers = made.layers
        if not self._trusting:
            try:
                demand(made.layers)
            except BaseException:
                made.end()
                raise
        return made

    def familiarize(self, cells: Sequence[str], files: Sequence[bytes] = ()) -> None:
        """Name what many notebooks will hold, and everybody may know, so that no box has to read it first.

        Args:
            cells: texts of code cells.
            files: what lies in modules beside notebooks.
        """
        self._familiar = [*self._familiar, {"op": "familiar", "cells": list(cells), "files": list(files)}]

    def warm_up(self) -> None:
        """Start the process that boxes are forked from, if they are, so that it is ready when the first is wanted.

        Raises:
            BoxError: no process could be started.
        """
        if self._forks:
            self.start()

    def start(self) -> socket.socket:
        """Start the process, without waiting until it can make boxes.

        Returns:
            Where others ask for twins of it; one at a time.

        Raises:
            BoxError: no process could be started.
        """
        if not self._running:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = self._spawn([theirs.fileno()])
            self._control = Channel(ours)
            self._running, self._ready, self._told = True, False, 0
        return self._control.socket

    def join(self, desk: socket.socket) -> None:
        """Take a twin of another template's process for this one's, which would take seconds to start.

        Args:
            desk: what the other's ``start`` gave.

        Raises:
            BoxError: the other has ended.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                Channel(desk).send({"op": "twin"})
                socket.send_fds(desk, [b"s"], [theirs.fileno()])
            except (wire.WireError, OSError) as error:
                ours.close()
                raise BoxError("the process that makes boxes ended") from error
        self._control = Channel(ours)
        self._running = self._ready = True
        self._told = 0

    def close(self) -> None:
        """End the template, and with it every box that it has forked."""
        if self._running:
            self._running = False
            self._control.close()
        if self._process is not None:
            self._process.wait()
            self._process = None
        self._errors.close()

    def __enter__(self) -> "Template":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _fork(self, descriptors: list[int]) -> Callable[[], None]:
        """Fork a box, and say how its nanny is reaped."""
        fresh = not self._running
        self.start()
        if not self._ready:
            self._reply()
            self._ready = True
        try:
            while self._told < len(self._familiar):
                self._told += 1
                self._ask(self._familiar[self._told - 1])
            nanny = int(self._ask({"op": "fork"}, descriptors)["pid"])
        except BoxError:
            # Whatever ended or stopped it since the last box, such as the last notebook's code, a new one may do.
            if fresh:
                raise
            return self._fork(descriptors)
        control = self._control

        def end() -> None:
            if self._running and self._control is control:
                self._ask({"op": "end", "pid": nanny})

        return end

    def _start(self, descriptors: list[int]) -> Callable[[], None]:
        """Start a box anew, and say how it is ended."""
        process = self._spawn(descriptors)

        def end() -> None:
            process.wait()

        return end

    def _spawn(self, descriptors: list[int]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [*COMMAND, *map(str, descriptors), "--", *self._libraries],
                pass_fds=descriptors,
                env={**places.environment(os.path.expanduser("~")), **self._conditions},
                cwd=tempfile.gettempdir(),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                start_new_session=True,
            )
        except OSError as error:
            raise BoxError(f"no process could be started for the boxes: {error}") from error

    def _ask(self, request: dict[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        try:
            self._control.send(request)
            if descriptors is not None:
                socket.send_fds(self._control.socket, [b"s"], descriptors)
        except (wire.WireError, OSError) as error:
            raise self._broken() from error
        return self._reply()

    def _reply(self) -> dict[str, Any]:
        try:
            reply: dict[str, Any] = self._control.receive(time.monotonic() + START_SECONDS)
        except (wire.WireError, TimeoutError) as error:
            raise self._broken() from error
        return reply

    def _broken(self) -> BoxError:
        """Give up the process, so that the next box comes from a fresh one."""
        process, self._process = self._process, None
        self._running = False
        self._control.close()
        if process is not None:
            process.kill()
            process.wait()
        return self._error()

    def _error(self, what: str = "the process that makes boxes ended") -> BoxError:
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        return BoxError(f"{what}: {lines[-1]}" if lines else what)
