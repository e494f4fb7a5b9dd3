"""Files of the class: read with nbgrader's rules, replaced so that nobody ever finds half of them."""

import fnmatch
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from nbgrader.utils import rmtree


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
        self.place = folder.with_name(f".{folder.name}.staged")
        self._discarded = folder.with_name(f".{folder.name}.replaced")

    def write(self, files: Mapping[str, bytes], permissions: int) -> None:
        """Make the folder, and have it on the disk before anything says that it is there.

        Raises:
            OSError: there is no room for it.
        """
        self.discard()
        self.place.mkdir(parents=True)
        for name, data in files.items():
            path = self.place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(data)
                os.fchmod(file.fileno(), permissions)
                file.flush()
                os.fsync(file.fileno())

    def replace(self) -> None:
        """Put it in the place of what was there."""
        if self._folder.exists():
            self._folder.rename(self._discarded)
        self.place.rename(self._folder)
        self._remove(self._discarded)

    def merge(self) -> None:
        """Put its files in the place of those of the same names, and leave the others."""
        for current, _, names in os.walk(self.place):
            target = self._folder / os.path.relpath(current, self.place)
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                os.replace(os.path.join(current, name), target / name)
        self._remove(self.place)

    def discard(self) -> None:
        """Take away what this one, or one that was killed, has left."""
        self._remove(self.place)
        if not self._folder.exists() and self._discarded.exists():
            self._discarded.rename(self._folder)
        self._remove(self._discarded)

    def _remove(self, folder: Path) -> None:
        if folder.exists():
            rmtree(str(folder))


def copied(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """The bytes of some files of a folder, by relative path."""
    return {name: (folder / name).read_bytes() for name in names}
