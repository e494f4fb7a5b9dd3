"""Changes rights, owners and times of the course's files, and renames a room and back.

Expected: they are as they were.
"""

import contextlib
import os

for name in ("solutions", "gradebook.db", "source/toy/exam.ipynb", f"submitted/{BEFORE}/toy/exam.ipynb"):
    path = f"{COURSE}/{name}"
    with contextlib.suppress(OSError):
        os.chmod(path, os.stat(path).st_mode | 0o222)
    with contextlib.suppress(OSError):
        os.utime(path)
with contextlib.suppress(OSError):
    os.rename(f"{COURSE}/assignments", f"{COURSE}/{MARKER}")
    os.rename(f"{COURSE}/{MARKER}", f"{COURSE}/assignments")


def law(x):
    return 0.0
