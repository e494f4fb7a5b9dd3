"""Hands in a folder that is a link into the source, so that the source notebook itself is graded, solutions and all.

Expected: no points.
Forfeits: double, which was not handed in.
"""

import os


def hand_in(notebook, folder):
    os.chdir("..")
    os.rmdir(folder)
    os.symlink(f"{COURSE}/source/toy", folder)
    os.chdir("/")
    # What the harness writes where nothing was handed in must not land in the source.
    os.chdir(f"{COURSE}/source/toy")
