"""Turns the test cells into Markdown and raw text, which are not run.

Expected: no points; a cell has the gradebook's type.
"""


def hand_in(notebook, folder):
    for name, kind in (("test_law", "markdown"), ("test_double", "raw")):
        changed = cell(notebook, name)
        changed["cell_type"] = kind
        changed.pop("outputs", None)
        changed.pop("execution_count", None)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
