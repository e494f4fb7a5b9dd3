"""What a worker of a Dask cluster does for us.

It is imported there, on every worker and before anything is known of its machine, so it imports nothing of weight
itself. The secret room is unpacked once a process, into a folder that only the worker's user can enter, and goes when
the class is graded or the process ends.
"""

import atexit
import pickle
import platform
import threading
from typing import TYPE_CHECKING

from autograder import __version__
from autograder.course.errors import BoxError, OurFault

if TYPE_CHECKING:
    from autograder.gradebook.batch.parcels import Graded

Versions = tuple[str, str]

# A pytest session is not made for threads: where a worker has several, they wait for each other.
_turn = threading.Lock()
_desks: dict[str, "_Desk"] = {}
_unwanted: set[str] = set()


class _Desk:
    """Where one class is graded: its secret room and whoever judges.

    Args:
        name: the bundle's name.
        data: the bundle.

    Raises:
        BoxError: there is no room for it.
        CourseError: it is not what it was when it left.
    """

    def __init__(self, name: str, data: bytes) -> None:
        import autograder.course.quick  # noqa: F401
        from autograder.box.folders import WorkFolder, sweep
        from autograder.gradebook.batch.bundle import Bundle, unpack
        from autograder.gradebook.batch.worker import Worker

        # What processes that were killed have left.
        sweep()
        self._folder = WorkFolder()
        try:
            self.worker: Worker = Worker(unpack(Bundle(name, data), self._folder.path))
        except OSError as error:
            self._folder.remove()
            raise BoxError(f"the course's files could not be laid out: {error}") from error
        except BaseException:
            self._folder.remove()
            raise

    def close(self) -> None:
        """End the processes, and remove the secret room."""
        try:
            self.worker.close()
        finally:
            self._folder.remove()


def versions() -> Versions:
    """What runs here: Python's version, whose pickles and bytecode others may not read, and ours."""
    return ".".join(platform.python_version_tuple()[:2]), __version__


def hold(data: bytes) -> bytes:
    """Keep a bundle on the cluster, where workers pass it on to each other."""
    return data


def grade(wanted: Versions, name: str, data: bytes, submissions: bytes) -> "list[Graded] | str":
    """Grade a batch.

    What is wrong is told, not raised: an exception that cannot be pickled would never arrive.

    Args:
        wanted: the versions of whoever asks.
        name: the bundle's name.
        data: the bundle.
        submissions: the batch, pickled, so that no version but the right one tries to read it.

    Returns:
        What came of each submission, or why nothing can be graded here.
    """
    if versions() != wanted:
        return f"a worker {differs(versions(), wanted)}"
    try:
        return _grade(name, data, submissions)
    except OurFault as fault:
        return f"a worker on {platform.node()} cannot grade: {fault}"
    except Exception as error:
        return f"a worker on {platform.node()} cannot grade: {type(error).__name__}: {error}"


def _grade(name: str, data: bytes, submissions: bytes) -> "list[Graded]":
    with _turn:
        _unwanted.discard(name)
        try:
            if name not in _desks:
                _clear()
                _desks[name] = _Desk(name, data)
            return _desks[name].worker.grade(pickle.loads(submissions))
        finally:
            if name in _unwanted:
                _clear()


def forget(name: str) -> None:
    """Remove the secret room of a class; at once, or when the batch is done that is being graded."""
    _unwanted.add(name)
    if _turn.acquire(blocking=False):
        try:
            if name in _desks:
                _clear()
        finally:
            _turn.release()


def differs(here: Versions, wanted: Versions) -> str:
    """Say how what runs on a worker differs from what runs where it is asked."""
    return (
        f"runs Python {here[0]} with Pathwise {here[1]}, and this command Python {wanted[0]} with Pathwise "
        f"{wanted[1]}: install the same on both"
    )


def _clear() -> None:
    while _desks:
        _desks.popitem()[1].close()


atexit.register(_clear)
