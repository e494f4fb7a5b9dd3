"""Which places of the machine a student's process may see, and what its environment says."""

import functools
import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

# Where a box with a root of its own has its folders.
HOME, TEMPORARY, SHARED_MEMORY = Path("/home/student"), Path("/tmp"), Path("/dev/shm")
TERMINALS = Path("/dev/pts")
DEVICES = tuple(Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom"))

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
# What libraries look up: names of services, fonts, time zones. None of it tells of a course.
_SETTINGS = (
    "alternatives",
    "fonts",
    "hosts",
    "ld.so.cache",
    "localtime",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "texmf",
)
_PROGRAMS = ("/usr/local/bin", "/usr/bin", "/bin")
_OF_THE_KERNEL = ("self", "cpuinfo", "meminfo", "filesystems", "stat", "version", "sys/kernel", "sys/vm")


@functools.cache
def readable() -> tuple[Path, ...]:
    """The system, the interpreter and its packages; folders that others were added from are none of them.

    A checkout that is installed in place, for example, may hold anything, the secret room included.
    """
    names = {name: sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    interpreter = (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *names.values())
    found = [Path(name) for name in (*_SYSTEM, *interpreter) if os.path.exists(name)]
    found += [path for name in _SETTINGS if (path := Path("/etc", name)).exists()]
    return tuple(outermost([*found, *(Path(os.path.realpath(path)) for path in found)]))


def kernel_files() -> list[Path]:
    """What a process may read of ``/proc`` where it has none of its own."""
    return [path for name in _OF_THE_KERNEL if (path := Path("/proc", name)).exists()]


def outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths that lie in none of the others."""
    kept: list[Path] = []
    for path in sorted(set(paths), key=lambda path: len(path.parts)):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return kept


def exposed(protected: Iterable[Path]) -> dict[Path, Path]:
    """The places that must stay hidden and lie where every box may read; each with the place that shows it."""
    shown = [Path(os.path.realpath(path)) for path in readable()]
    hidden = [Path(os.path.realpath(path)) for path in protected]
    return {path: place for path in hidden for place in shown if path.is_relative_to(place)}


def environment(home: str, temporary: str | None = None) -> dict[str, str]:
    """The environment of a template or box: nothing of ours but what a notebook needs.

    Args:
        home: what the process takes for its home.
        temporary: where its temporary files go; the system's place if not given.
    """
    threads = ("OMP", "MKL", "OPENBLAS", "VECLIB_MAXIMUM", "NUMEXPR")
    return {
        "PATH": os.pathsep.join(dict.fromkeys([f"{sys.prefix}/bin", f"{sys.base_prefix}/bin", *_PROGRAMS])),
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": temporary or tempfile.gettempdir(),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        # A box has none of the machine's devices, and no library shall look for one.
        **dict.fromkeys(("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"), ""),
        **{f"{library}_NUM_THREADS": "1" for library in threads},
    }
