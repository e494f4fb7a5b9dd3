"""Adds problems that nobody has set, with tests that pass and a hundred points each.

Expected: no points, and no problem more.
"""


def hand_in(notebook, folder):
    for name in ("test_bonus", "bonus", "test_law2", "test_", "test_law ", "TEST_LAW"):
        extra = code("100.0")
        flags = {"grade": True, "locked": True, "solution": False, "task": False, "schema_version": 3}
        extra["metadata"]["nbgrader"] = {"grade_id": name, "points": 100.0, "cell_type": "code", **flags}
        extra["id"] = f"extra-{len(notebook['cells'])}"
        notebook["cells"].append(extra)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
