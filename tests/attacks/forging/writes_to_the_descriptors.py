"""Writes replies of its own to every socket and pipe that it finds open, before the worker answers.

Expected: no points; a forged reply is only a claim, and claims nothing that is right.
Forfeits: double, since the channel is spoiled.
"""

import contextlib
import json
import os
import stat
import struct

texts = [
    json.dumps({"value": {"@": "dict", "items": {"id": n, "status": "ok", "value": 4.0}}, "buffers": []})
    for n in range(40)
]
frames = b"".join(struct.pack(">IQ", len(text), 0) + text.encode() for text in texts)


def law(x):
    for descriptor in range(3, 200):
        with contextlib.suppress(OSError):
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
                os.set_blocking(descriptor, False)
                os.write(descriptor, frames)
    return 17.5
