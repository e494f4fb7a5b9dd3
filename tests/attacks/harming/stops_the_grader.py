"""Stops the grader's processes, so that nothing ends and nothing fails; wakes them up after a minute.

Expected: the class is graded in its usual time.
"""

import contextlib
import os
import signal
import time


def law(x):
    victims = graders()
    if victims and os.fork() == 0:
        os.setsid()
        sign()
        time.sleep(55)
        for pid in victims:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGCONT)
        os._exit(0)
    for pid in victims:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGSTOP)
    return 0.0
