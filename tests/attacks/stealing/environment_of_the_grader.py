"""Reads passwords from the environment: its own, that of its ancestors, and that of every process it can see.

Expected: nothing stolen.
"""

import contextlib
import os
import subprocess

print(*loot(repr(dict(os.environ))))
print(*loot(subprocess.run(["env"], capture_output=True).stdout))
for pid in [*graders(), *[int(name) for name in os.listdir("/proc") if name.isdigit()][:300]]:
    with contextlib.suppress(OSError):
        print(*loot(open(f"/proc/{pid}/environ", "rb").read()))
