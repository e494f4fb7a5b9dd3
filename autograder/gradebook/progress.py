"""Keeps account of which submissions are graded, so that none is lost when a command ends before its time.

nbgrader takes a submission for graded as soon as its folder in ``autograded`` is there. The folder is made first, and
scores are stored one by one: a command that is killed in between would leave a student with some of them, or none, and
every later command would skip this student. So a note stands beside the folder for as long as it is being filled. The
next command finds the note and grades the submission again, as if that had been forced.
"""

import fcntl
import functools
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.utils import rmtree
from sqlalchemy.exc import OperationalError

from autograder.course.errors import CourseError, OurFault
from autograder.gradebook.intake import owner_of
from autograder.gradebook.kept import kept

# What is wrong with the gradebook's file, rather than with what is in it.
_TROUBLES = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
# The end of a session or of a machine's patience; nothing is said about the one that cannot be caught.
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def watch(converter: Any) -> None:
    """Keep account of all submissions that a converter is about to grade.

    Args:
        converter: an ``Autograde`` that has found its submissions and copied nothing.
    """
    progress = Progress(converter)
    converter.log.addFilter(one_line)
    converter.init_destination = progress.init_destination
    converter.convert_notebooks = progress.convert_notebooks
    converter.run_post_convert_hook = progress.run_post_convert_hook
    converter.init_assignment = _translated(converter.init_assignment)
    converter.convert_single_notebook = _translated(converter.convert_single_notebook)


class Progress:
    """Stands between a converter and what it does with each submission.

    Args:
        converter: the ``Autograde``.
    """

    def __init__(self, converter: Any) -> None:
        self._converter = converter
        self._init_destination: Callable[[str, str], bool] = converter.init_destination
        self._convert_notebooks: Callable[[], None] = converter.convert_notebooks
        self._run_post_convert_hook: Callable[[], None] = converter.run_post_convert_hook
        owners = [owner_of(converter, folder) for folder in sorted(converter.assignments)]
        self._waiting = [owner[1] for owner in owners if owner]
        self._note: Note | None = None

    def convert_notebooks(self) -> None:
        """Grade all submissions; name those that were not, whatever the reason."""
        try:
            with _orderly_ends(), kept():
                self._convert_notebooks()
        except BaseException as error:
            self._leave()
            if self._waiting:
                names = ", ".join(map(repr, self._waiting))
                self._converter.log.error("Not graded: %s. The same command, run again, grades what is missing.", names)
            if isinstance(error, _Ended):
                sys.exit(128 + error.number)
            raise

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Say whether a submission is to be graded, and note that this has begun."""
        self._leave()
        converter = self._converter
        self._note = note = Note(Path(converter._format_dest(assignment_id, student_id)), student_id)
        if not note.write():
            # That command says how it ends.
            converter.log.warning("Another command is grading %s, so this one leaves it alone", note.folder)
            return self._skip()
        if note.is_old:
            converter.log.warning("An earlier command ended before %s was whole, so it is made again", note.folder)
            tidy_up(note.folder)
        forced, converter.force = converter.force, converter.force or note.is_old
        try:
            return self._init_destination(assignment_id, student_id) or self._skip()
        finally:
            converter.force = forced

    def run_post_convert_hook(self) -> None:
        """Do the last of what is done with a submission, and note that it is graded."""
        self._run_post_convert_hook()
        if self._note is not None:
            self._waiting.remove(self._note.student)
            # One notebook of several leaves the others as unfinished as they were.
            self._note.close(keep=self._note.is_old and self._converter.coursedir.notebook_id != "*")
            self._note = None

    def _skip(self) -> bool:
        if self._note is not None:
            self._waiting.remove(self._note.student)
            self._note.close(keep=self._note.is_old)
            self._note = None
        return False

    def _leave(self) -> None:
        """Turn away from a submission that failed; where nbgrader has taken its folder away, no note is needed."""
        if self._note is not None:
            self._note.close(keep=self._note.folder.exists())
            self._note = None


class Note:
    """The file that says that a submission is being graded, locked for as long as that is true.

    Args:
        folder: the folder in ``autograded``.
        student: whose it is.

    Attributes:
        is_old: whether an earlier command has left the note.
    """

    def __init__(self, folder: Path, student: str) -> None:
        self.folder = Path(os.path.normpath(folder))
        self.student = student
        self.is_old = False
        self._path = self.folder.with_name(f".{self.folder.name}.unfinished")
        self._descriptor: int | None = None

    @property
    def exists(self) -> bool:
        """Whether a note lies there, written by whomever."""
        return self._path.exists()

    def write(self) -> bool:
        """Leave the note, and lock it; tell whether nobody else is at this submission.

        Raises:
            CourseError: there is no room for it.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            while not self._open():
                pass
        except OSError as error:
            raise CourseError(f"{self.folder} cannot be made: {error}") from error
        return self._descriptor is not None

    def _open(self) -> bool:
        flags = os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._descriptor = os.open(self._path, flags | os.O_EXCL, 0o666)
            self.is_old = False
        except FileExistsError:
            self.is_old = True
            try:
                self._descriptor = os.open(self._path, flags & ~os.O_CREAT)
            except FileNotFoundError:
                return False  # another command was done with it just now
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._let_go()
        except OSError:
            pass  # a file system without locks
        if self._descriptor is None or self._lies_there():
            return True
        self._let_go()
        return False  # another command took it away before it was locked here

    def _lies_there(self) -> bool:
        """Whether the note that is held is the one that others find."""
        assert self._descriptor is not None
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.lstat(self._path))
        except FileNotFoundError:
            return False

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def close(self, keep: bool) -> None:
        """Let go of the submission, and keep the note or not."""
        if self._descriptor is not None:
            if not keep:
                self._path.unlink(missing_ok=True)
            self._let_go()


