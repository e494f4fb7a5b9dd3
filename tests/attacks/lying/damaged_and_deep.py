"""Hands in a notebook that is nested a hundred thousand levels deep where it need not be read.

Expected: zero for what cannot be read, with a page that says so; the class is graded.
Forfeits: double, which cannot be read.
"""

import json


def hand_in(notebook, folder):
    text = json.dumps(notebook)
    with open("exam.ipynb", "w") as file:
        file.write(text[:-1] + ', "more": ' + "[" * 100_000 + "]" * 100_000 + "}")
