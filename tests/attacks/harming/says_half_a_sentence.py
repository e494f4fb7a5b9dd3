"""Writes the beginning of a frame to whoever listens, and then neither goes on nor ends.

Expected: the class is graded; only this answer is lost.
"""

import contextlib
import os
import stat
import struct
import time


def law(x):
    for descriptor in range(3, 200):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.write(descriptor, struct.pack(">IQ", 1 << 20, 1 << 20) + b'{"value": ')
    time.sleep(60)
