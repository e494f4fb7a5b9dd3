"""Looks for what Python and pytest leave beside the files that they read: compiled modules and rewritten tests.

Expected: nothing stolen.
"""

import contextlib
import glob

for pattern in ("solutions/**/*.pyc", "**/__pycache__/*", "**/.pytest_cache/**", "solutions/**/record.json"):
    for path in glob.glob(f"{COURSE}/{pattern}", recursive=True):
        with contextlib.suppress(OSError):
            print(*loot(open(path, "rb").read()))
