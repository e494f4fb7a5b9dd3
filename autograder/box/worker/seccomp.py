"""Which system calls a student's process may not make: a filter in BPF, put together here.

Everything else is allowed: what files and processes a call may reach is for the other layers to say. What is refused
gives no way round those layers, has a bad record, or leaves the bounds of memory (``memfd_create``). Where one of those
layers is missing, the filter takes its place as far as it can: see ``Allowed``.
"""

import errno
import platform
import struct
from dataclasses import dataclass

from autograder.box.worker import calls, kernel

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

# The controls of terminals, pipes and sockets; those of files and disks have other numbers.
_TERMINALS = (0x5400, 0x5500)


@dataclass(frozen=True)
class Allowed:
    """What is left to other layers to watch; without them it is refused.

    Attributes:
        sockets: sockets of the Unix family; others never are allowed.
        truncation: cutting files by name, which an old Landlock does not watch.
        attributes: changing rights, owners, times and other attributes of files, of which Landlock watches none.
        scheduling: setting the priority and the processors of processes other than the one that asks.
        allocation: taking room on a disk without writing to it, quicker than anybody could count.
    """

    sockets: bool = True
    truncation: bool = True
    attributes: bool = True
    scheduling: bool = True
    allocation: bool = True


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


def program(allowed: Allowed, machine: str = platform.machine()) -> bytes:
    """Put the filter together.

    Args:
        allowed: what other layers watch.
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
    answers = [(calls.REFUSED, errno.EPERM), (calls.MISSING, errno.ENOSYS)]
    if not allowed.attributes:
        answers += [(calls.UNHEEDED, 0), (calls.OUTDATED, errno.EPERM), (calls.UNSUPPORTED, errno.EOPNOTSUPP)]
    for table, number in answers:
        parts += [_for_call(n, _answer(number)) for n in (c[column] for c in table.values()) if n is not None]
    if not allowed.truncation:
        parts.append(_for_call(calls.TRUNCATE[column], _answer(errno.EPERM)))
    if not allowed.allocation:
        parts.append(_for_call(calls.FALLOCATE[column], _answer(errno.EOPNOTSUPP)))
    parts += _by_argument(column, allowed)
    parts.append(_instruction(_RETURN, _ALLOW))
    return b"".join(parts)


def _by_argument(column: int, allowed: Allowed) -> list[bytes]:
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
    if not allowed.attributes:
        first, behind = _TERMINALS
        at_all = _instruction(_JUMP_AT_LEAST, first, 0, 1) + _instruction(_JUMP_AT_LEAST, behind, 0, 1)
        typing.insert(1, at_all + _answer(errno.ENOTTY))
    parts = [
        _for_call(calls.SOCKET[column], unix if allowed.sockets else _answer(errno.EACCES)),
        _for_call(calls.SOCKETPAIR[column], unix),
        _for_call(calls.PRLIMIT[column], itself),
        _for_call(calls.CLONE[column], plain),
        _for_call(calls.IOCTL[column], b"".join(typing)),
    ]
    if not allowed.attributes:
        parts.append(_for_call(calls.UTIMENSAT[column], _times()))
    if not allowed.scheduling:
        parts += [_for_call(numbers[column], itself) for numbers in calls.SCHEDULING.values()]
        for numbers, process in calls.PRIORITIES.values():
            whose = _load_argument(0) + _instruction(_JUMP_EQUAL, process, 1, 0) + _answer(errno.EPERM)
            own = _unless_allowed(_load_argument(1), _instruction(_JUMP_EQUAL, 0, 0, 1), errno.EPERM)
            parts.append(_for_call(numbers[column], whose + own))
    return parts


def _times() -> bytes:
    """To set the times of a file is not heeded either, with one exception.

    Whoever asks by name for the time of now wants to know whether the file exists, as ``Path.touch`` does, and makes it
    after an error. For both pointers, the lower half says enough: either answer refuses.
    """
    name, times = _load_argument(1), _load_argument(2)
    refusal = _answer(errno.EPERM)
    given, nameless = _instruction(_JUMP_EQUAL, 0, 0, 3), _instruction(_JUMP_EQUAL, 0, 1, 0)
    return times + given + name + nameless + refusal + _answer(0)


def install(allowed: Allowed) -> None:
    """Put the filter on this process and on all that it starts; it cannot be taken off again.

    Raises:
        OSError: the kernel has no seccomp, or the processor is not one that we know.
    """
    kernel.install_filter(program(allowed))
