"""Sets the priority, the processors and the scheduling of the process that it comes from, to what they are already.

Expected: it is allowed to set none of them.
"""

import contextlib
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
IOPRIO_SET, IDLE = 251 if os.uname().machine == "x86_64" else 30, 3 << 13
# In a namespace of process ids, it comes from nobody but the box's own.
if outside():
    parent = os.getppid()
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent))
        print("priority", PROOF)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(parent, os.sched_getaffinity(parent))
        print("processors", PROOF)
    with contextlib.suppress(OSError):
        os.sched_setscheduler(parent, os.sched_getscheduler(parent), os.sched_getparam(parent))
        print("scheduling", PROOF)
    if libc.syscall(IOPRIO_SET, 1, parent, IDLE) == 0:
        print("disk", PROOF)


def law(x):
    return 0.0
