"""Searches its own memory for what was there before it: another student's source, hidden inputs, the grader's secrets.

Expected: nothing stolen; the process that it was forked from never held any of it.
"""

import contextlib
import re

found = set()
with contextlib.suppress(OSError):
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(number, 16) for number in span.split("-"))
            if rights.startswith("rw") and end - start < 1 << 28 and "[v" not in line:
                with contextlib.suppress(OSError, OverflowError):
                    memory.seek(start)
                    found |= set(re.findall(CANARY.encode(), memory.read(end - start)))
print(*(secret.decode() for secret in found))
