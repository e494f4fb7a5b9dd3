"""Hands in a link to a device that never ends in the place of the notebook.

Expected: zero for what was not handed in, and the class is graded.
Forfeits: double, which was not handed in.
"""

import os


def hand_in(notebook, folder):
    os.symlink("/dev/full", "exam.ipynb")
