"""Finds the socket by which boxes are ordered, if it was left open, and orders one with the limits that it likes.

Expected: there is no such socket.
Forfeits: double, since its own channel is tried too.
"""

import contextlib
import json
import os
import stat
import struct

order = {"op": "fork", "folder": TMP, "seed": 0, "limits": {}, "environment": {MARKER: "1"}}
text = json.dumps({"value": {"@": "dict", "items": {k: v for k, v in order.items() if k != "limits"}}, "buffers": []})


def law(x):
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.write(descriptor, struct.pack(">IQ", len(text), 0) + text.encode())
    return 0.0
