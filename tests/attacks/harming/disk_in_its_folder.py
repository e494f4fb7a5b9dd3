"""Writes 1 GiB into its own folder, file by file, each below any limit on one.

Expected: the class is graded, and nothing of it is left.
"""

import contextlib

block = bytes(8 << 20)
with contextlib.suppress(OSError):
    for number in range(24):
        with open(f"big-{number}", "wb") as file:
            for _ in range(5):
                file.write(block)


def law(x):
    return 0.0
