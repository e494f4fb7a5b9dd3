"""Takes what other processes have open: by ``/proc/<pid>/fd`` and by ``pidfd_getfd``.

Expected: nothing stolen.
"""

import contextlib
import ctypes
import os

PIDFD_GETFD = 438
libc = ctypes.CDLL(None, use_errno=True)
for pid in graders():
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{name}").startswith("/") and name not in ("0", "1", "2"):
                    print(*loot(open(f"/proc/{pid}/fd/{name}", "rb").read(10_000_000)))
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(pid)
        for number in range(3, 64):
            taken = libc.syscall(PIDFD_GETFD, handle, number, 0)
            if taken >= 0:
                with contextlib.suppress(OSError):
                    print(*loot(os.pread(taken, 10_000_000, 0)))
                os.close(taken)
