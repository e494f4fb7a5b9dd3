"""Enters the namespaces of the grader's processes, or makes new ones of its own in which it is root.

Expected: nothing stolen.
"""

import contextlib
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
NEWUSER_AND_MOUNT = 0x10000000 | 0x00020000


def child(action):
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(Exception):
            action()
        os._exit(0)
    os.waitpid(pid, 0)


def look():
    print(*loot(open(f"{COURSE}/solutions/toy/law.py").read()), flush=True)


def join(pid):
    for kind in ("user", "mnt"):
        handle = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        if libc.setns(handle, 0) == 0:
            look()


def become_root():
    if libc.unshare(NEWUSER_AND_MOUNT) == 0:
        open("/proc/self/uid_map", "w").write(f"0 {os.getuid()} 1")
        look()
        # Whoever may mount in there may also uncover what was covered.
        if libc.umount2(b"/tmp", 2) == 0 or libc.umount2(COURSE.encode(), 2) == 0:
            look()


for pid in graders():
    child(lambda: join(pid))
child(become_root)
