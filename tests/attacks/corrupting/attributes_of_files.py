"""Changes what else a file has: rights by the newest call, extended attributes, flags, by name and by descriptor.

Expected: they are as they were, and nothing is read from them.
"""

import contextlib
import ctypes
import fcntl
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
FCHMODAT2, FILE_GETATTR, FILE_SETATTR, GETFLAGS, SETFLAGS = 452, 468, 469, 0x80086601, 0x40086602
NO_DUMP = 0x40


def law(x):
    return 0.0


for name in ("source/toy/exam.ipynb", f"submitted/{AFTER}/toy/exam.ipynb"):
    path = f"{COURSE}/{name}"
    libc.syscall(FCHMODAT2, -100, path.encode(), 0o600, 0)
    with contextlib.suppress(OSError):
        os.setxattr(path, "user.mark", MARKER.encode())
        print(PROOF)
    with contextlib.suppress(OSError):
        os.chown(path, os.getuid(), 12345)
    found = ctypes.create_string_buffer(24)
    libc.syscall(FILE_GETATTR, -100, path.encode(), found, 24, 0)
    if libc.syscall(FILE_SETATTR, -100, path.encode(), found, 24, 0) == 0:
        print(PROOF)
# Flags need no right to write; the file may be one that everybody reads.
with contextlib.suppress(OSError):
    descriptor = os.open(os.__file__, os.O_RDONLY)
    flags = struct.unpack("l", fcntl.ioctl(descriptor, GETFLAGS, bytes(8)))[0]
    fcntl.ioctl(descriptor, SETFLAGS, struct.pack("l", flags ^ NO_DUMP))
    fcntl.ioctl(descriptor, SETFLAGS, struct.pack("l", flags))
    print(PROOF)
with contextlib.suppress(OSError):
    before = os.stat(os.__file__).st_ctime_ns
    os.fchmod(descriptor, os.stat(os.__file__).st_mode & 0o7777)
    if os.stat(os.__file__).st_ctime_ns != before:
        print(PROOF)
