"""Deletes the test cell: what is not there cannot fail.

Expected: no points; the cell comes back.
"""


def hand_in(notebook, folder):
    notebook["cells"].remove(cell(notebook, "test_law"))
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
