"""Grades on a Dask cluster: the same batches, sent to workers on other machines.

Submissions travel as bytes of data; a scheduler neither reads nor runs any of it. The course's secret room travels
once, as a bundle that workers pass on to each other, and that the scheduler can hand out again when all who held it
are gone.
"""

import contextlib
import logging
import pickle
import time
import warnings
import weakref
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from typing import Any

from autograder.course.errors import CourseError, UsageError
from autograder.gradebook.batch import remote
from autograder.gradebook.batch.bundle import pack
from autograder.gradebook.batch.parcels import Graded, Order, Submission

# A batch is this large at most, so that a dead worker costs little and a class is spread over all of them.
MOST_IN_BATCH = 8
CONNECT_SECONDS, GOODBYE_SECONDS = 10, 5
# How long the number of workers is taken for known.
KNOWN_SECONDS = 2.0


class ClusterCrew:
    """The workers of a Dask cluster.

    Args:
        address: the scheduler's, such as ``tcp://10.0.0.1:8786`` or ``tls://…``.
        order: what holds for the class.

    Attributes:
        lost: what a future raises when the process that graded died, or the scheduler has lost sight of it.
        tries: how often a submission is handed out whose graders die; the scheduler tries each time several.

    Raises:
        UsageError: the package is missing, or no scheduler answers.
        CourseError: a worker there could not grade as this process would.
    """

    tries = 2

    def __init__(self, address: str, order: Order) -> None:
        distributed = _distributed()
        self.lost: tuple[type[BaseException], ...] = (
            CancelledError,
            distributed.scheduler.KilledWorker,
            distributed.comm.CommClosedError,
        )
        self._address = address
        self._known = -KNOWN_SECONDS
        self._workers = 0
        self._asked: weakref.WeakSet[Any] = weakref.WeakSet()
        self._bundle = pack(order)
        self._client = _connected(distributed, address)
        try:
            self._check()
            self._held = self._hold()
        except BaseException:
            self._client.close(GOODBYE_SECONDS)
            raise

    @property
    def size(self) -> int:
        """How many processes grade now; workers come and go. Where there are none yet, one is waited for."""
        if time.monotonic() - self._known > KNOWN_SECONDS and self._client.status == "running":
            self._known = time.monotonic()
            with contextlib.suppress(OSError):  # whoever waits for a batch learns that the scheduler is gone
                self._workers = len(self._client.nthreads())
        return max(1, self._workers)

    @property
    def has_workers(self) -> bool:
        """Whether somebody is there to grade."""
        return self.size > 0 and self._workers > 0

    def share(self, waiting: int) -> int:
        """How many of the submissions that wait go into the next batch: several, as long as all have work."""
        return max(1, min(MOST_IN_BATCH, waiting // (2 * self.size)))

    def grade(self, submissions: Sequence[Submission]) -> "Future[list[Graded]]":
        """Have a batch graded.

        Raises:
            CourseError: the scheduler is gone.
        """
        self._require()
        parcel = pickle.dumps(list(submissions))
        promised: Future[list[Graded]] = Future()
        with warnings.catch_warnings():
            # Dask advises against large arguments, which are what there is to be graded.
            warnings.filterwarnings("ignore", "Sending large graph")
            asked = self._client.submit(
                remote.grade, remote.versions(), self._bundle.name, self._held, parcel, pure=False
            )
        self._asked.add(asked)
        self._client.loop.add_callback(_deliver, asked, promised)
        return promised

    def mend(self) -> None:
        """Go on with the workers that are left.

        Raises:
            CourseError: the scheduler is gone.
        """
        self._require()
        if self._held.status not in ("pending", "finished"):
            self._held = self._hold()

    def close(self) -> None:
        """Leave the cluster as it was; what is being graded is given up."""
        try:
            # Where that fails, the secret room goes with the workers.
            with contextlib.suppress(Exception):
                if self._client.status == "running":
                    self._client.cancel([*self._asked, self._held])
                    self._client.run(remote.forget, self._bundle.name, on_error="ignore")
        finally:
            self._client.close(GOODBYE_SECONDS)

    def _require(self) -> None:
        if self._client.status != "running":
            raise CourseError(
                f"the scheduler at {self._address} is gone: what was graded until then is stored, and the same "
                "command, run again, grades what is missing"
            )

    def _hold(self) -> Any:
        # The result of a task, not scattered data: where all who hold it are gone, the scheduler makes it again.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")
            return self._client.submit(remote.hold, self._bundle.data, key=f"pathwise-{self._bundle.name}")

    def _check(self) -> None:
        """Hold that the workers that are there run what runs here; one that comes later says so itself."""
        here = remote.versions()
        for worker, there in self._client.run(remote.versions, on_error="return").items():
            if isinstance(there, BaseException):
                raise CourseError(f"worker {worker} cannot load Pathwise {here[1]}: {type(there).__name__}: {there}")
            if tuple(there) != here:
                raise CourseError(f"worker {worker} {remote.differs(there, here)}")


async def _deliver(asked: Any, promised: "Future[list[Graded]]") -> None:
    """Keep a promise, whatever becomes of what was asked for; nobody waits for ever."""
    try:
        told = await asked
        if isinstance(told, str):
            raise CourseError(told)
        promised.set_result(told)
    except BaseException as error:
        promised.set_exception(error if isinstance(error, Exception) else CancelledError(str(error)))


def _distributed() -> Any:
    try:
        import distributed
        import distributed.comm
        import distributed.scheduler
    except ImportError as error:
        raise UsageError(
            f"--scheduler needs the package distributed ({error}): pip install 'pathwise[cluster]'"
        ) from None
    # It logs what this command says in its own words; each of its parts has a level of its own.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return distributed


def _connected(distributed: Any, address: str) -> Any:
    try:
        # A client that cannot even try would not end.
        distributed.comm.get_address_host_port(address)
        if address.startswith("tls:") and not distributed.Security().get_connection_args("client").get("ssl_context"):
            raise ValueError("Dask's settings (distributed.comm.tls) name no certificate")
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {' '.join(str(error).split())}") from None
