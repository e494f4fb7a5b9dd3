"""Stays in C code that looks at no signal: a power with a billion digits, and a pattern that backtracks for ever.

Expected: the class is graded; only this answer is lost.
"""

import re


def law(x):
    if np.ndim(x):
        return 10 ** (10**9)
    return re.match("(a+)+$", "a" * 200 + "b")
