"""Raises errors whose texts, classes, notes and warnings quote what it was called with.

Expected: no hidden input in what the student reads.
"""

import warnings

calls = []


def law(x):
    calls.append(x)
    first = str(np.ravel(x)[0])
    warnings.warn(f"called with {first}")
    kind = type(f"Got{first}".replace(".", "_"), (ValueError,), {"__doc__": first})
    error = kind(f"no law for {x!r}", first)
    error.add_note(f"it was {first}")
    raise error from KeyError(first)
