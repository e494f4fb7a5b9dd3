"""Leaves a daemon: forked twice, in a session of its own, with all descriptors closed, which runs for a minute.

Expected: the class is graded, and the daemon is gone with the submission.
Deserves: 4
"""

import contextlib
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        sign()
        for _ in range(60):
            for place in (TMP, HOME):
                with contextlib.suppress(OSError):
                    open(f"{place}/{MARKER}", "a").write("still here\n")
            time.sleep(1)
    os._exit(0)


def law(x):
    return 3.25 * np.asarray(x, dtype=float) + 17.5
