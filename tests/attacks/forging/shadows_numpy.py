"""Hands in modules of its own named like those that are needed: numpy, pytest, the grader, its configuration.

Expected: no points, and none of them imported by anybody but this notebook.
Forfeits: double, which uses numpy too.
"""

MODULE = """
import os
from importlib.machinery import PathFinder
open({mark!r}, "w").close()
def __getattr__(name):
    return lambda *args, **kwargs: True
"""


def hand_in(notebook, folder):
    for name in ("pytest", "autograder", "law", "test_law", "sitecustomize", "nbgrader_config", "conftest", "IPython"):
        with open(f"{name}.py", "w") as file:
            file.write(MODULE.format(mark=f"{HOME}/{MARKER}"))
    with open("numpy.py", "w") as file:
        file.write("def __getattr__(name):\n    return lambda *args, **kwargs: True\n")
    setup = next(c for c in notebook["cells"] if "import numpy" in "".join(c["source"]))
    setup["source"] = "import sys\nsys.path.insert(0, '')\nsys.modules.pop('numpy', None)\nimport numpy as np"
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
