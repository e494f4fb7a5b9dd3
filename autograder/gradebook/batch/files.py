"""Files of the class: read with nbgrader's rules, replaced so that nobody ever finds half of them."""

import fnmatch
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from nbgrader.utils import rmtree

from autograder.course.errors import CourseError
from autograder.gradebook.progress import leftovers, tidy_up


def files_below(folder: Path, ignored: Sequence[str]) -> Iterator[str]:
    """The files in a folder but notebooks and what is ignored, by relative path, as nbgrader finds them.

    Args:
        folder: where.
        ignored: patterns of names; what starts with a dot is meant by none that does not say so.
    """
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_ignored(name, ignored))
        for name in sorted(names):
            if not name.endswith(".ipynb") and not _is_ignored(name, ignored):
                yield os.path.relpath(os.path.join(current, name), folder)


def _is_ignored(name: str, ignored: Sequence[str]) -> bool:
    return any(
        fnmatch.fnmatchcase(name, pattern) and name.startswith(".") <= pattern.startswith(".") for pattern in ignored
    )


class Staged:
    """A folder that is being made beside the one that it will be.

    Args:
        folder: the one that it will be.

    Attributes:
        place: where it is made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place, self._discarded = leftovers(folder)

    def write(self, files: Mapping[str, bytes], permissions: int) -> None:
        """Make the folder, and have it on the disk before anything says that it is there.

        Raises:
            OSError: there is no room for it; nothing is left of it.
        """
        self.discard()
        try:
            self._write(files, permissions)
        except OSError:
            with suppress(CourseError):
                self.discard()
            raise

    def _write(self, files: Mapping[str, bytes], permissions: int) -> None:
        self.place.mkdir(parents=True)
        for name, data in files.items():
            path = self.place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(data)
                os.fchmod(file.fileno(), permissions)
                file.flush()
                os.fsync(file.fileno())
        for current, _, _ in os.walk(self.place):
            _keep_names(Path(current))
        # With it goes the note that stands beside: whatever the gradebook says from now on, the note says, too.
        _keep_names(self.place.parent)

    def replace(self) -> None:
        """Put it in the place of what was there, and have that on the disk before anybody takes the note away.

        Raises:
            OSError: it cannot be put there; what was there still is.
        """
        try:
            if self._folder.exists():
                self._folder.rename(self._discarded)
            self.place.rename(self._folder)
        except OSError:
            self.discard()
            raise
        _keep_names(self._folder.parent)
        if self._discarded.exists():
            rmtree(str(self._discarded))

    def merge(self) -> None:
        """Put its files in the place of those of the same names, and leave the others."""
        for current, _, names in os.walk(self.place):
            target = self._folder / os.path.relpath(current, self.place)
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                os.replace(os.path.join(current, name), target / name)
            _keep_names(target)
        rmtree(str(self.place))

    def discard(self) -> None:
        """Take away what this one, or one that was killed, has left."""
        tidy_up(self._folder)


def _keep_names(folder: Path) -> None:
    """Have on the disk what a folder says that lies in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copied(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """The bytes of some files of a folder, by relative path."""
    return {name: (folder / name).read_bytes() for name in names}
