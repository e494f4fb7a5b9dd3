"""What travels between the coordinator and whoever grades: frozen data, so that it may cross any border."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.box.limits import Limits
from autograder.gradebook.release import ReleasedNotebook


@dataclass(frozen=True)
class Order:
    """What holds for the whole class.

    Attributes:
        root: the course; on another machine, where its rooms have been unpacked.
        assignment: its name.
        source_directory: the instructors' room in the course.
        solutions_directory: the secret room.
        release: what the gradebook knows of each notebook, by name.
        beside: the files that stand beside everybody's notebooks, by relative path.
        limits: what a box may use.
        trusting: whether submissions are graded on a machine that cannot confine them.
        libraries: what is imported once for all notebooks.
        remember: whether answers that were judged before are recognized.
        settings: the course's settings of nbgrader's preprocessors, as traitlets has them.
    """

    root: Path
    assignment: str
    source_directory: str
    solutions_directory: str
    release: Mapping[str, ReleasedNotebook]
    beside: Mapping[str, bytes]
    limits: Limits
    trusting: bool = False
    libraries: tuple[str, ...] = ()
    remember: bool = True
    settings: Any = None


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: the gradebook's id.
        notebooks: the bytes of each notebook that is to be graded, by name; None for one that is too large to be read.
        files: the student's own files beside them, by relative path.
    """

    student: str
    notebooks: Mapping[str, bytes | None]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that travel."""
        return sum(len(data or b"") for data in (*self.notebooks.values(), *self.files.values()))


@dataclass(frozen=True)
class GradedNotebook:
    """One notebook as it goes into ``autograded``.

    Attributes:
        key: the released notebook's primary key in the gradebook.
        name: without its ending.
        text: the file's bytes.
        scores: of each graded cell, by the cell's key; None where a person is to grade.
        comments: of each cell that a student writes in, by the cell's key.
    """

    key: str
    name: str
    text: bytes
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


@dataclass(frozen=True)
class Graded:
    """What came of one submission.

    Attributes:
        student: the gradebook's id.
        notebooks: the graded notebooks; none if there is a fault.
        remarks: what a person should know, a line each.
        suspicions: what a person should look at, a line each.
        fault: why it stays ungraded, where it does.
    """

    student: str
    notebooks: tuple[GradedNotebook, ...] = ()
    remarks: tuple[str, ...] = ()
    suspicions: tuple[str, ...] = ()
    fault: str | None = None
