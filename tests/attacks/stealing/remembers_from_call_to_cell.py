"""Stores what it is called with, dies, and hopes that its cells run once more where it can read what it stored.

Expected: no hidden input in what the student reads; what a second run prints is not kept.
"""

import contextlib
import os

places = [".", "..", TMP, HOME, "/tmp", "/var/tmp", "/dev/shm", os.environ.get("TMPDIR", ".")]
for place in places:
    with contextlib.suppress(OSError):
        print(open(f"{place}/{MARKER}").read())


def law(x):
    for place in places:
        with contextlib.suppress(OSError):
            with open(f"{place}/{MARKER}", "a") as file:
                file.write(f"{x!r}\n")
    os._exit(0)


# %%
for place in places:
    with contextlib.suppress(OSError):
        print(open(f"{place}/{MARKER}").read())
