"""Says in the metadata that the problem it has solved is worth a thousand points, and the other one none.

Expected: points are the gradebook's.
"""


def hand_in(notebook, folder):
    cell(notebook, "test_double")["metadata"]["nbgrader"]["points"] = 1000.0
    cell(notebook, "test_law")["metadata"]["nbgrader"]["points"] = 0.0
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
