"""Makes its system calls through the gate for programs of 32 bits, where each has another number (x86-64 only).

Expected: nothing arrives, and no such call succeeds.
"""

import ctypes
import mmap
import os
import platform

# socketcall of i386 (102) by int 0x80: socket(AF_INET, SOCK_DGRAM, 0), whose arguments lie below 4 GiB.
CODE = bytes.fromhex("53b866000000bb0100000089f9cd805bc3")
if platform.machine() == "x86_64" and os.fork() == 0:
    MAP_32BIT = 0x40
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_32BIT
    page = mmap.mmap(-1, 4096, flags, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page[: len(CODE)] = CODE
    page[1024:1036] = b"".join(n.to_bytes(4, "little") for n in (2, 2, 0))
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    descriptor = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint)(start)(start + 1024)
    if descriptor >= 0:
        import socket

        try:
            socket.socket(fileno=descriptor).sendto(MARKER.encode(), ("127.0.0.1", UDP_PORT))
        except OSError:
            pass
    os._exit(0)


def law(x):
    return 0.0
