"""The process that watches over a box: it makes the student's process, counts what it takes, and ends all of it.

It is forked from the template, reads its orders from a socket of its own, and tells the judge by it how the student's
process ended. In a pid namespace it is the first process, with which all others end; elsewhere it adopts what the
student's process leaves behind, and kills it.
"""

import contextlib
import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from autograder.box import wire
from autograder.box.channel import Channel
from autograder.box.worker import confinement, kernel
from autograder.box.worker.census import Census, newest
from autograder.box.worker.confinement import Making
from autograder.box.worker.disk import Disk

_TICK_SECONDS = 0.1
# Where the system does not bound the number of processes, new ones are looked for that often.
_BRIEF_SECONDS = 0.01
# So many processes and threads may be started for each that may run at a time: whoever forks on and on is stopped.
_GENERATIONS = 300
_FAILED = 70


class Nanny:
    """Watches one student's process and all that it starts.

    Args:
        making: the box.
        judge: the channel by which orders come, and by which the end is told.
        student: the process.
    """

    def __init__(self, making: Making, judge: Channel, student: int) -> None:
        self._making = making
        self._judge = judge
        self._student = student
        self._exit_code: int | None = None
        self._started = time.monotonic()
        self._census = Census("new_root" in making.plan) if kernel.LINUX else None
        self._baseline = self._census.count().memory if self._census else 0
        self._unbounded = kernel.LINUX and "bounded_processes" not in making.plan
        self._counted, self._spare = 0.0, making.limits["processes"]
        self._newest = newest() if self._unbounded else 0
        members = self._census.members if self._census else list[int]
        limits = making.limits
        quota = "new_root" in making.plan
        self._disk = None if quota else Disk(making.folder, limits["disk"], limits["files"], members)

    def watch(self) -> None:
        """Look on until the student's process ends, the judge hangs up, or a limit is hit."""
        handle = os.pidfd_open(self._student) if hasattr(os, "pidfd_open") else None
        poll = select.poll()
        for descriptor in (self._judge.socket.fileno(), handle):
            if descriptor is not None:
                poll.register(descriptor, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(self._patience() * 1000)}
            self._reap()
            if self._exit_code is not None:
                return self._tell("")
            if self._judge.socket.fileno() in ready and not self._obey():
                return None
            limit = self._limit_hit()
            if limit:
                return self._tell(limit)

    def _patience(self) -> float:
        patience = self._disk.seconds() if self._disk else _TICK_SECONDS
        return min(patience, _BRIEF_SECONDS) if self._unbounded else patience

    def _obey(self) -> bool:
        """Do what the judge asks; say whether it is still there."""
        try:
            self._judge.receive()
        except wire.WireError:
            return False
        with contextlib.suppress(OSError):
            os.kill(self._student, signal.SIGINT)
        return True

    def _reap(self) -> None:
        """Take leave of every process that has ended, whoever was its parent."""
        with contextlib.suppress(ChildProcessError):
            while True:
                process, status = os.waitpid(-1, os.WNOHANG)
                if process == 0:
                    return
                if process == self._student:
                    self._exit_code = os.waitstatus_to_exitcode(status)

    def _limit_hit(self) -> str:
        limits, now = self._making.limits, time.monotonic()
        if now - self._started > limits["session_seconds"]:
            return "wall"
        if self._disk is not None and self._disk.is_full():
            return "disk"
        if self._census is None:
            return ""
        many = self._have_many_started()
        if not many and now - self._counted < _TICK_SECONDS:
            return ""
        self._counted = now
        # Whoever forks fast enough leaves us no time to count: until we have, nothing goes on that we can reach.
        held = many and "signals_of_its_own" in self._making.plan
        if held:
            _signal_all_in_reach(signal.SIGSTOP)
        limit = self._limit_hit_together(self._census)
        if held and not limit:
            _signal_all_in_reach(signal.SIGCONT)
        return limit

    def _limit_hit_together(self, census: Census) -> str:
        """Count what all processes take."""
        self._newest = newest() if self._unbounded else 0
        limits, count = self._making.limits, census.count()
        self._spare = limits["processes"] - count.processes
        allowed = self._baseline + limits["memory"]
        if count.memory > allowed and census.precise_memory() > allowed:
            return "memory"
        if census.cpu_seconds > limits["cpu_seconds"]:
            return "cpu"
        generations = census.last_number() / _GENERATIONS
        if max(generations, count.processes) > limits["processes"]:
            return "processes"
        return ""

    def _have_many_started(self) -> bool:
        """Whether more processes have been started since the last count than the box may still have.

        By whom is not known before they are counted: all that other people start is a reason to count as well.
        """
        return self._unbounded and not 0 <= newest() - self._newest <= self._spare

    def _tell(self, limit: str) -> None:
        with contextlib.suppress(wire.WireError):
            self._judge.send({"exit": self._exit_code, "limit": limit})

    def end_all(self) -> None:
        """Leave no process of the box behind."""
        if "pid_namespace" in self._making.plan:
            return  # they end with us
        while self._exit_code is None or _has_children():
            if self._making.user is not None:
                _kill_all_of(self._making.user)
            elif "signals_of_its_own" in self._making.plan:
                _signal_all_in_reach(signal.SIGKILL)
            else:
                self._kill_what_is_found()
            self._reap()

    def _kill_what_is_found(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._student, signal.SIGKILL)
        for process in self._census.members() if self._census else ():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _kill_all_of(user: int) -> None:
    """Kill every process of a user, by a helper that is one of them."""
    helper = os.fork()
    if helper == 0:
        try:
            os.setresuid(user, user, user)
            _signal_all_in_reach(signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(helper, 0)


def _signal_all_in_reach(number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(-1, number)


def look_after(control: socket.socket, plan: Collection[str], student: Callable[[Making], None]) -> None:
    """Be the nanny of one box, then end this process and with it the box.

    Args:
        control: where the judge's orders come from.
        plan: the layers of confinement that the box must have.
        student: what the student's process does, once it is made.
    """
    judge = Channel(control)
    nanny = None
    try:
        if kernel.LINUX:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        making = make(judge.receive(trusted=True), plan)
        process = os.fork()
        if process == 0:
            control.close()
            _be(student, making)
        nanny = Nanny(making, judge, process)
        judge.send({"layers": list(plan), "left_out": making.left_out})
        nanny.watch()
    except confinement.Unavailable as error:
        with contextlib.suppress(wire.WireError):
            judge.send({"failed": f"{error}: {error.__cause__}"})
    except wire.WireError:
        pass  # the judge has ended
    except BaseException:
        traceback.print_exc()  # for the judge, who reads it where the template's own would stand
    finally:
        if nanny is not None:
            nanny.end_all()
        os._exit(0)


def make(orders: Mapping[str, Any], plan: Collection[str]) -> Making:
    """Make a box, as far as that is the nanny's to do.

    Raises:
        Unavailable: a layer failed.
    """
    files = orders["files"]
    making = Making(Path(orders["folder"]), Path(files) if files else None, orders["limits"], plan)
    making.conditions = orders["conditions"]
    confinement.apply(confinement.NANNY_LAYERS, making)
    return making


def _be(student: Callable[[Making], None], making: Making) -> None:
    try:
        student(making)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(_FAILED)
