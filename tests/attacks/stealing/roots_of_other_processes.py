"""Goes round what hides the file system by way of other processes: ``/proc/<pid>/root`` and ``cwd`` of the grader's.

Expected: nothing stolen.
"""

import contextlib
import os

pids = [*graders(), os.getppid(), 1, *[int(name) for name in os.listdir("/proc") if name.isdigit()][:300]]
for pid in pids:
    for way in (f"/proc/{pid}/root{COURSE}", f"/proc/{pid}/cwd", f"/proc/{pid}/cwd/..", f"/proc/{pid}/root"):
        for target in ("solutions/toy/law.py", "gradebook.db", "course/solutions/toy/test_law.py"):
            with contextlib.suppress(OSError):
                with open(f"{way}/{target}", "rb") as file:
                    print(*loot(file.read()))
