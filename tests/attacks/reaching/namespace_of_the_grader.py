"""Enters the network of the grader's processes, and connects from there.

Expected: nothing arrives.
"""

import contextlib
import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
NEWNET = 0x40000000
for pid in [*graders(), os.getppid(), 1]:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            handle = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
            libc.setns(handle, NEWNET)
            socket.create_connection(("127.0.0.1", TCP_PORT), timeout=1).sendall(MARKER.encode())
        os._exit(0)
    os.waitpid(child, 0)


def law(x):
    return 0.0
