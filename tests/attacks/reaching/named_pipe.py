"""Writes into a named pipe that another process reads.

Expected: nothing arrives.
"""

import contextlib
import os

with contextlib.suppress(OSError):
    os.write(os.open(PIPE, os.O_WRONLY | os.O_NONBLOCK), MARKER.encode())


def law(x):
    return 0.0
