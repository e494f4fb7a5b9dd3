"""Hands in, beside the notebook, a link to a device without end, a pipe, a loop of links, and a folder within itself.

Expected: the submission is graded, and the class does not wait; nothing of it is copied.
"""

import os


def hand_in(notebook, folder):
    os.symlink("/dev/zero", "zero.csv")
    os.symlink("loop.csv", "loop.csv")
    os.mkfifo("pipe.csv")
    os.symlink("/dev/tty", "terminal.csv")
    os.mkdir("within")
    os.symlink("..", "within/itself")
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
