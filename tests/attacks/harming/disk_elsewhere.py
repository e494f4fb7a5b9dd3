"""Writes large files wherever others may write: the grader's temporary folder, the system's, the home.

Expected: no such file; the class is graded.
"""

import contextlib
import os

block = bytes(8 << 20)
for place in (TMP, "/tmp", "/var/tmp", HOME, COURSE, os.path.dirname(COURSE), ".."):
    with contextlib.suppress(OSError):
        with open(f"{place}/{MARKER}", "wb") as file:
            for _ in range(4):
                file.write(block)


def law(x):
    return 0.0
