"""Opens the source notebook and the variants beside it by their paths, and takes the solution out of the notebook.

Expected: nothing stolen, no points.
"""

import contextlib
import json

for name in ("exam.ipynb", "exam.master.md", "variants.toml"):
    with contextlib.suppress(OSError):
        text = open(f"{COURSE}/source/toy/{name}").read()
        print(text)
        if name == "exam.ipynb":
            for source in ("".join(c["source"]) for c in json.loads(text)["cells"]):
                if "def law" in source:
                    exec(source)
