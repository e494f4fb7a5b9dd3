"""Listens for whoever comes, on all ports of all addresses that it can get, and leaves a process that serves.

Expected: nobody outside can reach it, and it is gone with the submission.
Deserves: 4
"""

import contextlib
import os
import socket
import time

served = []
for family, address in (
    (socket.AF_INET, ("0.0.0.0", 0)),
    (socket.AF_INET6, ("::", 0)),
    (socket.AF_UNIX, f"\0{MARKER}"),
):
    with contextlib.suppress(OSError):
        server = socket.socket(family)
        server.bind(address)
        server.listen()
        served.append(server)
if served and os.fork() == 0:
    os.setsid()
    sign()
    time.sleep(40)
    os._exit(0)


def law(x):
    return 3.25 * np.asarray(x, dtype=float) + 17.5
