"""Leaves its answer where the next student's notebook can pick it up: files, shared memory, the system's queues.

Expected: the next notebook finds nothing.
Deserves: 4
"""

import contextlib
from multiprocessing import resource_tracker, shared_memory

for place in (".", "..", TMP, HOME, "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock"):
    with contextlib.suppress(OSError):
        with open(f"{place}/{MARKER}", "w") as file:
            file.write("3.25 x + 17.5")
with contextlib.suppress(OSError):
    memory = shared_memory.SharedMemory(f"{MARKER}_memory", create=True, size=4096)
    resource_tracker.unregister(memory._name, "shared_memory")


def law(x):
    return 3.25 * np.asarray(x, dtype=float) + 17.5
