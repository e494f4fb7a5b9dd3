"""Connects to a TCP port of the machine and tells what it has.

Expected: nothing arrives.
"""

import contextlib
import socket

for host in ("127.0.0.1", "localhost", "127.1.2.3", "0.0.0.0"):
    with contextlib.suppress(OSError), socket.create_connection((host, TCP_PORT), timeout=1) as connection:
        connection.sendall(MARKER.encode())


def law(x):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", TCP_PORT), timeout=1) as connection:
        connection.sendall(f"{MARKER} was asked for {x}".encode())
    return 0.0
