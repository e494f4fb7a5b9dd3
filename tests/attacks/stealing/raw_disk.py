"""Makes a device of the disk that the course lies on, and looks for the secrets in its first blocks and in its memory.

Expected: nothing stolen, and no device.
"""

import contextlib
import os
import stat

devices = {os.stat(place).st_dev for place in (".", "/", "/usr", "/etc") if os.path.exists(place)}
for number in devices:
    with contextlib.suppress(OSError):
        os.mknod(f"disk-{number}", stat.S_IFBLK | 0o600, number)
        with open(f"disk-{number}", "rb", buffering=0) as disk:
            disk.read(1 << 20)
            print(PROOF)
for path in ("/dev/mem", "/dev/kmem", "/proc/kcore", "/dev/port"):
    with contextlib.suppress(OSError):
        with open(path, "rb", buffering=0) as file:
            file.read(4096)
            print(PROOF)
