"""Lets other programs connect: curl, bash's /dev/tcp, a fresh Python.

Expected: nothing arrives.
"""

import contextlib
import subprocess
import sys

talk = f"import socket; socket.create_connection(('127.0.0.1', {TCP_PORT})).sendall({MARKER.encode()!r})"
for command in (
    ["curl", "-s", "-m", "1", f"http://127.0.0.1:{TCP_PORT}/{MARKER}"],
    ["bash", "-c", f"echo {MARKER} > /dev/tcp/127.0.0.1/{TCP_PORT}"],
    ["bash", "-c", f"echo {MARKER} > /dev/udp/127.0.0.1/{UDP_PORT}"],
    [sys.executable, "-S", "-c", talk],
):
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(command, timeout=3, capture_output=True)


def law(x):
    return 0.0
