"""Counts what a box keeps on the disk where its folder has no quota, and says how soon that must be looked at again.

What is counted are the files in its folder, and those without a name that its processes hold open. A file without a
name that is only mapped, or under way from one process to another, is not found.
"""

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path

# Nobody fills a disk faster than with so many bytes and files a second.
_FASTEST = (4 << 30, 100_000)
_SOONEST_SECONDS, _LATEST_SECONDS = 0.005, 0.1
# No more than this part of the time goes into counting unless the disk has filled meanwhile.
_SHARE = 0.05


class Disk:
    """The room that a box has left, in bytes and in files.

    How much is free on the whole disk can be asked at any time for next to nothing. As long as that has not shrunk by
    the box's room since the last count, whoever did it, the box is within its limits; otherwise it is counted again.

    Args:
        folder: the box's folder.
        size: how many bytes it may keep.
        files: how many files and folders it may have.
        processes: gives the numbers of the box's processes.
    """

    def __init__(self, folder: Path, size: int, files: int, processes: Callable[[], Iterable[int]]) -> None:
        self._folder = folder
        self._limits = self._room = (size, files)
        self._processes = processes
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._free = self._free_now()
        self._due = 0.0

    def seconds(self) -> float:
        """How long the box cannot have filled its room."""
        fastest = min(left / rate for left, rate in zip(self._left(), _FASTEST, strict=True))
        return min(max(fastest, _SOONEST_SECONDS), _LATEST_SECONDS)

    def is_full(self) -> bool:
        """Whether the box keeps more than it may."""
        begun = time.monotonic()
        if begun < self._due and min(self._left()) > 0:
            return False
        self._free = self._free_now()
        size, entries = disk_use(self._folder, self._limits[1])
        self._room = (self._limits[0] - size - nameless(self._processes()), self._limits[1] - entries)
        ended = time.monotonic()
        self._due = ended + max((ended - begun) / _SHARE, _LATEST_SECONDS)
        return min(self._room) < 0

    def _left(self) -> list[int]:
        """What is left of the room if all that has been taken from the disk since the last count is this box's."""
        return [r - (b - n) for r, b, n in zip(self._room, self._free, self._free_now(), strict=True)]

    def _free_now(self) -> tuple[int, int]:
        status = os.fstatvfs(self._handle)
        return status.f_bfree * status.f_frsize, status.f_ffree


def disk_use(folder: Path, most: int) -> tuple[int, int]:
    """How many bytes and entries a folder holds; the counting stops soon after ``most`` entries.

    A folder that cannot be listed, because of its rights or the length of its path, may hold anything: it counts as too
    many entries.
    """
    size = entries = 0
    pending = [str(folder)]
    while pending and entries <= most:
        try:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    entries += 1
                    with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return size, most + 1
    return size, entries


def nameless(processes: Iterable[int]) -> int:
    """How many bytes are in files that these processes hold open and that have no name any more."""
    sizes: dict[tuple[int, int], int] = {}
    for process in processes:
        with contextlib.suppress(OSError):
            for descriptor in os.listdir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    status = os.stat(f"/proc/{process}/fd/{descriptor}")
                    if status.st_nlink == 0 and stat.S_ISREG(status.st_mode):
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())
