"""Spoils what others have handed in, before and behind it, and hands in for somebody who has not.

Expected: the submissions are as they were.
"""

import contextlib
import os

for student in (BEFORE, AFTER):
    with contextlib.suppress(OSError):
        with open(f"{COURSE}/submitted/{student}/toy/{MARKER}.txt", "w") as file:
            file.write(MARKER)
    with contextlib.suppress(OSError):
        os.utime(f"{COURSE}/submitted/{student}/toy/exam.ipynb", (0, 0))
with contextlib.suppress(OSError):
    os.makedirs(f"{COURSE}/submitted/zz_{MARKER}/toy")


def law(x):
    return 0.0
