"""Connects over IPv6, and to the IPv4 port by a mapped address.

Expected: nothing arrives.
"""

import contextlib
import socket

for address in (("::1", TCP6_PORT), ("::ffff:127.0.0.1", TCP_PORT)):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as connection:
        connection.settimeout(1)
        connection.connect(address)
        connection.sendall(MARKER.encode())


def law(x):
    return 0.0
