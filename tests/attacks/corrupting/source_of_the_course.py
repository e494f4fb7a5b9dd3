"""Edits the source, the release, the masters and the configuration of the course.

Expected: they are as they were.
"""

import contextlib

TARGETS = {
    "source/toy/exam.master.md": f"\n<!-- {MARKER} -->\n",
    "source/toy/readings.csv": f"{MARKER}\n",
    "assignments/toy/exam.ipynb": "\n",
    "nbgrader_config.py": f"\n# {MARKER}\n",
}
for name, text in TARGETS.items():
    with contextlib.suppress(OSError):
        with open(f"{COURSE}/{name}", "a") as file:
            file.write(text)


def law(x):
    return 0.0
