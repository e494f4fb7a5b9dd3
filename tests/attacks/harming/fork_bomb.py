"""Forks 300 processes that wait, and leaves them.

Expected: the class is graded, and none of them is left.
"""

import os
import time

for _ in range(300):
    try:
        pid = os.fork()
    except OSError:
        break
    if pid == 0:
        sign()
        time.sleep(40)
        os._exit(0)


def law(x):
    return 0.0
