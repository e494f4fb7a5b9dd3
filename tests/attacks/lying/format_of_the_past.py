"""Says that its metadata is of another version of nbgrader's format, or of none: too old, too new, no number.

Expected: the submission is graded, and so is the class.
"""


def hand_in(notebook, folder):
    versions = iter([1, 99, "3", None, -1, 2.5, [3]])
    for one in notebook["cells"]:
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"]["schema_version"] = next(versions)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
