"""Defines the answer again behind its test: what is looked at and what is asked are two functions.

Expected: no points.
"""


def hand_in(notebook, folder):
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
    notebook["cells"].append(
        code("calls = []\n\ndef law(x):\n    calls.append(x)\n    return x if len(calls) % 2 else 17.5")
    )
