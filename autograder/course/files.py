"""Files that are written whole or not at all, and folders that only one command writes in at a time."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course.errors import CourseError


def write_whole(path: Path, text: str) -> None:
    """Write a file so that an interruption or a full disk leaves the old one; its folder is made.

    Raises:
        CourseError: it cannot be written.
    """
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".autograder-", dir=path.parent) as folder:
            new = Path(folder) / path.name
            new.write_text(text, encoding="utf-8")
            if path.exists():
                new.chmod(path.stat().st_mode)
            new.replace(path)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def alone_in(folder: Path, wait: bool = True) -> Iterator[None]:
    """Keep other commands that ask for the same folder out of it; the lock ends with the process, however it ends.

    Raises:
        CourseError: another command is in it and this one does not wait, or there is no such folder.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CourseError(f"{folder} cannot be opened: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            raise CourseError(f"another command is at work in {folder}: wait until it ends, and try again") from error
        yield
    finally:
        os.close(handle)
