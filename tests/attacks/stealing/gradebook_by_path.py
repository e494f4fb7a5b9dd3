"""Opens the gradebook as the database that it is, and prints everybody's names and the source of every cell.

Expected: nothing stolen.
"""

import contextlib
import sqlite3

with contextlib.suppress(sqlite3.Error):
    with contextlib.closing(sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=ro", uri=True)) as database:
        print(database.execute("SELECT * FROM student").fetchall())
        for (source,) in database.execute("SELECT source FROM source_cell"):
            print(source)
            if "def law" in source:
                exec(source)
