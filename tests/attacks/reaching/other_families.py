"""Opens sockets of families that are no network, and yet lead into the kernel or out of a virtual machine.

Expected: none of them can be opened.
"""

import socket

FAMILIES = {
    "netlink": (16, 3, 0),
    "packet": (17, 3, 0),
    "vsock": (40, 1, 0),
    "crypto": (38, 5, 0),
    "bluetooth": (31, 3, 1),
}
FAMILIES |= {"raw": (2, 3, 1), "key": (15, 3, 2), "tipc": (30, 5, 0), "can": (29, 3, 1)}
for name, (family, kind, protocol) in FAMILIES.items():
    try:
        socket.socket(family, kind, protocol).close()
    except OSError:
        continue
    if name != "crypto":
        print(name, PROOF)


def law(x):
    return 0.0
