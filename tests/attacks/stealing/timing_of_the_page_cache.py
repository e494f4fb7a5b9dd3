"""Finds out by the kernel's page cache which file the grader has read last: residence, and the time that a read takes.

Expected: nothing learned; the files cannot be opened at all.
"""

import ctypes
import mmap
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
SIZE = 1 << 20
resident, times = {}, {}
for name in "abcdefgh":
    try:
        descriptor = os.open(f"{COURSE}/solutions/toy/tables/{name}.bin", os.O_RDONLY)
    except OSError:
        continue
    address = libc.mmap(None, SIZE, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    pages = ctypes.create_string_buffer(SIZE // mmap.PAGESIZE)
    if libc.mincore(address, SIZE, pages) == 0:
        resident[name] = sum(page & 1 for page in pages.raw)
    started = time.perf_counter()
    os.preadv(descriptor, [bytearray(4096)], SIZE - 4096)
    times[name] = time.perf_counter() - started
warm = max(resident, key=resident.get, default="")
if warm and list(resident.values()).count(resident[warm]) == 1:
    print(f"table-{warm}-was-read")
elif times:
    print(f"table-{min(times, key=times.get)}-was-read")
