"""Waits in the background until it has been graded, and then improves its grade and its notebook.

Expected: it is gone before its grade is written.
"""

import contextlib
import os
import sqlite3
import time

if os.fork() == 0:
    os.setsid()
    sign()
    for _ in range(40):
        time.sleep(0.5)
        with contextlib.suppress(sqlite3.Error):
            with contextlib.closing(sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=rw", uri=True)) as database:
                mine = "SELECT id FROM submitted_assignment WHERE student_id = ?"
                which = f"SELECT id FROM submitted_notebook WHERE assignment_id IN ({mine})"
                database.execute(f"UPDATE grade SET manual_score = 4.0 WHERE notebook_id IN ({which})", (ME,))
                database.commit()
    os._exit(0)


def law(x):
    return 0.0
