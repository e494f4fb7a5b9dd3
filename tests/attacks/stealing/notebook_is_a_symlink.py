"""Hands in a link to somebody else's notebook in the place of its own.

Expected: no points; what is not the student's own file is not graded as one.
Forfeits: double, which was not handed in.
"""

import os


def hand_in(notebook, folder):
    os.symlink(f"../../{BEFORE}/toy/exam.ipynb", "exam.ipynb")
