"""Forks a tree of 255 processes, each in a session of its own with all signals ignored, as fast as it can.

Expected: the class is graded, and none of them is left.
"""

import os
import signal
import time


def grow(depth):
    for _ in range(2 if depth else 0):
        try:
            pid = os.fork()
        except OSError:
            return
        if pid == 0:
            sign()
            os.setsid()
            grow(depth - 1)
            time.sleep(40)
            os._exit(0)


for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_IGN)
grow(7)


def law(x):
    return 0.0
