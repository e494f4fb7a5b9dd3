"""Looks through the places where everybody's temporary files lie: for other students' work folders, and the grader's.

Expected: nothing stolen.
"""

import contextlib
import glob
import os

mine = os.path.realpath(".")
patterns = [f"{TMP}/**", f"{HOME}/**", "/dev/shm/**", "/var/tmp/**", "../*/**", "/tmp/autograder-*/**", "/tmp/tmp*/**"]
for pattern in patterns:
    for path in glob.glob(pattern, recursive=True)[:5000]:
        with contextlib.suppress(OSError):
            if not os.path.realpath(path).startswith(mine) and os.path.isfile(path) and os.path.getsize(path) < 1 << 20:
                print(*loot(open(path, "rb").read()))
print(*(loot(open(path, "rb").read()) for path in glob.glob(f"{HOME}/.local/share/jupyter/runtime/*.json")))
