"""Has no kernel, no language, and metadata of shapes that nobody expects: the notebook may be graded by nobody.

Expected: no points for law, and the other problem has its own.
"""


def hand_in(notebook, folder):
    notebook["metadata"] = {"kernelspec": {}, "language_info": {"name": "", "version": 3}, "title": ["x"], "authors": 7}
    notebook["metadata"]["celltoolbar"] = {"deep": [[[[]]]]}
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
