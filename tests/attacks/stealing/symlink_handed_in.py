"""Hands in links instead of data: what the grader copies beside the notebook is the secret that a link points to.

Expected: nothing stolen: a link that leaves the submission is not followed on the way into the box.
"""

import os

READ = r"""
import glob
for name in sorted(glob.glob("data/**", recursive=True) + glob.glob("*.csv")):
    try:
        print(*loot(open(name, "rb").read()))
    except OSError:
        pass


def law(x):
    names = {}
    exec(open("law.csv").read(), names)
    return names["law"](x)
"""


def hand_in(notebook, folder):
    secrets = {
        "law": "solutions/toy/law.py",
        "test": "solutions/toy/test_law.py",
        "source": "source/toy/exam.ipynb",
        "before": f"submitted/{BEFORE}/toy/exam.ipynb",
        "grades": "gradebook.db",
        "home": "../home/.netrc",
    }
    for name, target in secrets.items():
        os.symlink(f"{COURSE}/{target}", f"{name}.csv")
    os.mkdir("data")
    os.symlink(f"../../../../{secrets['law']}", "data/relative.txt")
    os.symlink(f"{COURSE}/solutions/toy", "data/folder")
    cell(notebook, "law")["source"] = READ
