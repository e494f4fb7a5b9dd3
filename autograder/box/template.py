"""The template, seen from the judge: a process that forks boxes."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.limits import Limits
from autograder.course.errors import BoxError

COMMAND = (sys.executable, "-P", "-s", "-m", "autograder.box.worker")
# Importing torch from a cold disk takes its time; a template that needs longer than this is broken.
START_SECONDS = 120.0
# macOS breaks a forked process that has loaded its numerical libraries; there each box is started anew.
FORKS = sys.platform != "darwin"


def environment(home: str, temporary: str | None = None) -> dict[str, str]:
    """The environment of a template or box: nothing of ours but what a notebook needs.

    Args:
        home: what the process takes for its home.
        temporary: where its temporary files go; the system's place if not given.
    """
    threads = ("OMP", "MKL", "OPENBLAS", "VECLIB_MAXIMUM", "NUMEXPR")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": home,
        "TMPDIR": temporary or tempfile.gettempdir(),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"{library}_NUM_THREADS": "1" for library in threads},
    }


class Template:
    """Makes boxes; its process starts when the first is asked for, and anew when it was killed.

    Args:
        forks: whether boxes are forked from one warm process, or started anew each.
        conditions: environment variables that a proof wants to be otherwise than usual.
    """

    def __init__(self, forks: bool = FORKS, conditions: Mapping[str, str] = MappingProxyType({})) -> None:
        self._forks = forks
        self._conditions = conditions
        self._process: subprocess.Popen[bytes] | None = None
        self._forked: set[int] = set()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._control: Channel

    def make_box(self, folder: Path, limits: Limits) -> tuple[int, Channel]:
        """Make a box.

        Args:
            folder: the box's work folder.
            limits: what it may use.

        Returns:
            Its process id, which is also its process group, and the channel to it.

        Raises:
            BoxError: no process could be made.
        """
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise BoxError(f"no channel to a box could be opened: {error}") from error
        request = {"op": "fork", "folder": str(folder), "seed": 0, "limits": asdict(limits)}
        request["environment"] = {**environment(str(folder), str(folder)), **self._conditions}
        channel = Channel(ours)
        with theirs:
            if self._forks:
                return self._fork(theirs, request), channel
            process = self._spawn(theirs, "box")
        self._children[process.pid] = process
        try:
            channel.send(request)
        except wire.WireError as error:
            self.reap(process.pid)
            raise self._error() from error
        return process.pid, channel

    def reap(self, pid: int) -> int:
        """Wait for a box that has died or been killed.

        Returns:
            Its exit code, or minus the number of the signal that ended it.

        Raises:
            BoxError: the process that forked it has ended, and the box with it.
        """
        if pid in self._children:
            return self._children.pop(pid).wait()
        if pid not in self._forked:
            raise self._error()
        self._forked.discard(pid)
        return int(self._ask({"op": "wait", "pid": pid})["status"])

    def close(self) -> None:
        """End the template, and with it every box that it has forked."""
        if self._process is not None:
            self._control.close()
            self._process.wait()
            self._process = None
        for pid in list(self._children):
            self._children[pid].kill()
            self.reap(pid)
        self._errors.close()

    def __enter__(self) -> "Template":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _fork(self, connection: socket.socket, request: dict[str, Any]) -> int:
        fresh = self._process is None
        if fresh:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = self._spawn(theirs)
            self._control = Channel(ours)
            self._reply()
        try:
            pid = int(self._ask(request, connection)["pid"])
        except BoxError:
            # Whatever ended or stopped it since the last box, such as the last notebook's code, a new one may do.
            if fresh:
                raise
            return self._fork(connection, request)
        self._forked.add(pid)
        return pid

    def _spawn(self, connection: socket.socket, *arguments: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [*COMMAND, str(connection.fileno()), *arguments],
                pass_fds=[connection.fileno()],
                env={**environment(os.path.expanduser("~")), **self._conditions},
                cwd=tempfile.gettempdir(),
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                start_new_session=True,
            )
        except OSError as error:
            raise BoxError(f"no process could be started for the boxes: {error}") from error

    def _ask(self, request: dict[str, Any], passed: socket.socket | None = None) -> dict[str, Any]:
        try:
            self._control.send(request)
            if passed is not None:
                socket.send_fds(self._control.socket, [b"s"], [passed.fileno()])
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
        self._control.close()
        self._forked.clear()
        if process is not None:
            process.kill()
            process.wait()
        return self._error()

    def _error(self) -> BoxError:
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        return BoxError(f"the process that makes boxes ended: {lines[-1] if lines else 'it said nothing'}")
