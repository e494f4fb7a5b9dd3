"""Changes the machine: mounts over a folder, opens its settings for writing, renames it; undoes what succeeds.

Expected: none of it succeeds.
"""

import contextlib
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("over", exist_ok=True)
if libc.mount(b"none", b"over", b"tmpfs", 0, None) == 0:
    libc.umount2(b"over", 2)
    print("mount", PROOF)
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/etc/passwd"):
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_WRONLY))
        print(path, PROOF)
for path in ("/usr", "/etc", os.path.dirname(os.__file__)):
    with contextlib.suppress(OSError):
        before = os.stat(path)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        # Whatever the call says: this one time is the system's to set, and tells whether anything was done.
        if os.stat(path).st_ctime_ns != before.st_ctime_ns:
            print(path, PROOF)


def law(x):
    return 0.0