def leftovers(folder: Path) -> tuple[Path, Path]:
    """What ``autograder grade`` leaves when it is killed: the folder that it made, and the one that was there."""
    return folder.with_name(f".{folder.name}.staged"), folder.with_name(f".{folder.name}.replaced")


def tidy_up(folder: Path) -> None:
    """Take away what ``autograder grade`` has left, and put back what it had moved away.

    Raises:
        CourseError: it cannot be taken away.
    """
    staged, replaced = leftovers(folder)
    try:
        if staged.exists():
            rmtree(str(staged))
        if replaced.exists() and not folder.exists():
            replaced.rename(folder)
        if replaced.exists():
            rmtree(str(replaced))
    except OSError as error:
        raise CourseError(f"{error.filename or staged} cannot be taken away: {error.strerror}") from error


class _Ended(KeyboardInterrupt):
    """A signal asks the command to end. It is to do what it does at Ctrl-C: graders and nbgrader let that one pass."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def _orderly_ends() -> Iterator[None]:
    """Take leave of boxes and submissions before a signal ends this process, where nobody else has seen to that."""

    def end(number: int, frame: object) -> None:
        raise _Ended(number)

    ours = threading.current_thread() is threading.main_thread()
    taken = [number for number in _ENDINGS if ours and signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _translated(method: Callable[..., None]) -> Callable[..., None]:
    """Let what the machine fails at be a fault of ours: one submission is ungraded then, and the others are graded."""

    @functools.wraps(method)
    def translated(*arguments: str) -> None:
        try:
            method(*arguments)
        except OperationalError as error:
            # Otherwise nbgrader stops at once and advises to upgrade the gradebook, as it should for old ones. Of these
            # a server speaks with another kind of error.
            if getattr(error.orig, "sqlite_errorname", _TROUBLES[0]).startswith(_TROUBLES):
                raise CourseError(f"the gradebook could not be used: {error.orig}") from error
            raise
        except OSError as error:
            raise CourseError(f"a file could not be read or written: {error}") from error

    return translated


def one_line(record: logging.LogRecord) -> bool:
    """Reduce the traceback that nbgrader logs for a fault of ours to the sentence that says what to do."""
    fault = sys.exc_info()[1]
    if isinstance(fault, OurFault) and record.getMessage().startswith("Traceback"):
        record.msg = "Ungraded, old scores kept: %s"
        record.args = (" ".join(str(fault).split()),)
    return True
