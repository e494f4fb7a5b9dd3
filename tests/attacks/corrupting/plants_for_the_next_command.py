"""Leaves code where the grader's next start will run it: conftest, compiled modules, startup files, site hooks.

Expected: nothing of it is left.
"""

import contextlib
import os
import sys

version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
LINE = f"# {MARKER}\n"
PLACES = {
    f"{COURSE}/solutions/toy": ["conftest.py", f"{MARKER}.py", "__init__.py"],
    f"{COURSE}/solutions/toy/__pycache__": [f"{MARKER}.cpython-311.pyc"],
    f"{HOME}/.local/lib/{version}/site-packages": [f"{MARKER}.pth", "usercustomize.py"],
    f"{HOME}/.ipython/profile_default/startup": [f"00_{MARKER}.py"],
    f"{HOME}/.jupyter": [f"{MARKER}.py"],
    f"{HOME}/.config/matplotlib": [f"{MARKER}"],
    os.path.dirname(np.__path__[0]): [f"{MARKER}.txt"],
}
for folder, names in PLACES.items():
    for name in names:
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)
            with open(f"{folder}/{name}", "a") as file:
                file.write(LINE)


def law(x):
    return 0.0
