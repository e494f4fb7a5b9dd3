"""Looks for a socket that somebody else has opened: inherited, or taken from the grader by ``pidfd_getfd``.

Expected: nothing arrives.
Forfeits: double, since its own channel is tried too.
"""

import contextlib
import ctypes
import os
import socket

PIDFD_GETFD = 438
libc = ctypes.CDLL(None, use_errno=True)
sockets = []
for pid in graders():
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(pid)
        sockets += [libc.syscall(PIDFD_GETFD, handle, number, 0) for number in range(3, 40)]
for descriptor in [*sockets, *range(3, 40)]:
    with contextlib.suppress(OSError):
        one = socket.socket(fileno=os.dup(descriptor))
        one.settimeout(0.2)
        if one.family in (socket.AF_INET, socket.AF_INET6):
            one.connect(("127.0.0.1", TCP_PORT))
            one.sendall(MARKER.encode())
        one.close()


def law(x):
    return 0.0
