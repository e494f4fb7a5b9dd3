"""Exchanges the ids of the two tests, so that the solved problem earns the other one's points.

Expected: no points for what is not solved.
Forfeits: double, whose test it has renamed.
"""


def hand_in(notebook, folder):
    one, other = cell(notebook, "test_double"), cell(notebook, "test_law")
    for key in ("grade_id", "points"):
        a, b = one["metadata"]["nbgrader"], other["metadata"]["nbgrader"]
        a[key], b[key] = b[key], a[key]
    one["id"], other["id"] = other["id"], one["id"]
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
