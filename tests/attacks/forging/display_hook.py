"""Replaces the hook that shows a cell's last value by one that always shows the full score.

Expected: no points; results of cells are kept apart from the grader's number.
"""

import sys

shell = get_ipython()


def show(value=None):
    type(shell.displayhook).__call__(shell.displayhook, 4.0)


sys.displayhook = shell.display_trap.hook = show
shell.events.register("post_run_cell", lambda *args: show())


def law(x):
    show()
    return 17.5
