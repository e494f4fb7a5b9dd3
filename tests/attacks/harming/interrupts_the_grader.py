"""Sends the grader what a person at its terminal would: interrupt, hang-up, quit, terminate, and the user's signals.

Expected: the class is graded, and the command does not notice.
"""

import contextlib
import os
import signal

NAMES = ("SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGPIPE", "SIGXCPU")


def law(x):
    for pid in graders():
        for name in NAMES:
            with contextlib.suppress(OSError):
                os.kill(pid, getattr(signal, name))
    return 0.0
