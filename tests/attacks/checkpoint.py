"""What a course and its surroundings are like at one moment: between two students, each change has one author.

``nbgrader autograde`` calls ``checkpoint`` before each student, as ``c.Autograde.pre_convert_hook``.
"""

import contextlib
import hashlib
import json
import os
import resource
import sqlite3
import stat
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Snapshot = dict[str, Any]

DEEPEST = 30

MARK = "pathwise_marker"
# Their bytes change with every student; what is in them is compared row by row.
DATABASE = ("gradebook.db", "gradebook.db-journal", "gradebook.db-wal", "gradebook.db-shm")
# Python writes these beside the modules that it imports.
CACHES = ("__pycache__", ".pytest_cache")
LOGS = (".nbgrader.log",)
BASE_TABLES = (
    "SELECT * FROM assignment",
    "SELECT * FROM notebook",
    "SELECT * FROM base_cell",
    "SELECT * FROM grade_cells",
    "SELECT * FROM solution_cells",
    "SELECT * FROM source_cell",
    "SELECT * FROM task_cells",
    "SELECT * FROM student WHERE first_name != ''",
)
GRADES = """
SELECT a.student_id, b.name, g.auto_score, g.manual_score, g.extra_credit, n.late_submission_penalty
FROM grade g JOIN base_cell b ON b.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
JOIN submitted_assignment a ON a.id = n.assignment_id ORDER BY 1, 2
"""
COMMENTS = """
SELECT a.student_id, c.auto_comment, c.manual_comment
FROM comment c JOIN submitted_notebook n ON n.id = c.notebook_id
JOIN submitted_assignment a ON a.id = n.assignment_id ORDER BY 1, 2, 3
"""


def checkpoint(notebooks: list[str], **_: Any) -> None:
    """Note the state before a student; the harness says in the environment where and of what."""
    student = Path(notebooks[0]).parts[-3]
    folder = Path(os.environ["ATTACKS_NOTES"])
    number = len(list(folder.glob("*.json")))
    state = snapshot(Path.cwd(), os.environ["HOME"], os.environ["TMPDIR"])
    shot = {"student": student, "seconds": time.monotonic(), **state, "process": process()}
    unfinished = folder / f"{number:04}.unfinished"
    unfinished.write_text(json.dumps(shot))
    unfinished.rename(folder / f"{number:04}.json")


def snapshot(course: Path, *places: str) -> Snapshot:
    """Files of a course, rows of its gradebook, what bears an attack's mark elsewhere, and the last place's entries."""
    left = sorted(os.listdir(places[-1])) if places else []
    return {"files": files_of(course), **rows_of(course / DATABASE[0]), "strays": strays(*places), "temporary": left}


def files_of(course: Path) -> dict[str, list[Any]]:
    """Every file and folder: a digest of its content, its mode and owner, and when a file was changed."""
    found = {}
    for path in below(course):
        name = str(path.relative_to(course))
        if name in DATABASE or name in LOGS or (set(path.parts) & set(CACHES) and MARK not in name):
            continue
        with contextlib.suppress(OSError):
            status = path.lstat()
            content = _digest(path, status)
            when = 0 if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns
            found[name] = [content, oct(status.st_mode), status.st_uid, when]
    return found


def below(folder: Path) -> Iterator[Path]:
    """All files and folders below a folder, but for those that an attack has buried too deep for any path."""
    for place, folders, names in os.walk(folder):
        yield from (Path(place, name) for name in [*folders, *names])
        if len(Path(place).relative_to(folder).parts) >= DEEPEST:
            folders.clear()


def _digest(path: Path, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return f"-> {os.readlink(path)}"
    if not stat.S_ISREG(status.st_mode):
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()


def rows_of(database: Path) -> dict[str, Any]:
    """What the gradebook says of the assignment, and of each student."""
    with contextlib.closing(sqlite3.connect(database, timeout=20)) as connection:
        base = repr([sorted(map(repr, connection.execute(query))) for query in BASE_TABLES])
        grades: dict[str, dict[str, list[Any]]] = {}
        for student, cell, *numbers in connection.execute(GRADES):
            grades.setdefault(student, {})[cell] = numbers
        comments: dict[str, list[Any]] = {}
        for student, *texts in connection.execute(COMMENTS):
            comments.setdefault(student, []).append(texts)
    return {"base": hashlib.sha1(base.encode()).hexdigest(), "grades": grades, "comments": comments}


def strays(*places: str) -> list[str]:
    """Where an attack's mark is found outside of the course: in names of files, of shared memory and of queues."""
    found = []
    shared = ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", sysconfig.get_path("purelib")]
    for place in shared:
        with contextlib.suppress(OSError):
            found += [f"{place}/{name}" for name in os.listdir(place) if MARK in name]
    for place in places:
        found += [str(path) for path in below(Path(place)) if MARK in path.name]
    return sorted(found)


def process() -> dict[str, Any]:
    """What can be done to the grader's process from outside, but for ending it."""
    limits = [number for name, number in vars(resource).items() if name.startswith("RLIMIT_")]
    return {
        "id": os.getpid(),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "limits": [resource.getrlimit(number) for number in sorted(limits)],
        "badness": Path("/proc/self/oom_score_adj").read_text() if os.path.exists("/proc/self/oom_score_adj") else "",
    }
