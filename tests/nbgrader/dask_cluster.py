"""A Dask cluster for tests: a scheduler and some workers, processes of their own, whose grading a test can disturb."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import psutil
from toy_class import environment

HOOKS = Path(__file__).with_name("dask_hooks.py")
PATIENCE = 300


class Cluster:
    """A scheduler with workers.

    Args:
        folder: an empty folder; temporary files of the workers go below it.
        threads: how many threads each worker has.
        variables: environment variables of all its processes.
    """

    def __init__(self, folder: Path, threads: tuple[int, ...] = (1, 1), variables: Mapping[str, str] | None = None):
        self.temporary = folder / "home"
        self._paused = folder / "paused"
        os.mkfifo(self._paused)
        self._pipe = os.open(self._paused, os.O_RDWR)
        self._environment = {**environment(self.temporary), "PATHWISE_PAUSED": str(self._paused), **(variables or {})}
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        assert self.scheduler.stderr is not None
        self.address = next(line.split()[-1] for line in self.scheduler.stderr if "Scheduler at:" in line)
        _drain(self.scheduler.stderr)
        self.workers = [self._worker(count, folder / f"worker{number}") for number, count in enumerate(threads)]

    def paused(self) -> int:
        """Wait until a worker says that it is at a submission that stops it, and give its process's id."""
        ready, _, _ = select.select([self._pipe], [], [], PATIENCE)
        assert ready, "no worker ever got there"
        return int(os.read(self._pipe, 100))

    def close(self) -> None:
        """End all processes."""
        processes = [*self.workers, self.scheduler]
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(PATIENCE)
            assert process.stderr is not None
        os.close(self._pipe)

    def _worker(self, threads: int, folder: Path) -> "subprocess.Popen[str]":
        own = ["--nthreads", str(threads), "--no-dashboard", "--local-directory", str(folder), "--preload", str(HOOKS)]
        process = self._start("worker", self.address, *own)
        assert process.stderr is not None
        _drain(process.stderr)
        return process

    def _start(self, kind: str, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def kill(process: int) -> list[psutil.Process]:
    """Kill a worker as a machine that goes down does, and give those of its descendants that outlive it."""
    descendants = psutil.Process(process).children(recursive=True)
    os.kill(process, signal.SIGKILL)
    return psutil.wait_procs(descendants, PATIENCE)[1]


def _drain(stream: IO[str]) -> None:
    """Read what nobody asks for, so that nobody waits until somebody does."""

    def read() -> None:
        with stream:
            for _ in stream:
                pass

    threading.Thread(target=read, daemon=True).start()
