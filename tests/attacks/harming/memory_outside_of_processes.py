"""Takes 1 GiB that belongs to no process: shared memory, anonymous files, pipes and socket buffers.

Expected: the class is graded, and nothing of it is left.
"""

import contextlib
import fcntl
import os
import socket

block = bytes(16 << 20)
with contextlib.suppress(OSError):
    with open(f"/dev/shm/{MARKER}", "wb") as file:
        for _ in range(24):
            file.write(block)
held = []
with contextlib.suppress(OSError, AttributeError):
    held.append(os.memfd_create("x"))
    for _ in range(24):
        os.write(held[-1], block)
with contextlib.suppress(OSError):
    for _ in range(100):
        _, end = os.pipe()
        fcntl.fcntl(end, 1031, 1 << 20)
        os.set_blocking(end, False)
        os.write(end, block[: 1 << 20])
with contextlib.suppress(OSError):
    for _ in range(100):
        one, other = socket.socketpair()
        held += [one, other]
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        one.setblocking(False)
        while True:
            one.send(block[: 1 << 16])


def law(x):
    return 0.0
