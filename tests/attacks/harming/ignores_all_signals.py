"""Ignores and blocks every signal that can be, catches every exception, and loops for a minute.

Expected: the class is graded; only this answer is lost.
"""

import signal
import time


def law(x):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            while time.monotonic() < until:
                pass
        except BaseException:
            continue
    return 0.0
