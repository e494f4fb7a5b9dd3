"""The work folders of boxes: whoever makes one holds it, and removes it.

A command that is killed leaves its folder behind. Nobody holds it then, so that the next command can tell it from those
that are in use.
"""

import contextlib
import fcntl
import itertools
import os
import stat
import tempfile
from pathlib import Path

from autograder.box.worker import users
from autograder.course.errors import BoxError

PREFIXES = ("autograder-box-", "autograder-trial-")
# A socket's path may have 104 bytes on macOS, and multiprocessing adds to this one's.
MAX_PLACE_BYTES = 55


class WorkFolder:
    """An empty folder for one box, held until it is removed.

    Args:
        within: where; with other temporary files if not given.

    Raises:
        BoxError: none can be made.
    """

    def __init__(self, within: str | None = None) -> None:
        try:
            self.path, self._lock = _make(within)
        except OSError as error:
            raise BoxError(f"no work folder for a box could be made: {error}") from error

    def remove(self) -> None:
        """Remove it with all that lies in it; what keeps us from that is no reason to lose a grade."""
        with contextlib.suppress(OSError):
            remove_tree(self.path)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def _make(within: str | None) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIXES[0], dir=within))
        lock = _locked(path)
        if lock is not None and path.is_dir():
            return path, lock
        # Another command took it for one that was left behind, in the moment before it was locked.
        if lock is not None:
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """Lock a folder, if nobody else has: the descriptor that holds the lock."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def place_of_sockets() -> str:
    """Where temporary files have names short enough for a socket, which the system bounds."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) <= MAX_PLACE_BYTES else "/tmp"


def sweep() -> None:
    """Remove the folders of boxes whose commands have been killed; nothing of anybody else's is touched."""
    for place, prefix in itertools.product({tempfile.gettempdir(), place_of_sockets()}, PREFIXES):
        for path in Path(place).glob(f"{prefix}*"):
            with contextlib.suppress(OSError):
                status = path.lstat()
                ours = status.st_uid == os.geteuid() or (os.geteuid() == 0 and users.is_of_a_box(status.st_uid))
                if ours and stat.S_ISDIR(status.st_mode) and (lock := _locked(path)) is not None:
                    try:
                        remove_tree(path)
                    finally:
                        os.close(lock)


def remove_tree(folder: Path) -> None:
    """Remove a folder, however deep and whatever its permissions: a student's code may have made it.

    Folders within are first moved to the top, so that no path ever grows long.
    """
    with contextlib.suppress(OSError):
        os.rmdir(folder)  # as it mostly is: empty, since a box writes into memory
        return
    numbers = itertools.count()
    pending = [folder]
    while pending:
        current = pending.pop()
        os.chmod(current, 0o700)
        with os.scandir(current) as entries:
            for entry in list(entries):
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)
                    moved = folder.parent / f"{folder.name}-{next(numbers)}"
                    os.rename(entry.path, moved)
                    pending.append(moved)
                else:
                    os.unlink(entry.path)
        os.rmdir(current)
