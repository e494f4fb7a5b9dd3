"""Stops its own process, which then neither answers nor ends.

Expected: the class is graded; only this answer is lost.
"""

import os
import signal


def law(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 0.0
