"""Turns every flag of every cell: what is graded is a solution, what is locked is open, what is read-only a task.

Expected: no points; flags are the gradebook's.
"""


def hand_in(notebook, folder):
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
    for one in notebook["cells"]:
        claims = one["metadata"].get("nbgrader")
        if claims:
            claims.update({flag: not claims.get(flag) for flag in ("grade", "solution", "locked", "task")})
            claims.setdefault("points", 100)
