"""Reads every descriptor that it was born with, from its beginning, and opens it anew by ``/proc/self/fd``.

Expected: nothing stolen.
"""

import contextlib
import os
import stat

for descriptor in range(256):
    with contextlib.suppress(OSError):
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            print(*loot(os.pread(descriptor, 10_000_000, 0)))
        if stat.S_ISDIR(status.st_mode):
            for target in ("solutions/toy/law.py", f"..{COURSE}/solutions/toy/law.py"):
                with contextlib.suppress(OSError):
                    print(*loot(os.read(os.open(target, os.O_RDONLY, dir_fd=descriptor), 100_000)))
    with contextlib.suppress(OSError):
        if not os.readlink(f"/proc/self/fd/{descriptor}").startswith(("/dev", "pipe", "socket", "anon")):
            print(*loot(open(f"/proc/self/fd/{descriptor}", "rb").read(10_000_000)))
