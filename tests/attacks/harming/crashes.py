"""Crashes in other ways each time: a bad address, the end of the stack, an abort, an illegal instruction.

Expected: the class is graded; only this answer is lost.
"""

import ctypes
import faulthandler
import os
import sys


def deep(n):
    return [deep(n + 1)]


def law(x):
    if np.ndim(x):
        os.abort()
    faulthandler.disable()
    sys.setrecursionlimit(10**9)
    if np.ravel(x)[0] < 0:
        deep(0)
    ctypes.memset(0, 0, 1 << 20)
