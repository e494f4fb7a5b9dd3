"""Processes that work for a command: how many of them, and that none outlives it."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait

# What a process may still do when nobody waits for its work any more: take leave of its box.
GRACE_SECONDS = 5.0


def cores() -> int:
    """How many processes can run at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with_parent() -> None:
    """End this process when the one that it works for has ended: forked by a server, it would not notice otherwise."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(128 + signal.SIGTERM)
