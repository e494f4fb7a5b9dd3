"""Runs a command on a machine that offers less than this one: as an ordinary user, in a container, without Landlock.

    python tests/situations.py [user] [container] [old-kernel] [old-mounts] -- COMMAND ...

``container`` refuses new namespaces and mounts, as container engines do by default; ``old-kernel`` knows no Landlock;
``old-mounts`` cannot change mounts that exist. All three are seccomp filters, so that the code under test meets the
kernel's own refusals. ``user`` needs root: it becomes a user of no name, in mounts of its own in which the interpreter
can be reached although it may lie in a closed home.
"""

import errno
import os
import platform
import struct
import sys
from pathlib import Path

from autograder.box.worker import kernel

USER = 54321
PROJECT = Path(__file__).parent.parent
_X86 = platform.machine() == "x86_64"
_NAMESPACES_AND_MOUNTS = (272, 308, 165, 428, 442) if _X86 else (97, 268, 40, 428, 442)
_LANDLOCK = (444, 445, 446)
_MOUNT_SETATTR = (442,)


def refuse(numbers: tuple[int, ...], error: int) -> None:
    """Have the kernel refuse some system calls to this process and all that it starts."""
    load, equal, answer = 0x20, 0x15, 0x06
    program = struct.pack("=HBBI", load, 0, 0, 0)
    for number in numbers:
        program += struct.pack("=HBBI", equal, 0, 1, number) + struct.pack("=HBBI", answer, 0, 0, 0x00050000 | error)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.install_filter(program + struct.pack("=HBBI", answer, 0, 0, 0x7FFF0000))


def become_user() -> None:
    """Become an ordinary user who can reach the interpreter and the project."""
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    needed = {Path(os.path.realpath(p)) for p in (sys.prefix, sys.base_prefix, PROJECT)}
    closed: dict[Path, list[Path]] = {}
    for path in needed:
        barred = [p for p in reversed(path.parents) if not p.stat().st_mode & 1]
        if barred:
            closed.setdefault(barred[0], []).append(path)
    for folder, paths in closed.items():
        held = {path: os.open(path, os.O_PATH) for path in paths}
        kernel.mount("tmpfs", folder, "tmpfs", 0, "mode=755")
        for path, descriptor in held.items():
            path.mkdir(parents=True, exist_ok=True)
            kernel.bind(f"/proc/self/fd/{descriptor}", path)
            os.close(descriptor)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)


def main() -> None:
    """Lessen this machine for this process, and become the command."""
    words = sys.argv[1:]
    end = words.index("--")
    situation, command = words[:end], words[end + 1 :]
    if "user" in situation:
        become_user()
    if "container" in situation:
        refuse(_NAMESPACES_AND_MOUNTS, errno.EPERM)
    if "old-kernel" in situation:
        refuse(_LANDLOCK, errno.ENOSYS)
    if "old-mounts" in situation:
        refuse(_MOUNT_SETATTR, errno.ENOSYS)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
