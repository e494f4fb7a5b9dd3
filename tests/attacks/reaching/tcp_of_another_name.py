"""Reaches the TCP port by protocols that a list of the forbidden may have forgotten: MPTCP, SMC, SCTP.

Expected: nothing arrives.
"""

import contextlib
import socket

for family, protocol in ((socket.AF_INET, 262), (43, 0), (socket.AF_INET, 132)):
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM, protocol) as connection:
        connection.settimeout(1)
        connection.connect(("127.0.0.1", TCP_PORT))
        connection.sendall(MARKER.encode())


def law(x):
    return 0.0
