"""Attaches pictures to cells that cannot have any, under names that are paths, with contents that are no pictures.

Expected: the submission is graded, and no file is written outside of its folders.
"""


def hand_in(notebook, folder):
    picture = {"image/png": "aGVsbG8=", "text/html": "<script>alert(1)</script>"}
    names = ["x.png", f"../../../{MARKER}.png", f"{TMP}/{MARKER}.png", f"{COURSE}/{MARKER}.png"]
    for one in notebook["cells"]:
        one["attachments"] = dict.fromkeys(names, picture)
    cell(notebook, "explain")["attachments"]["deep"] = {"image/png": ["aGVsbG8="]}
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
