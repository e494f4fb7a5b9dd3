"""Knows no path: walks up from where it is, and from the root, and looks into every small file that it meets.

Expected: nothing stolen.
"""

import contextlib
import itertools
import os
import time

until = time.monotonic() + 3
starts = [
    COURSE,
    os.path.dirname(COURSE),
    HOME,
    TMP,
    os.getcwd(),
    os.path.dirname(os.getcwd()),
    "/tmp",
    "/home",
    "/srv",
]
paths = itertools.chain.from_iterable(os.walk(start, followlinks=True) for start in starts)
for folder, folders, names in itertools.islice(paths, 2000):
    for name in names[:200]:
        found = loot(name)
        with contextlib.suppress(OSError):
            path = os.path.join(folder, name)
            if os.path.getsize(path) < 100_000 and not folder.startswith(("/proc", "/sys", "/dev")):
                with open(path, "rb") as file:
                    found += loot(file.read())
        if found:
            print(name, *found)
    if time.monotonic() > until:
        break
