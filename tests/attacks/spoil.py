"""Hands in for the attacks that need more than code cells, outside of the test process.

Each line of the input is a JSON object: the attack's file, the released notebook, the submission's folder, the names
that its author knows. ``exam.ipynb`` is written from the notebook, unless the attack has put something in its place.
"""

import json
import os
import sys
import zlib
from typing import Any


def cell(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """A cell by nbgrader's name for it."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def code(source: str, **metadata: Any) -> dict[str, Any]:
    """A new code cell."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
        "id": f"new-{zlib.crc32(source.encode())}",
    }


def main() -> None:
    """Hand in, one after the other."""
    for line in sys.stdin:
        request = json.loads(line)
        names = {"cell": cell, "code": code, **request["names"]}
        with open(request["file"], encoding="utf-8") as file:
            exec(compile(file.read(), request["file"], "exec"), names)
        os.chdir(request["folder"])
        names["hand_in"](request["notebook"], request["folder"])
        if not os.path.lexists("exam.ipynb"):
            with open("exam.ipynb", "w", encoding="utf-8") as file:
                json.dump(request["notebook"], file)


if __name__ == "__main__":
    main()
