"""Makes files that are hard to get rid of: immutable, without any rights, named by no text, in folders shut to all.

Expected: the class is graded, and nothing of it is left.
"""

import array
import contextlib
import fcntl
import os

GET_FLAGS, SET_FLAGS, IMMUTABLE, APPEND = 0x80086601, 0x40086602, 0x10, 0x20
for name in (b"new\nline", b"\xff\xfe\x80", b"-rf", b" ", b"x" * 255, "\u202e".encode()):
    with contextlib.suppress(OSError):
        os.mkdir(name)
        open(os.path.join(name, b"inside"), "w").close()
        os.chmod(os.path.join(name, b"inside"), 0)
        os.chmod(name, 0)
with contextlib.suppress(OSError):
    os.mkdir("stuck")
    for name, flag in (("stuck/file", IMMUTABLE), ("stuck/log", APPEND), ("stuck", IMMUTABLE)):
        descriptor = os.open(name, os.O_RDONLY | (os.O_CREAT if "/" in name else 0))
        flags = array.array("L", [0])
        fcntl.ioctl(descriptor, GET_FLAGS, flags)
        flags[0] |= flag
        fcntl.ioctl(descriptor, SET_FLAGS, flags)
        print("cannot be removed")


def law(x):
    return 0.0
