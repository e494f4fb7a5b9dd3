"""Makes links to the secret rooms in its own folder, symbolic and hard ones, and opens what is behind them.

Expected: nothing stolen.
"""

import contextlib
import os

targets = ["solutions/toy/law.py", "source/toy/exam.ipynb", f"submitted/{BEFORE}/toy/exam.ipynb", "gradebook.db"]
for number, target in enumerate([*targets, "../home/.netrc"]):
    for make in (os.symlink, os.link):
        with contextlib.suppress(OSError):
            link = f"link-{number}-{make.__name__}"
            make(f"{COURSE}/{target}", link)
            with open(link, "rb") as file:
                print(*loot(file.read()))
with contextlib.suppress(OSError):
    os.symlink("/", "root")
    print(*loot(open(f"root{COURSE}/solutions/toy/test_law.py").read()))
