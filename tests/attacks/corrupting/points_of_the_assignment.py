"""Makes the problem worth more, and the others' less, in the gradebook's own tables; forgives itself for being late.

Expected: the gradebook is as it was.
"""

import contextlib
import sqlite3

with contextlib.suppress(sqlite3.Error):
    with contextlib.closing(sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=rw", uri=True, timeout=1)) as database:
        database.execute("UPDATE source_cell SET source = source || ? WHERE name = 'explain'", (f"\n{MARKER}",))
        database.execute("UPDATE assignment SET duedate = '2040-01-01 00:00:00.000000'")
        database.commit()


def law(x):
    return 0.0
