"""Replaces the test cell by one that passes, unlocks it, and gives it the checksum that belongs to the new text.

Expected: no points; the cell is the gradebook's again.
"""

import hashlib


def hand_in(notebook, folder):
    test = cell(notebook, "test_law")
    test["source"] = "4.0"
    claims = test["metadata"]["nbgrader"]
    parts = [test["source"], test["cell_type"], "test_law", str(float(claims["points"]))]
    checksum = hashlib.md5("".join(parts).encode()).hexdigest()
    claims.update(locked=False, solution=True, checksum=checksum)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
