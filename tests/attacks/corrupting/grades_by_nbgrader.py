"""Writes its own points into the gradebook by nbgrader's interface, which is installed here.

Expected: the gradebook is as it was.
"""

import contextlib

with contextlib.suppress(Exception):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{COURSE}/gradebook.db") as gradebook:
        for name in ("test_law", "test_double"):
            grade = gradebook.find_grade(name, "exam", "toy", ME)
            grade.manual_score, grade.extra_credit = grade.max_score, 10.0
        gradebook.db.commit()


def law(x):
    return 0.0
