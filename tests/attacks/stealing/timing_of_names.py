"""Learns which names exist where it may not look: by the kind of the refusal, and by the time that a look-up takes.

Expected: nothing learned; what exists is refused like what does not.
Needs: new_root
"""

import os
import time


def look(path):
    """How a look-up ends, and the least time that it takes."""
    least = 1.0
    for _ in range(50):
        started = time.perf_counter()
        try:
            os.stat(path)
            ended = "found"
        except OSError as error:
            ended = error.errno
        least = min(least, time.perf_counter() - started)
    return ended, least


there, absent = look(f"{COURSE}/solutions/toy/law.py"), look(f"{COURSE}/solutions/toy/no_such_file.py")
try:
    listed = os.listdir(f"{COURSE}/solutions/toy")
except OSError:
    listed = []
print(*loot(" ".join(listed)))
if there[0] != absent[0]:
    print(PROOF)
