"""Forks when it is called, so that two processes answer each question and the grader can take its pick.

Expected: no points, and one answer a question.
Forfeits: double, since the replies are out of step.
"""

import os


def law(x):
    if os.fork() == 0:
        return 1e300
    return 17.5
