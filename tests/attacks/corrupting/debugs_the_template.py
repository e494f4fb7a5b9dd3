"""Attaches to its parent as a debugger, to change it; lets it go at once where it succeeds.

Expected: it cannot attach.
"""

import ctypes
import os

ATTACH, DETACH, SEIZE = 16, 17, 0x4206
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
libc.ptrace.restype = ctypes.c_long
for pid in graders():
    if libc.ptrace(ATTACH, pid, 0, 0) == 0:
        os.waitpid(pid, 0x40000000)
        libc.ptrace(DETACH, pid, 0, 0)
        print(PROOF)


def law(x):
    return 0.0
