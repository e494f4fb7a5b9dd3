"""Imports the grader's checks by name and makes them pass, and its results and marks them as earned.

Expected: no points; whatever can be imported here is a copy.
"""

import contextlib

with contextlib.suppress(ImportError):
    import autograder.grading.checks as checks
    import autograder.grading.results as results

    for name in ("assert_close", "assert_equal", "assert_raises", "assert_arguments_unchanged", "check"):
        setattr(checks, name, lambda *args, **kwargs: None)
    results.ProblemResult.earned = 4.0


def law(x):
    return 17.5
