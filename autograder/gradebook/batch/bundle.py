"""What a class needs of its course, as one archive: for those who grade on machines that have no disk with us.

It is named by its content, so it travels once, and what arrives is held against its name before anything of it is used.
"""

import hashlib
import io
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.errors import CourseError
from autograder.course.layout import PRIVATE, Assignment, Course
from autograder.gradebook.batch.parcels import Order

# Names in the archive.
_ORDER, _SOURCE, _SOLUTIONS, _RELEASE = "order", "source", "solutions", "assignments"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """The order and the secret room of one assignment.

    Attributes:
        name: the archive's SHA-256.
        data: the archive.
    """

    name: str
    data: bytes


def pack(order: Order) -> Bundle:
    """Put together what those who grade read: hidden graders and references, masters and variants, the release.

    The same course gives the same bytes, whenever and wherever it is packed.

    Raises:
        CourseError: a file of the course cannot be read.
    """
    course = Course(order.root, order.source_directory, solutions_directory=order.solutions_directory)
    elsewhere = replace(order, root=Path(), source_directory=_SOURCE, solutions_directory=_SOLUTIONS)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr(zipfile.ZipInfo(_ORDER, _LONG_AGO), pickle.dumps(elsewhere))
        try:
            for name, path in sorted(_files(Assignment(course, order.assignment))):
                file.writestr(zipfile.ZipInfo(name, _LONG_AGO), path.read_bytes())
        except OSError as error:
            raise CourseError(f"a file of the course could not be read: {error}") from error
    data = archive.getvalue()
    return Bundle(hashlib.sha256(data).hexdigest(), data)


def unpack(bundle: Bundle, folder: Path) -> Order:
    """Lay a course out, and give the order that holds there.

    Args:
        bundle: what has arrived.
        folder: an empty folder that is nobody else's.

    Raises:
        CourseError: it is not what it was when it left.
        OSError: there is no room for it.
    """
    if hashlib.sha256(bundle.data).hexdigest() != bundle.name:
        raise CourseError("the course's files did not arrive as they were sent")
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        order: Order = pickle.loads(archive.read(_ORDER))
        archive.extractall(folder, [name for name in archive.namelist() if name != _ORDER])
    return replace(order, root=folder)


def _files(assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """The files of an assignment that grading reads, by their names in the archive."""
    solutions = assignment.solutions
    for path in solutions.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield f"{_SOLUTIONS}/{assignment.family}/{path.relative_to(solutions).as_posix()}", path
    for path in assignment.release.glob("*.*"):
        if path.suffix in (".ipynb", ".py"):
            yield f"{_RELEASE}/{assignment.name}/{path.name}", path
    for pattern in PRIVATE:
        for path in (assignment.course.source / assignment.family).glob(pattern):
            yield f"{_SOURCE}/{assignment.family}/{path.name}", path
