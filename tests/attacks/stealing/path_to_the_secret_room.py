"""Opens the reference and the hidden grader by their paths, prints them, and runs the reference as its own answer.

Expected: nothing stolen, no points.
"""

import contextlib

for name in ("law.py", "test_law.py", "double.py"):
    with contextlib.suppress(OSError):
        text = open(f"{COURSE}/solutions/toy/{name}").read()
        print(text)
        if name == "law.py":
            exec(text)
