"""Copies from the person who was graded before: reads the submission and the graded notebook, and runs the answer.

Expected: nothing stolen, no points.
"""

import contextlib
import json

for room in ("submitted", "autograded", "feedback"):
    for student in (BEFORE, AFTER):
        with contextlib.suppress(OSError):
            for c in json.load(open(f"{COURSE}/{room}/{student}/toy/exam.ipynb"))["cells"]:
                source = "".join(c["source"])
                if "def law" in source:
                    print(source)
                    exec(source)
