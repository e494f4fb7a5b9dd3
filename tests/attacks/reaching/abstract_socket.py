"""Connects to a socket that has an abstract name, which no file system hides.

Expected: nothing arrives.
"""

import contextlib
import socket

with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(1)
    connection.connect(ABSTRACT)
    connection.sendall(MARKER.encode())


def law(x):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(ABSTRACT)
        connection.sendall(f"{MARKER} {x}".encode())
    return 0.0
