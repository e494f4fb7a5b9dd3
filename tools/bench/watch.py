"""Watches a command while it runs: how much memory its processes take, and when its first result is there.

Linux tells both in ``/proc``; elsewhere the memory stays unknown.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
MEBIBYTE = 1 << 20
# How often, in seconds: before the first result, after it, and how often everything is counted.
EAGERLY, PATIENTLY, THOROUGHLY = 0.005, 0.05, 0.5


@dataclass
class Memory:
    """Peaks in bytes; 0 where nobody knows.

    Attributes:
        coordinator: of the process that finds, hands out and writes.
        worker: of the largest of those that judge.
        box: of the largest of those that run notebooks, and of what they are forked from, shared pages included.
        together: of all of them, shared pages counted once; sampled, so that a short peak may be missed.
    """

    coordinator: int = 0
    worker: int = 0
    box: int = 0
    together: int = 0


@dataclass
class Watched:
    """How a command went.

    Attributes:
        seconds: from its start to its end.
        first: from its start to the first result, or None if there was none.
        first_count: how many results were there then.
        memory: peaks.
        code: its exit code.
        output: what it printed.
        errors: what it said on stderr.
    """

    seconds: float = 0.0
    first: float | None = None
    first_count: int = 0
    memory: Memory = field(default_factory=Memory)
    code: int = 0
    output: str = ""
    errors: str = ""


def watch(command: list[str], folder: Path, results: Path) -> Watched:
    """Run a command and watch it.

    Args:
        command: the command line.
        folder: where it runs.
        results: ``results/<student>/<assignment>`` appears with each result.
    """
    watched = Watched()
    out, err = folder / "bench.out", folder / "bench.err"
    with out.open("w") as output, err.open("w") as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        try:
            _follow(process, watched, begun, results)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    watched.code, watched.output, watched.errors = process.returncode, out.read_text(), err.read_text()
    return watched


def _follow(process: "subprocess.Popen[bytes]", watched: Watched, begun: float, results: Path) -> None:
    counted = 0.0
    while True:
        # Waiting ends with the process, so that the pause costs no precision there.
        with suppress(subprocess.TimeoutExpired):
            process.wait(EAGERLY if watched.first is None else PATIENTLY)
            watched.seconds = time.perf_counter() - begun
        if watched.first is None and (there := sum(1 for _ in _whole(results))):
            watched.first, watched.first_count = time.perf_counter() - begun, there
        if watched.seconds:
            return
        watched.memory.coordinator = max(watched.memory.coordinator, _peak(process.pid))
        if time.perf_counter() - counted > THOROUGHLY:
            _count(process.pid, watched.memory)
            counted = time.perf_counter()


def _whole(results: Path) -> Iterator[str]:
    """Results that are in their places, not those that are being made beside them."""
    with suppress(OSError):
        for student in os.scandir(results):
            yield from (entry.path for entry in os.scandir(student.path) if not entry.name.startswith("."))


def _count(coordinator: int, memory: Memory) -> None:
    """Take the peaks of all processes of a command."""
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    everybody = [coordinator]
    for child in children.get(coordinator, []):
        judges = "forkserver" in _command(child)
        family = list(_family(child, children))
        everybody += family
        for pid in family:
            if judges and pid != child:
                memory.worker = max(memory.worker, _peak(pid))
            elif not judges:
                memory.box = max(memory.box, _peak(pid))
    memory.together = max(memory.together, sum(map(_share, everybody)))


def _family(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    yield pid
    for child in children.get(pid, []):
        yield from _family(child, children)


def _command(pid: int) -> str:
    with suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    return ""


def _peak(pid: int) -> int:
    return _kilobytes(pid, "status", "VmHWM:")


def _share(pid: int) -> int:
    return _kilobytes(pid, "smaps_rollup", "Pss:")


def _kilobytes(pid: int, file: str, name: str) -> int:
    """One line of what Linux tells of a process, in bytes; 0 when the process has ended."""
    with suppress(OSError, ValueError, IndexError):
        for line in (PROC / str(pid) / file).read_text().splitlines():
            if line.startswith(name):
                return 1024 * int(line.split()[1])
    return 0
