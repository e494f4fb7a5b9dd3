"""Closes, or replaces, every descriptor of its process, the one to the grader among them.

Expected: the class is graded; only this answer is lost.
"""

import os


def law(x):
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(256):
        if descriptor != null:
            os.dup2(null, descriptor)
    os.closerange(0, 256)
    return 0.0
