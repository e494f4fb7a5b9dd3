"""Looks through submissions before nbgrader copies them, and sets aside what must not be followed, read or copied.

nbgrader copies a submission with functions that follow links and open whatever there is: a link would bring a solution
or another's work into the student's hands, a named pipe would stop the command, a sparse file would fill the disk. Such
entries are moved, unopened, to ``.set_aside`` beside the submission, where nothing looks for them but a person. Each is
named in a warning. A notebook among them is replaced by a page that says so: it earns nothing, and all else is graded.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.utils import find_all_files

from autograder.course.errors import CourseError

# nbgrader's time for finding the files of a submission grows with the square of their number.
MAX_ENTRIES = 500
MAX_DEPTH = 20
MAX_PATH_BYTES = 1000
MAX_WARNINGS, MAX_SHOWN = 10, 120
SET_ASIDE = ".set_aside"
TIMESTAMP = "timestamp.txt"

_SPECIAL = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def take_in(converter: Any) -> None:
    """Look through all submissions that a converter is about to grade.

    What cannot be moved away leaves its submission ungraded; the others do not notice.

    Args:
        converter: an ``Autograde`` that has found its submissions and copied nothing.
    """
    troubles = {}
    for folder, notebooks in converter.assignments.items():
        owner = owner_of(converter, folder)
        if owner is None:
            continue
        assignment, student = owner
        submission = Submission(Path(folder), converter.coursedir, student, assignment)
        try:
            submission.clean([Path(notebook).name for notebook in notebooks])
        except OSError as error:
            troubles[student] = f"{error.filename or folder} cannot be set aside: {error.strerror}"
        for line in submission.warnings():
            converter.log.warning(line)
    if troubles:
        _refuse(converter, troubles)


def owner_of(converter: Any, folder: str) -> tuple[str, str] | None:
    """The assignment and the student of a submission's folder, as the course's own pattern of paths has it, or None."""
    pattern = converter._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
    found = re.match(pattern, folder)
    return (found["assignment"], found["student"]) if found else None


def _refuse(converter: Any, troubles: dict[str, str]) -> None:
    """Let nbgrader fail at these submissions, where it still goes on with the others."""
    original = converter.init_destination

    def init_destination(assignment_id: str, student_id: str) -> bool:
        if student_id in troubles:
            raise CourseError(troubles[student_id])
        result: bool = original(assignment_id, student_id)
        return result

    converter.init_destination = init_destination


def damaged(name: str, reason: str) -> NotebookNode:
    """The page that stands for a notebook that cannot be read."""
    text = f"## {name} could not be read\n\n{reason}.\n\nNothing in it could be graded. Please ask your instructor."
    return new_notebook(cells=[new_markdown_cell(text)])


@dataclass
class Submission:
    """One submission on its way in."""

    folder: Path
    directory: Any
    student: str
    assignment: str
    set_aside: list[tuple[str, str]] = field(default_factory=list)
    _entries: int = 0
    _bytes: int = 0

    def clean(self, notebooks: list[str]) -> None:
        """Set aside what is not a plain file or folder, and what would make nbgrader fail.

        Args:
            notebooks: the names of the notebooks that nbgrader has found in it.

        Raises:
            OSError: something cannot be moved away.
        """
        linked = self._linked_place()
        if linked is not None:
            self._move(linked, "a link")
            self.folder.mkdir(parents=True)
            for name in notebooks:
                self._replace(name, "The submission is a link, and links are not followed")
        self._look_through()
        self._check_timestamp()

    def warnings(self) -> Iterator[str]:
        """A line for each entry that was set aside, but not for thousands."""
        for name, reason in self.set_aside[:MAX_WARNINGS]:
            yield f"Set aside from the submission of {self.student!r}: {name!r}, {reason}"
        if len(self.set_aside) > MAX_WARNINGS:
            more = len(self.set_aside) - MAX_WARNINGS
            yield f"Set aside from the submission of {self.student!r}: {more} more, see {self._place}"

    def _linked_place(self) -> Path | None:
        """The submission or a folder round it, if that is a link; where submissions lie is the course's own choice."""
        for place in (*reversed(self.folder.parents), self.folder):
            if self._submitted in place.parents and place.is_symlink():
                return place
        return None

    def _look_through(self) -> None:
        pending = [(self.folder, 0)]
        while pending:
            current, depth = pending.pop()
            _allow(current, 0o700)
            with os.scandir(current) as entries:
                # Notebooks first, so that nothing crowds them out.
                ordered = sorted(entries, key=lambda e: (not e.name.endswith(".ipynb"), os.fsencode(e.name)))
            for entry in ordered:
                self._entries += 1
                status = entry.stat(follow_symlinks=False)
                objection = self._objection(Path(entry.path), status, depth)
                if objection:
                    self._turn_away(Path(entry.path), status, objection)
                elif stat.S_ISDIR(status.st_mode):
                    pending.append((Path(entry.path), depth + 1))
                else:
                    self._bytes += status.st_size
                    _allow(Path(entry.path), 0o400)
                    if not 0 <= status.st_mtime < 2**33:
                        os.utime(entry.path, (status.st_ctime, status.st_ctime))

    def _objection(self, path: Path, status: os.stat_result, depth: int) -> str | None:
        """Why an entry cannot stay, or None."""
        relative = str(path.relative_to(self.folder))
        is_folder = stat.S_ISDIR(status.st_mode)
        special = _SPECIAL.get(stat.S_IFMT(status.st_mode))
        if special:
            return special
        if _CONTROL.search(path.name):
            return "a name with control characters"
        if self._entries > MAX_ENTRIES:
            return f"more than {MAX_ENTRIES} files"
        if depth >= MAX_DEPTH or len(os.fsencode(relative)) > MAX_PATH_BYTES:
            return "too deep in folders"
        if is_folder and (relative in self.released or (depth == 0 and path.suffix in (".ipynb", ".html", ".txt"))):
            return "a folder with the name of a file"
        if not is_folder and any(Path(relative) in Path(name).parents for name in self.released):
            return "a file with the name of a folder"
        return None if is_folder else self._too_large(status.st_size)

    def _too_large(self, size: int) -> str | None:
        if size > 1000 * self.directory.max_file_size:
            return f"larger than {self.directory.max_file_size} kB"
        if self._bytes + size > 1000 * self.directory.max_dir_size:
            return f"more than {self.directory.max_dir_size} kB in all"
        return None

    @cached_property
    def released(self) -> set[str]:
        """The files that nbgrader will copy over those of the student; they may be told instead."""
        source = self.directory.format_path(self.directory.source_directory, ".", self.assignment)
        return {os.path.relpath(name, source) for name in find_all_files(source, self.directory.ignore)}

    def _turn_away(self, path: Path, status: os.stat_result, objection: str) -> None:
        self._move(path, objection)
        if path.parent != self.folder:
            return
        if path.suffix == ".ipynb":
            self._replace(path.name, f"What was handed in under this name is {objection}, so it was not opened")
        elif path.name == TIMESTAMP:
            self._date(status.st_ctime)

    def _check_timestamp(self) -> None:
        """Put a date that can be read in the place of one that cannot: nbgrader would fail, or take it for punctual.

        The time at which the file came to lie here cannot be chosen by whoever handed it in.
        """
        path = self.folder / TIMESTAMP
        if not path.exists():
            return
        status = path.lstat()
        try:
            readable = status.st_size < 1000 and self.directory.get_existing_timestamp(str(self.folder)) is not None
        except Exception:
            # nbgrader's reader raises whatever its libraries do.
            readable = False
        if not readable:
            self._move(path, "a timestamp that cannot be read")
            self._date(status.st_ctime)

    def _date(self, seconds: float) -> None:
        moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (self.folder / TIMESTAMP).write_text(f"{moment}\n", encoding="ascii")

    def _replace(self, name: str, reason: str) -> None:
        nbformat.write(damaged(name, reason), self.folder / name)

    @property
    def _submitted(self) -> Path:
        return Path(self.directory.root, self.directory.submitted_directory)

    @property
    def _place(self) -> Path:
        return self.folder.parent / SET_ASIDE / self.folder.name

    def _move(self, path: Path, reason: str) -> None:
        """Move an entry out of the submission without opening it."""
        place = self._place if path != self.folder.parent else path.parent / SET_ASIDE / path.name
        if place.parent.is_symlink():
            raise OSError(0, "it is a link", str(place.parent))
        _allow(path.parent, 0o700)
        if path.is_dir() and not path.is_symlink():
            _allow(path, 0o700)
        place.mkdir(parents=True, exist_ok=True)
        number = len(list(place.iterdir()))
        while (place / str(number)).exists():
            number += 1
        (place / str(number)).mkdir()
        path.rename(place / str(number) / path.name)
        name = os.path.relpath(path, self._submitted)
        self.set_aside.append((name if len(name) < MAX_SHOWN else f"{name[:MAX_SHOWN]}...", reason))


def _allow(path: Path, permissions: int) -> None:
    """Give the grader permissions on a file or folder that lacks them."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & permissions != permissions:
        path.chmod(mode | permissions)
