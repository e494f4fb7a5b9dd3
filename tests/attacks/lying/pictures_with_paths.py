"""Displays pictures whose metadata names files, so that whatever extracts them writes where it should not.

Expected: no file is written outside of its folders.
"""

import os

from IPython.display import display

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(32)
for name in (f"{TMP}/{MARKER}.png", f"../../../../{MARKER}.png", os.path.join(COURSE, f"{MARKER}.png")):
    metadata = {"filenames": {"image/png": name}, "filename": name, "image/png": {"filename": name}}
    display({"image/png": PICTURE, "text/plain": "4.0"}, raw=True, metadata=metadata)


def law(x):
    return 17.5
