"""Hands in a folder named like the notebook, with a notebook in it.

Expected: zero for what was not handed in, and the class is graded.
Forfeits: double, which was not handed in.
"""

import json
import os


def hand_in(notebook, folder):
    os.mkdir("exam.ipynb")
    with open("exam.ipynb/exam.ipynb", "w") as file:
        json.dump(notebook, file)
