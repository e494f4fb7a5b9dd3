"""Which system calls a student's process may not make: a filter in BPF, put together here.

Everything else is allowed: what files and processes a call may reach is for the other layers to say. What is refused
gives no way round those layers, has a bad record, or leaves the bounds of memory (``memfd_create``).
"""

import errno
import platform
import struct

from autograder.box.worker import kernel

# Offsets in ``struct seccomp_data``; of an argument, its lower half comes first on these machines.
_NUMBER, _ARCHITECTURE = 0, 4
_ARGUMENTS = 16

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# On x86-64 the same calls exist a second time, with this bit in their number.
_X32_BIT = 0x40000000

_AF_UNIX = 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
# CLONE_NEWTIME shares its bit with the signal of a plain fork; only clone3 can ask for it.
_NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000

# name: number on x86-64, number on AArch64 (None where it has no such call)
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "vhangup": (153, 58),
    "personality": (135, 92),
    "seccomp": (317, 277),
}
# A library that finds these missing does without.
_MISSING: dict[str, tuple[int | None, int | None]] = {
    "clone3": (435, 435),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
_CLONE, _SOCKET, _SOCKETPAIR, _PRLIMIT, _IOCTL, _TRUNCATE = (
    (56, 220),
    (41, 198),
    (53, 199),
    (302, 261),
    (16, 29),
    (76, 45),
)


def _instruction(code: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, jump_true, jump_false, value)


def _load_argument(index: int, upper: bool = False) -> bytes:
    return _instruction(_LOAD, _ARGUMENTS + 8 * index + 4 * upper)


def _answer(number: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | number)


def _for_call(number: int, body: bytes) -> bytes:
    """What is done for one system call; ``body`` must end with an answer or leave the call's number loaded."""
    return _instruction(_JUMP_EQUAL, number, 0, len(body) // 8) + body


def _unless_allowed(load: bytes, test: bytes, number: int) -> bytes:
    """Allow a call whose argument passes the test; answer with an error otherwise."""
    return load + test + _instruction(_RETURN, _ALLOW) + _answer(number)


def program(sockets: bool = True, truncation: bool = True, machine: str = platform.machine()) -> bytes:
    """Put the filter together.

    Args:
        sockets: whether sockets of the Unix family may be made; others never may.
        truncation: whether files may be cut by name, which an old Landlock does not watch.
        machine: for what kind of processor.

    Raises:
        OSError: the calls of this kind of processor are not known.
    """
    if machine not in _AUDIT:
        raise OSError(f"the system calls of {machine} are not known")
    column = list(_AUDIT).index(machine)
    parts = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, _AUDIT[machine], 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        parts.append(_instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1) + _answer(errno.ENOSYS))
    for calls, number in ((_REFUSED, errno.EPERM), (_MISSING, errno.ENOSYS)):
        parts += [_for_call(n, _answer(number)) for n in (c[column] for c in calls.values()) if n is not None]
    if not truncation:
        parts.append(_for_call(_TRUNCATE[column], _answer(errno.EPERM)))
    parts += _by_argument(column, sockets)
    parts.append(_instruction(_RETURN, _ALLOW))
    return b"".join(parts)


def _by_argument(column: int, sockets: bool) -> list[bytes]:
    """The calls that are refused for some of their arguments."""
    unix = _unless_allowed(_load_argument(0), _instruction(_JUMP_EQUAL, _AF_UNIX, 0, 1), errno.EACCES)
    # A process may limit itself, but not look at or limit another.
    itself = _unless_allowed(_load_argument(0), _instruction(_JUMP_EQUAL, 0, 0, 1), errno.EPERM)
    plain = _unless_allowed(_load_argument(0), _instruction(_JUMP_SET, _NEW_NAMESPACES, 1, 0), errno.EPERM)
    typing = [
        _load_argument(1),
        _instruction(_JUMP_EQUAL, _TIOCSTI, 2, 0),
        _instruction(_JUMP_EQUAL, _TIOCLINUX, 1, 0),
        _instruction(_RETURN, _ALLOW),
        _answer(errno.EPERM),
    ]
    return [
        _for_call(_SOCKET[column], unix if sockets else _answer(errno.EACCES)),
        _for_call(_SOCKETPAIR[column], unix),
        _for_call(_PRLIMIT[column], itself),
        _for_call(_CLONE[column], plain),
        _for_call(_IOCTL[column], b"".join(typing)),
    ]


def install(sockets: bool, truncation: bool) -> None:
    """Put the filter on this process and on all that it starts; it cannot be taken off again.

    Raises:
        OSError: the kernel has no seccomp, or the processor is not one that we know.
    """
    kernel.install_filter(program(sockets, truncation))
