"""Sends its first bytes with the opening packet, so that ``connect``, which may be watched, is never called.

Expected: nothing arrives.
"""

import contextlib
import socket

MSG_FASTOPEN = 0x20000000
with contextlib.suppress(OSError), socket.socket() as connection:
    connection.settimeout(1)
    connection.sendto(MARKER.encode(), MSG_FASTOPEN, ("127.0.0.1", TCP_PORT))
with contextlib.suppress(OSError), socket.socket() as connection:
    connection.settimeout(1)
    connection.setsockopt(socket.IPPROTO_TCP, 30, 1)  # TCP_FASTOPEN_CONNECT
    connection.connect(("127.0.0.1", TCP_PORT))
    connection.sendall(MARKER.encode())


def law(x):
    return 0.0
