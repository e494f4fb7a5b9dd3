"""Sends datagrams: to the port, to broadcast, to a group, over IPv6, connected and not.

Expected: nothing arrives.
"""

import contextlib
import socket

for host in ("127.0.0.1", "127.255.255.255", "localhost"):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.sendto(MARKER.encode(), (host, UDP_PORT))
with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
    sender.connect(("::ffff:127.0.0.1", UDP_PORT))
    sender.send(MARKER.encode())


def law(x):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(f"{MARKER} {x}".encode(), ("127.0.0.1", UDP_PORT))
    return 0.0
