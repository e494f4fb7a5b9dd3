"""Hands in a named pipe in the place of the notebook, which nobody will ever write to.

Expected: zero for what was not handed in, and the class is graded without waiting.
Forfeits: double, which was not handed in.
"""

import os


def hand_in(notebook, folder):
    os.mkfifo("exam.ipynb")
