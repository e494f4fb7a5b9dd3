"""Asks the kernel for an io_uring, whose requests pass by filters of system calls.

Expected: there is none.
"""

import ctypes
import os

IO_URING_SETUP = 425
libc = ctypes.CDLL(None, use_errno=True)
parameters = ctypes.create_string_buffer(120)
ring = libc.syscall(IO_URING_SETUP, 8, parameters)
if ring >= 0:
    os.close(ring)
    print(PROOF)


def law(x):
    return 0.0
