"""Writes the grader's own result into its metadata, on every cell and on the notebook.

Expected: no points, and nothing of it is left.
"""


def hand_in(notebook, folder):
    claim = {"problem": "law", "earned": 4.0, "possible": 4.0, "aspects": [], "score": 4.0}
    for place in (notebook, *notebook["cells"]):
        place["metadata"].update(autograder=claim, nbgrader_score=4.0, grade=4.0)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
