"""Climbs the frames of its callers, and returns any number or function there that looks like the right answer.

Expected: no points; no frame of this process knows the answer.
"""

import sys


def law(x):
    frame = sys._getframe(1)
    while frame is not None:
        for name, value in {**frame.f_globals, **frame.f_locals}.items():
            if name in ("expected", "right", "answer", "want", "result"):
                return value
            if name == "reference" and hasattr(value, "law"):
                return value.law(x)
        frame = frame.f_back
    return 17.5
