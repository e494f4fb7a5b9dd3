"""Searches all functions in memory for those that judge or answer, and gives them other code and other closures.

Expected: no points; the functions that judge are not in this process.
"""

import gc
import types


def yes(*args, **kwargs):
    return True


for thing in gc.get_objects():
    if not isinstance(thing, types.FunctionType):
        continue
    words = ("assert_", "check", "compare", "isclose", "allclose", "_fault_of")
    if thing.__module__ and "autograder" in thing.__module__ and any(word in thing.__name__ for word in words):
        for cell in thing.__closure__ or ():
            cell.cell_contents = yes
        if not thing.__closure__:
            thing.__code__ = yes.__code__


def law(x):
    return 17.5
