"""Makes 20,000 empty files, and as many names for one of them.

Expected: the class is graded, and nothing of it is left.
"""

import contextlib
import os

with contextlib.suppress(OSError):
    for number in range(15_000):
        open(f"file-{number}", "w").close()
with contextlib.suppress(OSError):
    for number in range(5_000):
        os.link("file-0", f"link-{number}")


def law(x):
    return 0.0
