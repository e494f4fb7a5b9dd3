"""Connects by system calls of its own, of which Python knows nothing, from a thread and from a forked child.

Expected: nothing arrives.
"""

import ctypes
import os
import platform
import struct
import threading

SOCKET, CONNECT, WRITE = (41, 42, 1) if platform.machine() == "x86_64" else (198, 203, 64)
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def talk():
    address = struct.pack("=H", 2) + struct.pack(">H", TCP_PORT) + bytes([127, 0, 0, 1]) + bytes(8)
    descriptor = libc.syscall(SOCKET, 2, 1, 0)
    if descriptor >= 0 and libc.syscall(CONNECT, descriptor, address, len(address)) == 0:
        libc.syscall(WRITE, descriptor, MARKER.encode(), len(MARKER))
        os.close(descriptor)


thread = threading.Thread(target=talk)
thread.start()
thread.join(2)
pid = os.fork()
if pid == 0:
    talk()
    os._exit(0)
os.waitpid(pid, 0)


def law(x):
    return 0.0
