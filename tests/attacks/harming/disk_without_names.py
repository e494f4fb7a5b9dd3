"""Fills the disk with files that nobody can find: their names are removed before they are written.

Expected: the class is graded, and the room is never taken.
"""

import contextlib
import os

block = bytes(8 << 20)
held = []
with contextlib.suppress(OSError):
    for number in range(24):
        held.append(open(f"nameless-{number}", "wb"))
        os.unlink(f"nameless-{number}")
        for _ in range(5):
            held[-1].write(block)
written = sum(os.fstat(file.fileno()).st_blocks * 512 for file in held)
if written > 900 << 20:
    print(PROOF)


def law(x):
    return 0.0
