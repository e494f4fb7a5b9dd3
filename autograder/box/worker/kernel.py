"""Calls of the Linux kernel that Python's library does not offer, by ctypes.

Every function raises ``OSError`` where the kernel refuses, as those of ``os`` do.
"""

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

LINUX = sys.platform == "linux"

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
_MADV_COLLAPSE = 25
_HUGE_PAGE = 2 << 20
# mount_setattr(2)
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
AT_RECURSIVE = 0x8000
AT_FDCWD = -100

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_MACHINE = platform.machine()
_NUMBERS = {
    "x86_64": {"pivot_root": 155, "capset": 126},
    "aarch64": {"pivot_root": 41, "capset": 91},
}.get(_MACHINE, {})
# Newer calls have the same number everywhere.
_MOUNT_SETATTR = 442
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_LAST = 63

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def system_call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call by its number."""
    if not LINUX:
        raise OSError("this system has other calls")
    return _checked(
        _libc.syscall(
            ctypes.c_long(number),
            *(ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments),
        )
    )


def _named(name: str) -> int:
    if name not in _NUMBERS:
        raise OSError(f"the number of {name} on {_MACHINE} is not known")
    return _NUMBERS[name]


def prctl(option: int, *arguments: int) -> int:
    """Change something about this process."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(_libc.prctl(ctypes.c_int(option), *(ctypes.c_ulong(a) for a in padded)))


def install_filter(program: bytes) -> None:
    """Let a seccomp filter, an array of BPF instructions, decide on every further system call."""
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    holder = ctypes.create_string_buffer(head, len(head))
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(holder))


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    _checked(_libc.unshare(ctypes.c_int(flags)))


def setns(descriptor: int, kind: int) -> None:
    """Move this process, or for a pid namespace its future children, into a namespace that exists."""
    _checked(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)))


def mount(source: str, target: Path | str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount a file system."""
    _checked(
        _libc.mount(
            ctypes.c_char_p(source.encode()),
            ctypes.c_char_p(os.fsencode(target)),
            ctypes.c_char_p(kind.encode() if kind else None),
            ctypes.c_ulong(flags),
            ctypes.c_char_p(data.encode() or None),
        )
    )


def bind(source: Path | str, target: Path | str) -> None:
    """Show a file or folder, with all that is mounted below it, in a second place."""
    mount(os.fsdecode(source), target, None, MS_BIND | MS_REC)


def restrict_mounts(target: Path | str, attributes: int, recursive: bool = True) -> None:
    """Add attributes to a mount, and to all mounts below it if so asked."""
    change = struct.pack("=QQQQ", attributes, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    system_call(_MOUNT_SETATTR, AT_FDCWD, os.fsencode(target), flags, change, len(change))


def enter_root(folder: Path | str) -> None:
    """Make a mount the root of this process's world, and forget the old one."""
    os.chdir(folder)
    system_call(_named("pivot_root"), b".", b".")
    _checked(_libc.umount2(ctypes.c_char_p(b"."), ctypes.c_int(MNT_DETACH)))
    os.chdir("/")


def drop_bounding_set() -> None:
    """Give up every capability for good, also for programs that would get it from their file."""
    for capability in range(_CAP_LAST + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            if capability == 0:
                raise
            return  # the kernel knows no more


def drop_capabilities() -> None:
    """Give up every capability that this process has."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    system_call(_named("capset"), header, bytes(24))


def gather_memory() -> None:
    """Put this process's memory into huge pages, so that a fork copies hundreds of entries and not some 70,000.

    A kernel that does not offer that leaves everything as it is.
    """
    with open("/proc/self/maps") as lines:
        regions = [line.split() for line in lines]
    for addresses, permissions, _, _, inode, *name in regions:
        if inode != "0" or permissions[1] != "w" or name not in ([], ["[heap]"]):
            continue
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE
        if start < end:
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), ctypes.c_int(_MADV_COLLAPSE))
