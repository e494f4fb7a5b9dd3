"""Landlock: which files a student's process may read and write, whatever its user may.

See https://docs.kernel.org/userspace-api/landlock.html. Everything that the kernel knows how to restrict is restricted;
then single places are allowed. The rules cannot be taken off again and hold for all that the process starts.
"""

import os
import struct
from collections.abc import Iterable
from pathlib import Path

from autograder.box.worker import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1  # a flag: tell which version there is
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
# Bits up to 12: remove and make files of all kinds; then REFER, TRUNCATE and IOCTL_DEV came.
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TRUNCATE, _DEVICE_CONTROL = 1 << 14, 1 << 15
# Making devices, sockets aside, is no business of a student's.
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _DEVICE_CONTROL
_TCP = 1 | 2
_SCOPES = 1 | 2  # abstract Unix sockets, signals
READ = EXECUTE | READ_FILE | READ_DIR
SCOPES_SINCE, TRUNCATE_SINCE = 6, 3


def version() -> int:
    """The newest version that the kernel offers; 0 for none."""
    try:
        return kernel.system_call(_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path], scopes_only: bool = False) -> None:
    """Restrict this process, which must have given up new privileges.

    Args:
        readable: files and folders that may be read, and programs in them run.
        writable: files and folders in which anything may be done.
        scopes_only: whether only signals and abstract sockets are kept inside; files then stay free.

    Raises:
        OSError: the kernel has no Landlock, or a place does not exist.
    """
    offered = version()
    if offered == 0 or (scopes_only and offered < SCOPES_SINCE):
        raise OSError("this kernel does not offer it")
    files = (1 << _RIGHTS_BY_VERSION[min(offered, max(_RIGHTS_BY_VERSION))]) - 1
    handled = 0 if scopes_only else files
    network = _TCP if offered >= 4 and not scopes_only else 0
    attributes = struct.pack("=QQQ", handled, network, _SCOPES if offered >= SCOPES_SINCE else 0)
    size = 24 if offered >= SCOPES_SINCE else 16 if offered >= 4 else 8
    ruleset = kernel.system_call(_CREATE, attributes[:size], size, 0)
    try:
        if not scopes_only:
            for path in readable:
                _allow(ruleset, path, READ & files)
            for path in writable:
                _allow(ruleset, path, files & ~(_MAKE_CHAR | _MAKE_BLOCK))
        kernel.system_call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():
            rights &= _FOR_FILES
        kernel.system_call(_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
