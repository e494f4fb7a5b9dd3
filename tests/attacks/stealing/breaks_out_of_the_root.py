"""Leaves a changed root by the known trick: keeps a folder open, changes the root below it, and climbs by ``..``.

Expected: nothing stolen.
"""

import os

pid = os.fork()
if pid == 0:
    try:
        os.makedirs("below", exist_ok=True)
        here = os.open(".", os.O_RDONLY)
        os.chroot("below")
        os.fchdir(here)
        for _ in range(60):
            os.chdir("..")
        os.chroot(".")
        print(*loot(open(f"{COURSE}/solutions/toy/law.py").read()), flush=True)
    except OSError:
        pass
    finally:
        os._exit(0)
os.waitpid(pid, 0)
