"""Starts 2,000 threads that wait, and 20 that do not.

Expected: the class is graded; only this answer is lost.
Forfeits: double, since its own process is busy.
"""

import threading
import time

until = time.monotonic() + 40


def spin():
    while time.monotonic() < until:
        pass


try:
    for _ in range(2_000):
        threading.Thread(target=time.sleep, args=(40,), daemon=True).start()
except (RuntimeError, MemoryError):
    pass
try:
    for _ in range(20):
        threading.Thread(target=spin, daemon=True).start()
except (RuntimeError, MemoryError):
    pass


def law(x):
    return 0.0
