"""Breaks something at a chosen step of a command, from within its process.

A fault is a dictionary: ``{"at": ["module:Class.method", …], "number": 7, "do": "kill", …}`` does it when one of the
functions is called for the seventh time, all of them counted together. No clock is involved, so that the same fault
breaks the same step each time.
"""

import atexit
import contextlib
import errno
import functools
import importlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.box.worker import kernel

Fault = dict[str, Any]

# What is held until the command ends.
_held: list[Any] = []


def install(fault: Fault, steps: Path) -> None:
    """Prepare a fault; without ``do`` the steps are only counted.

    Args:
        fault: what breaks, and where.
        steps: a file that gets a line with the name of each step.
    """
    if "first" in fault:
        PREPARATIONS[fault["first"]](fault)
    count = 0
    log = os.open(steps, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
    process = os.getpid()

    def step(name: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if os.getpid() != process:
            return
        os.write(log, f"{name}\n".encode())
        count += 1
        if "do" in fault and fault["number"] <= count < fault["number"] + fault.get("times", 1):
            ACTIONS[fault["do"]](fault, arguments)

    for name in fault.get("at", ()):
        _wrap(name, step)


def _wrap(name: str, step: Callable[[str, tuple[Any, ...]], None]) -> None:
    module_name, _, path = name.partition(":")
    holder: Any = importlib.import_module(module_name)
    *parents, last = path.split(".")
    for parent in parents:
        holder = getattr(holder, parent)
    original = getattr(holder, last)

    @functools.wraps(original)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        step(name, arguments)
        return original(*arguments, **named)

    setattr(holder, last, wrapper)


def children_of(process: int) -> list[int]:
    """The children of a process."""
    return [
        int(child)
        for task in os.listdir(f"/proc/{process}/task")
        for child in Path(f"/proc/{process}/task/{task}/children").read_text().split()
    ]


def processes() -> dict[str, int]:
    """The processes of the present box, from the judge down: each is the only child of the one before."""
    line = [os.getpid()]
    while children := children_of(line[-1]):
        line.append(children[0])
    if len(children_of(line[0])) > 1:
        return processes_of_a_crew(line[0])
    names = {"judge": line[0]}
    if len(line) > 1:
        names["template"] = line[1]
    if len(line) > 3:
        names.update(nanny=line[-2], student=line[-1])
    return names


def processes_of_a_crew(coordinator: int) -> dict[str, int]:
    """Processes of one ``autograder grade``: a worker, and the present box from the template down."""
    names = {"judge": coordinator}
    for child in children_of(coordinator):
        line = Path(f"/proc/{child}/cmdline").read_text()
        if "autograder.box.worker" in line:
            # The workers' templates are twins of the coordinator's.
            names["template"] = child
            for name in ("twin", "nanny", "student"):
                if child and (children := children_of(child)):
                    names[name] = child = children[0]
        elif "resource_tracker" not in line and (workers := children_of(child)):
            names["worker"] = workers[0]
    return names


def kill_from_a_grader(whom: str, marker: str) -> None:
    """Kill a process of the command from within a hidden grader, once."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
        server = os.getppid()
        coordinator = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(processes_of_a_crew(coordinator)[whom], signal.SIGKILL)


# What happens at the step


def _kill(fault: Fault, arguments: tuple[Any, ...]) -> None:
    target = processes().get(fault["whom"])
    if target is not None:
        os.kill(target, fault["signal"])


def _fail(fault: Fault, arguments: tuple[Any, ...]) -> None:
    raise OSError(fault["errno"], os.strerror(fault["errno"]))


def _write_half(fault: Fault, arguments: tuple[Any, ...]) -> None:
    """Leave half of a notebook on the disk, as ``FilesWriter.write`` can."""
    writer, output, resources = arguments[:3]
    path = Path(writer.build_directory) / f"{resources['unique_key']}.ipynb"
    path.write_text(output[: len(output) // 2])
    (_kill if "signal" in fault else _fail)(fault, arguments)


def _lock(fault: Fault, arguments: tuple[Any, ...]) -> None:
    """Hold the gradebook, for a moment or for as long as the command lives."""
    connection = sqlite3.connect("gradebook.db", isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    _held.append(connection)
    if "seconds" in fault:
        threading.Timer(fault["seconds"], connection.close).start()


def _use_up_descriptors(fault: Fault, arguments: tuple[Any, ...]) -> None:
    try:
        while True:
            _held.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise


def _fill_disk(fault: Fault, arguments: tuple[Any, ...]) -> None:
    """Leave neither a block nor an inode on the small disk."""
    for number in range(2 * _INODES):
        try:
            with (_place(fault) / f"filler-{number}").open("wb", buffering=0) as filler:
                while filler.write(bytes(4096)) == 4096:
                    pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def _vanish(fault: Fault, arguments: tuple[Any, ...]) -> None:
    Path(fault["path"]).rename("vanished")


def _run_another(fault: Fault, arguments: tuple[Any, ...]) -> None:
    """Run another command to its end."""
    with open("another.log", "w") as log:
        subprocess.run([sys.executable, *fault["command"]], check=False, stdout=log, stderr=log)


ACTIONS: dict[str, Callable[[Fault, tuple[Any, ...]], None]] = {
    "kill": _kill,
    "fail": _fail,
    "write half": _write_half,
    "lock": _lock,
    "use up descriptors": _use_up_descriptors,
    "fill disk": _fill_disk,
    "vanish": _vanish,
    "run another": _run_another,
}

# What is prepared before the command begins

_connect = sqlite3.connect
_INODES = 200


def _impatient(fault: Fault) -> None:
    """Let SQLite wait for a lock for a moment, not for five seconds."""

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        return _connect(*arguments, **{**named, "timeout": 0.2})

    sqlite3.connect = connect
    sqlite3.dbapi2.connect = connect


def _read_only(fault: Fault) -> None:
    """Let nobody write the gradebook."""

    def connect(database: str, *arguments: Any, **named: Any) -> sqlite3.Connection:
        return _connect(f"file:{database}?mode=ro", *arguments, **{**named, "uri": True})

    sqlite3.connect = connect
    sqlite3.dbapi2.connect = connect


def _few_descriptors(fault: Fault) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))


def _place(fault: Fault) -> Path:
    return Path(fault["disk"] or tempfile.gettempdir())


def _small_disk(fault: Fault) -> None:
    """Put a folder on a disk of its own that no other process sees; what is on it in the end is copied back."""
    place = _place(fault).absolute()
    below = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", place, "tmpfs", 0, f"size=2m,nr_inodes={_INODES}")
    shutil.copytree(f"/proc/self/fd/{below}", place, dirs_exist_ok=True)
    os.chdir(os.getcwd())

    def copy_back() -> None:
        ignored = shutil.ignore_patterns("filler-*")
        shutil.copytree(place, f"/proc/self/fd/{below}", dirs_exist_ok=True, ignore=ignored)

    atexit.register(copy_back)


def _one_by_one(fault: Fault) -> None:
    """Let a whole class be graded and stored one after the other, so that each run takes the same steps."""
    coordinator = importlib.import_module("autograder.gradebook.batch.coordinator")
    coordinator.BATCH = 1
    coordinator.Coordinator._room = lambda self: not self._busy


def _all_at_once(fault: Fault) -> None:
    """Let a whole class be stored when all of it is graded."""
    importlib.import_module("autograder.gradebook.batch.coordinator").PATIENCE = 1e9


PREPARATIONS: dict[str, Callable[[Fault], None]] = {
    "one by one": _one_by_one,
    "all at once": _all_at_once,
    "impatient": _impatient,
    "read only": _read_only,
    "few descriptors": _few_descriptors,
    "small disk": _small_disk,
}
