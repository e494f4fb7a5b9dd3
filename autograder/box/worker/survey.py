"""Finds out which layers of confinement a machine offers, by making boxes and throwing them away."""

import errno
import os
import shutil
import signal
import tempfile
from collections.abc import Collection
from pathlib import Path

from autograder.box.worker import confinement, kernel, root, users
from autograder.box.worker.confinement import ALWAYS, NANNY_LAYERS, STUDENT_LAYERS, Making, Unavailable

_MEBIBYTE = 1 << 20
_LIMITS = {
    "memory": 1024 * _MEBIBYTE,
    "file_size": _MEBIBYTE,
    "disk": 4 * _MEBIBYTE,
    "files": 100,
    "descriptors": 64,
    "processes": 16,
    "cpu_seconds": 60,
}
_WELL = b"well"
# That there is too little of something right now is no lack of a layer: no box is made then, rather than a weaker one.
_PASSING = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE}


def survey() -> list[str]:
    """Find the layers that hold here together.

    Raises:
        Unavailable: not even what every system offers does.
    """
    root.get_ready()
    plan = [layer.__name__ for layer in (*NANNY_LAYERS, *STUDENT_LAYERS)]
    while (failed := rehearse(plan)) is not None:
        if failed in ALWAYS or failed not in plan:
            raise Unavailable(f"no box can be made here, since this fails: {failed}")
        plan.remove(failed)
    return plan


def rehearse(plan: Collection[str]) -> str | None:
    """Make a box with these layers and end it: the name of the layer that failed, or None."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-trial-"))
    reading, writing = os.pipe()
    try:
        try:
            child = fork_nanny(plan)
        except OSError as error:
            if error.errno in _PASSING:
                raise Unavailable(f"no box can be made now: {error.strerror}") from error
            return "pid_namespace"
        if child == 0:
            _play(Making(folder, None, _LIMITS, plan), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            answer = told.read()
        os.waitpid(child, 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None if answer == _WELL else answer.decode() or "its process ends"


def _play(making: Making, told: int) -> None:
    """Be the nanny of a trial, and its student."""
    try:
        confinement.apply(NANNY_LAYERS, making)
        student = os.fork()
        if student == 0:
            confinement.apply(STUDENT_LAYERS, making)
            os.write(told, _WELL)
        else:
            os.waitpid(student, 0)
    except Unavailable as error:
        passing = isinstance(error.__cause__, OSError) and error.__cause__.errno in _PASSING
        os.write(told, f"{error}{f': {error.__cause__}' if passing else ''}".encode())
    except BaseException as error:
        os.write(told, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(0)


def fork_nanny(plan: Collection[str]) -> int:
    """Fork a process that is to be a nanny, as the first of a pid namespace where that is planned.

    Raises:
        OSError: it cannot be done.
    """
    if "pid_namespace" not in plan:
        return os.fork()
    ours = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        kernel.unshare(kernel.CLONE_NEWPID)
        child = os.fork()
        if child != 0:
            kernel.setns(ours, kernel.CLONE_NEWPID)
    finally:
        os.close(ours)
    return child


def become_root_of_little() -> None:
    """As an ordinary user: be the owner of new namespaces, in which a template may do what root may do elsewhere.

    The process goes on as a child of what it was, and ends with it. Where the machine does not offer that, nothing
    changes.
    """
    if not kernel.LINUX or os.geteuid() == 0 or not _offered():
        return
    _enter()
    child = os.fork()
    if child != 0:
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        _, status = os.waitpid(child, 0)
        os._exit(abs(os.waitstatus_to_exitcode(status)))
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _enter() -> None:
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    users.map_itself(user, group)


def _offered() -> bool:
    """Whether a user may own namespaces here, and use them: some systems grant the first without the second."""
    child = os.fork()
    if child == 0:
        try:
            _enter()
            kernel.unshare(kernel.CLONE_NEWNS)
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0
