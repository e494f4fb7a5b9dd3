"""Writes what JSON allows and hardly anybody expects: half characters, NaN, keys twice, numbers of a thousand digits.

Expected: the submission is graded, or is zero with a page that says so; the class is graded.
Forfeits: double, which may be impossible to read.
"""

import json


def hand_in(notebook, folder):
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5  # HALF"
    cell(notebook, "test_law")["metadata"]["nbgrader"]["points"] = float("nan")
    notebook["metadata"]["weight"] = "NUMBER"
    text = json.dumps(notebook).replace("HALF", "\\ud800").replace('"NUMBER"', "1" * 1000)
    with open("exam.ipynb", "w") as file:
        file.write(text[:-1] + ', "nbformat": 4, "metadata": {"kernelspec": {"name": "x", "language": "bash"}}}')
