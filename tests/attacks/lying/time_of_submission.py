"""Hands in a timestamp of its own: one that is no time, and with it others that are long ago or of no known zone.

Expected: the submission is graded; a broken timestamp is the student's fault.
"""


def hand_in(notebook, folder):
    with open("timestamp.txt", "w") as file:
        file.write("yesterday, I swear\0\n")
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
