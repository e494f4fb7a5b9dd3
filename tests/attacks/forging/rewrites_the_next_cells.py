"""Hooks IPython's input, so that every later cell is run as another text: nothing, and the full score.

Expected: no points; a visible check's output is no score.
"""


def instead(lines):
    return ["4.0\n"] if any("assert law" in line for line in lines) else lines


get_ipython().input_transformers_post.append(instead)


def law(x):
    return 17.5
