"""Which submissions of a class are to be graded, and what is in them; read when their turn comes."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.course.errors import CourseError, OurFault
from autograder.course.notebooks import MAX_NOTEBOOK_BYTES
from autograder.gradebook.batch.files import copied, files_below
from autograder.gradebook.batch.parcels import Submission
from autograder.gradebook.intake import TIMESTAMP, owner_of
from autograder.gradebook.intake import Submission as Intake
from autograder.gradebook.progress import Note
from autograder.gradebook.release import ReleasedNotebook

MAX_DATE_BYTES = 1000


@dataclass(frozen=True)
class Taken:
    """A submission whose turn it is.

    Attributes:
        student: the gradebook's id.
        folder: where it will lie in ``autograded``.
        note: says that it is being graded, and keeps other commands away.
        submission: what travels to whoever grades; None where a fault of ours keeps it from that.
        timestamp: when it was handed in, in UTC.
        missing: notebooks that were not handed in.
        remarks: what a person should know.
        suspicions: what a person should look at.
        fault: why it cannot be graded.
    """

    student: str
    folder: Path
    note: Note
    submission: Submission | None = None
    timestamp: datetime | None = None
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    suspicions: tuple[str, ...] = ()
    fault: str | None = None


@dataclass(frozen=True)
class Skipped:
    """A submission that is left alone: it is graded already, somebody else is at it, or it is excluded."""

    student: str
    remark: str = ""


class Roster:
    """The submissions that nbgrader finds.

    Args:
        converter: the ``Autograde`` that has found them.
        release: what the gradebook knows of each notebook, by name.
    """

    def __init__(self, converter: Any, release: Mapping[str, ReleasedNotebook]) -> None:
        self._converter = converter
        self._directory = converter.coursedir
        self._release = release
        excluded = self._directory.student_id_exclude
        self._excluded = set(excluded.split(",")) if excluded else set()

    def __len__(self) -> int:
        return len(self._converter.assignments)

    def folder(self, student: str) -> Path:
        """Where a submission lies when it is graded."""
        return Path(self._converter._format_dest(self._directory.assignment_id, student))

    @property
    def whole(self) -> bool:
        """Whether submissions are graded whole, not single notebooks of them."""
        return bool(self._directory.notebook_id == "*")

    def __iter__(self) -> Iterator[Taken | Skipped]:
        for folder in sorted(self._converter.assignments):
            owner = owner_of(self._converter, folder)
            if owner is None:
                raise CourseError(f"{folder} does not fit the course's pattern of folders")
            yield self._take(Path(folder), owner[1])

    def students(self) -> Iterator[tuple[str, bool]]:
        """Whose submissions there are, and whether their turn would come; nothing is touched."""
        for folder in sorted(self._converter.assignments):
            owner = owner_of(self._converter, folder)
            if owner is not None:
                note = Note(self.folder(owner[1]), owner[1])
                yield owner[1], self._has_turn(Path(folder), owner[1], note)

    def _has_turn(self, folder: Path, student: str, note: Note) -> bool:
        return student not in self._excluded and (note.exists or self._is_due(folder, student))

    def _take(self, folder: Path, student: str) -> Taken | Skipped:
        place = self.folder(student)
        note = Note(place, student)
        if not self._has_turn(folder, student, note):
            return Skipped(student)
        intake = Intake(folder, self._directory, student, self._directory.assignment_id)
        try:
            if not note.write():
                return Skipped(student, f"Another command is grading {place}, so this one leaves it alone")
            if not note.is_old and not self._is_due(folder, student):
                # Another command has graded it just now.
                note.close(keep=False)
                return Skipped(student)
            intake.released = self._released_files
            intake.clean([f"{name}.ipynb" for name in self._matched(folder)])
            return self._read(folder, Taken(student, place, note), intake)
        except OSError as error:
            return Taken(
                student, place, note, fault=f"{error.filename or folder} cannot be set aside: {error.strerror}"
            )
        except OurFault as fault:
            return Taken(student, place, note, fault=str(fault))
        except Exception as error:
            # As in nbgrader, whatever it is: the others are graded.
            return Taken(student, place, note, fault=f"{type(error).__name__}: {error}")

    def _read(self, folder: Path, taken: Taken, intake: Intake) -> Taken:
        remarks = list(intake.warnings())
        suspicions = list(remarks)
        names = self._matched(folder)
        unknown = [name for name in names if name not in self._release]
        remarks += [f"Skipping unknown notebook: {name}.ipynb" for name in unknown]
        fault = None
        notebooks: dict[str, bytes | None] = {}
        files: dict[str, bytes] = {}
        try:
            for name in names:
                path = folder / f"{name}.ipynb"
                if name in self._release:
                    notebooks[name] = path.read_bytes() if path.stat().st_size <= MAX_NOTEBOOK_BYTES else None
            own = set(files_below(folder, self._directory.ignore)) - set(self._beside)
            files = copied(folder, sorted(own))
            timestamp = self._directory.get_existing_timestamp(str(folder))
        except OSError as error:
            fault, timestamp = f"a file could not be read: {error}", None
        if not notebooks and fault is None:
            fault = "none of its notebooks is one of the assignment's; 'nbgrader generate_assignment' makes them known"
        missing = tuple(name for name in self._release if not (folder / f"{name}.ipynb").exists())
        submission = None if fault else Submission(taken.student, notebooks, files)
        return Taken(
            taken.student,
            taken.folder,
            taken.note,
            submission,
            timestamp,
            missing,
            tuple(remarks),
            tuple(suspicions),
            fault,
        )

    def _matched(self, folder: Path) -> list[str]:
        found = self._converter.assignments[str(folder)]
        return sorted(Path(notebook).stem for notebook in found)

    def _is_due(self, folder: Path, student: str) -> bool:
        """Whether nbgrader would grade it: not graded yet, handed in again since, or asked for by force."""
        place = self.folder(student)
        if self._converter.force:
            return True
        if (
            not place.exists()
            if self.whole
            else any(not (place / f"{name}.ipynb").exists() for name in self._matched(folder))
        ):
            return True
        try:
            new, old = (self._timestamp(where) for where in (folder, place))
        except ValueError:
            return True
        return new is not None and old is not None and new > old

    def _timestamp(self, folder: Path) -> Any:
        """When something was handed in, in UTC, or None.

        Raises:
            ValueError: nobody can tell, before the submission is looked through: one without a date gets a new one.
        """
        path = folder / TIMESTAMP
        if not os.path.lexists(path):
            return None
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_DATE_BYTES:
            raise ValueError(f"{path} is no file with a date")
        try:
            return self._directory.get_existing_timestamp(str(folder))
        except (Exception, SystemExit) as error:
            # nbgrader's reader raises whatever its libraries do.
            raise ValueError(f"{path} cannot be read") from error

    @cached_property
    def _source(self) -> Path:
        return Path(self._directory.format_path(self._directory.source_directory, ".", self._directory.assignment_id))

    @cached_property
    def _beside(self) -> list[str]:
        left = set(self._converter.exclude_overwriting.get(self._directory.assignment_id, []))
        return sorted(set(files_below(self._source, self._directory.ignore)) - left)

    @cached_property
    def beside(self) -> dict[str, bytes]:
        """The files that nbgrader puts beside everybody's notebooks, by relative path."""
        return copied(self._source, self._beside)

    @cached_property
    def _released_files(self) -> set[str]:
        notebooks = {path.name for path in self._source.glob("*.ipynb")}
        return {*files_below(self._source, self._directory.ignore), *notebooks}
