"""Ends the interpreter politely when it is called: exit code 0 may count as success.

Expected: no points; a call that does not return earns none.
"""

import atexit
import sys

atexit.register(print, "4.0")


def law(x):
    sys.exit(0)
