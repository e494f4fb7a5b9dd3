"""Names a language and a kernel that this machine may have, or that no path should lead to, to leave the box.

Expected: no points; the notebook runs as the released one does.
"""


def hand_in(notebook, folder):
    notebook["metadata"]["kernelspec"] = {"name": "../../../tmp/kernel", "display_name": "bash", "language": "bash"}
    notebook["metadata"]["language_info"] = {"name": "bash", "version": "5"}
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
