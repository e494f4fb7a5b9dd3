"""Names a kernel of its own, and hands in its specification, whose command runs on the grader's side.

Expected: no points; the kernel is the released one, and the command is not run.
"""

import json
import os

COMMAND = "import os, sys; open({mark!r}, 'w').close()"


def hand_in(notebook, folder):
    spec = {
        "argv": ["python3", "-c", COMMAND.format(mark=f"{HOME}/{MARKER}")],
        "display_name": "x",
        "language": "python",
    }
    for place in ("kernels/mine", "share/jupyter/kernels/mine", ".local/share/jupyter/kernels/python3"):
        os.makedirs(place, exist_ok=True)
        with open(f"{place}/kernel.json", "w") as file:
            json.dump(spec, file)
    notebook["metadata"]["kernelspec"] = {"name": "mine", "display_name": "mine", "language": "python"}
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
