"""Writes its own points into the gradebook, as a person's grade, as extra credit, and for every student that it finds.

Expected: the gradebook is as it was.
"""

import contextlib
import sqlite3


def law(x):
    with contextlib.suppress(sqlite3.Error):
        with contextlib.closing(
            sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=rw", uri=True, timeout=1)
        ) as database:
            database.execute("UPDATE grade SET manual_score = 4.0, extra_credit = 50.0, needs_manual_grade = 0")
            database.commit()
    return 0.0
