"""Edits what has been graded already: others' autograded notebooks, their feedback, and its own.

Expected: they are as they were.
"""

import contextlib
import json
import os

for room in ("autograded", "feedback"):
    with contextlib.suppress(OSError):
        path = f"{COURSE}/{room}/{BEFORE}/toy/exam.ipynb"
        os.chmod(path, 0o644)
        with open(path, "a") as file:
            file.write("\n")
    with contextlib.suppress(OSError):
        os.makedirs(f"{COURSE}/{room}/{BEFORE}/toy/{MARKER}")
with contextlib.suppress(OSError):
    with open(f"{COURSE}/autograded/{ME}/toy/exam.ipynb", "r+") as file:
        notebook = json.load(file)
        cells = notebook["cells"]
        cell = next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "law")
        cell["source"] = "def law(x):\n    return 3.25 * np.asarray(x) + 17.5"
        file.seek(0)
        json.dump(notebook, file)
        file.truncate()


def law(x):
    return 0.0
