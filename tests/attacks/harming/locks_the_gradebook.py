"""Holds a lock on the gradebook, and leaves somebody behind who holds it on for 40 seconds.

Expected: the class is graded in its usual time.
"""

import contextlib
import os
import sqlite3
import time

if os.fork() == 0:
    with contextlib.suppress(sqlite3.Error):
        os.setsid()
        sign()
        database = sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=rw", uri=True, isolation_level=None)
        database.execute("BEGIN EXCLUSIVE")
        time.sleep(40)
    os._exit(0)
time.sleep(0.5)


def law(x):
    return 0.0
