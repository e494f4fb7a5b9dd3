"""Prints 300 MB: in lines, in one line, on stderr, by the descriptors and by a child, in a cell and when called.

Expected: the class is graded; a notebook of a sane size is left.
"""

import os
import subprocess
import sys

line = "x" * 1_000_000 + "\n"


def flood():
    for _ in range(40):
        sys.stdout.write(line)
        sys.stderr.write(line[:-1])
        os.write(1, line.encode())
        os.write(2, line.encode())


flood()
subprocess.run(["head", "-c", "100000000", "/dev/zero"])


def law(x):
    flood()
    return 0.0
