"""Makes folders within folders, 3,000 deep, which removing by path cannot reach.

Expected: the class is graded, and nothing of it is left.
"""

import contextlib
import os

here = os.open(".", os.O_RDONLY)
with contextlib.suppress(OSError):
    for _ in range(3_000):
        os.mkdir("d" * 20)
        os.chdir("d" * 20)
    open("bottom", "w").close()
os.fchdir(here)


def law(x):
    return 0.0
