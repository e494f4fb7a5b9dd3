"""Hands in a notebook of 60 MB: a cell of one long line, ten thousand cells, saved outputs without end.

Expected: the submission is graded in bounded time, or is zero with a page that says so; the class is graded.
Forfeits: double, which may be too large to be read.
"""


def hand_in(notebook, folder):
    noise = "x" * 1_000_000
    stream = {"output_type": "stream", "name": "stdout", "text": noise}
    notebook["cells"][2]["outputs"] = [stream] * 40
    notebook["cells"].append(code(f"noise = {noise * 10!r}"))
    for number in range(2_000):
        extra = code("pass")
        extra["id"] = f"cell-{number}"
        notebook["cells"].append(extra)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
