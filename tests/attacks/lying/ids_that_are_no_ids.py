"""Gives cells ids that are paths, queries, numbers, lists, very long, or the same for all.

Expected: no points for law, and the other problem has its own.
"""


def hand_in(notebook, folder):
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
    names = ["../../../etc/passwd", "x'; DROP TABLE grade; --", 7, ["test_law"], "x" * 100_000, None, "test_law\n"]
    for number, name in enumerate(names):
        extra = code(f"{number}.0")
        extra["metadata"]["nbgrader"] = {
            "grade_id": name,
            "grade": True,
            "points": 50,
            "locked": True,
            "solution": False,
        }
        notebook["cells"].append(extra)
    for one in notebook["cells"]:
        one["id"] = "same"
