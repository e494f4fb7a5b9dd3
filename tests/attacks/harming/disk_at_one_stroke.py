"""Reserves 900 MiB of the disk, which takes no time and no writing.

Expected: the class is graded, and the room is never taken.
"""

import contextlib
import os

with contextlib.suppress(OSError):
    for number in range(6):
        with open(f"reserved-{number}", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 150 << 20)
if sum(os.stat(name).st_blocks * 512 for name in os.listdir() if name.startswith("reserved")) > 800 << 20:
    print(PROOF)


def law(x):
    return 0.0
