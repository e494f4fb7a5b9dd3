"""Connects to a socket that has a path, as a container's engine and many services have; and to one of datagrams.

Expected: nothing arrives.
"""

import contextlib
import os
import socket


def law(x):
    return 0.0


for path in (UNIX_PATH, os.path.relpath(UNIX_PATH)):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(path)
        connection.sendall(MARKER.encode())
with contextlib.suppress(OSError):
    os.symlink(UNIX_QUEUE, "queue")
with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
    sender.sendto(MARKER.encode(), "queue")
