"""Runs one command and tells what it left running: ``python runner.py REPORT NOTES SECONDS command …``.

The command is ended when nothing has been added to the folder NOTES for so many seconds: it hangs.

It is a subreaper, so whatever the command's descendants start and abandon becomes its child and can be neither missed
nor left alive. It uses nothing but the standard library.
"""

import contextlib
import ctypes
import itertools
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
# What ends by itself just behind the command is no survivor.
PATIENCE_SECONDS = 5.0
# An attack that gets through may not take the machine down with it.
LARGEST_FILE = 1 << 30
LARGEST_DATA = 6 << 30
DEEPEST = 60


def main() -> None:
    """Run the command, write the report, end with the command's exit code."""
    report, notes, seconds, command = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_DATA, LARGEST_DATA))
    started = time.monotonic()
    process = subprocess.Popen(command, start_new_session=True)
    most: dict[int, list[float]] = {}
    code = wait(process, notes, seconds, most)
    elapsed = time.monotonic() - started
    left = survivors(0.0 if code is None else PATIENCE_SECONDS)
    end_all()
    report.write_text(json.dumps({"code": code, "seconds": elapsed, "survivors": left, "most": most}))
    sys.exit(1 if code is None else abs(code) % 256)


def wait(process: "subprocess.Popen[bytes]", notes: Path, seconds: float, most: dict[int, list[float]]) -> int | None:
    """Wait for the command, and note the most that was used at a time in each student's turn.

    Returns:
        The exit code; None where it hung and had to be killed.
    """
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < seconds:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(0.25)
        count = len(os.listdir(notes))
        if count != seen:
            seen, since = count, time.monotonic()
        most[seen] = [max(pair) for pair in zip(use(), most.get(seen, [0.0] * 4), strict=True)]
    process.kill()
    process.wait()
    return None


def use() -> list[float]:
    """Processes below this one, their memory in MiB, files in the course and the temporary folder, and their MiB."""
    below = descendants()
    memory = 0
    for pid in below:
        with contextlib.suppress(OSError, StopIteration, ValueError), open(f"/proc/{pid}/smaps_rollup") as file:
            memory += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    files = blocks = 0
    for folder, folders, names in itertools.chain(os.walk(os.environ["TMPDIR"]), os.walk(os.getcwd())):
        if folder.count("/") > DEEPEST:
            folders.clear()
        for name in names:
            with contextlib.suppress(OSError):
                files, blocks = files + 1, blocks + os.lstat(os.path.join(folder, name)).st_blocks
    return [len(below), memory / 1024, files, blocks / 2048]


def survivors(patience: float) -> list[str]:
    """What runs on for longer than is granted, as names and command lines."""
    deadline = time.monotonic() + patience
    while True:
        reap()
        left = descendants()
        if not left or time.monotonic() > deadline:
            return [f"{comm}: {line}" for comm, line in left.values()]
        time.sleep(0.1)


def descendants() -> dict[int, tuple[str, str]]:
    """Every process below this one that is no zombie: its name and its command line."""
    parents, told = {}, {}
    for entry in os.scandir("/proc") if os.path.isdir("/proc") else ():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            head, _, rest = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")
            state, parent = rest.split()[:2]
            if state != "Z":
                line = Path(entry.path, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                told[int(entry.name)] = (head.partition("(")[2], line[:300])
                parents[int(entry.name)] = int(parent)
    ours = {os.getpid()}
    while found := {pid for pid, parent in parents.items() if parent in ours and pid not in ours}:
        ours |= found
    return {pid: told[pid] for pid in ours - {os.getpid()}}


def reap() -> None:
    """Take back whatever has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def end_all() -> None:
    """Stop everything, then kill it, until nothing is left: what forks faster than it is killed is stopped first."""
    for _ in range(500):
        left = descendants()
        if not left:
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        time.sleep(0.01)
        reap()


if __name__ == "__main__":
    main()
