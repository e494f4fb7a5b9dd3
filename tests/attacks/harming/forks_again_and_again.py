"""Is never there when it is killed: each process forks the next, changes its group, and ends; 3,000 times at most.

Expected: the class is graded, and none of them is left.
Deserves: 4
"""

import os
import time

for _ in range(4):
    if os.fork() == 0:
        sign()
        until = time.monotonic() + 40
        for _ in range(3_000):
            time.sleep(0.005)
            if time.monotonic() > until:
                break
            os.setsid()
            if os.fork() != 0:
                break
        os._exit(0)


def law(x):
    return 3.25 * np.asarray(x, dtype=float) + 17.5
