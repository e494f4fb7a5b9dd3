"""Claims the points that a person gives: makes the question a code cell that passes, and comments as the grader does.

Expected: no points; the question waits for a person, or has none.
"""


def hand_in(notebook, folder):
    question = cell(notebook, "explain")
    question.update(cell_type="code", source="2.0", outputs=[], execution_count=None)
    question["metadata"]["nbgrader"].update(solution=False, locked=True, cell_type="code", points=2.0)
    question["metadata"].update(comment="Well done!", score=2.0, manual_score=2.0)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
