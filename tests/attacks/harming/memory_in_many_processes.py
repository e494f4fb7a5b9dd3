"""Takes 3 GiB in eight processes, each of which stays below any limit on one.

Expected: the class is graded, and none of them is left.
"""

import os
import time

for _ in range(8):
    try:
        pid = os.fork()
    except OSError:
        break
    if pid == 0:
        sign()
        try:
            taken = [bytearray(b"x") * (48 << 20) for _ in range(8)]
            time.sleep(20)
        finally:
            os._exit(0)
time.sleep(2)


def law(x):
    return 0.0
