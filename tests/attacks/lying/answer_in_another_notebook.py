"""Hands in more notebooks than were asked for, among them one that nbgrader may take for the exam.

Expected: no points; only the exam is graded.
"""

import copy
import json


def hand_in(notebook, folder):
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
    forged = copy.deepcopy(notebook)
    for name in ("test_law", "test_double"):
        cell(forged, name)["source"] = "4.0"
        cell(forged, name)["metadata"]["nbgrader"]["points"] = 4.0
    for name in ("Exam.ipynb", "exam (1).ipynb", "exam.ipynb.ipynb", "autograded.ipynb", ".ipynb"):
        with open(name, "w") as file:
            json.dump(forged, file)
