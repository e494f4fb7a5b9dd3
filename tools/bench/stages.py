"""Where the time of ``autograder grade`` goes: the same code in one process, with a clock round every stage.

    python -m tools.bench.stages COURSE

Each moment belongs to the innermost stage that is running. Beside the time of the clock on the wall stands the
processor time of this process, which judges and coordinates; the difference is spent waiting for a box or the disk.

A judge meets every mistake once, and remembers. So the first third of the class is told apart from the rest.
"""

import functools
import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

REST = "everything else of the coordinator"
# Stage, and the functions whose own time it is: a module, and the name of a function in it.
STAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "find, clean and read a submission": (("autograder.gradebook.batch.roster", "Roster._take"),),
    "start a box": (("autograder.box.box", "Box.__init__"), ("autograder.box.folders", "WorkFolder.__init__")),
    "run the cells": (("autograder.box.box", "Box.run_cell"),),
    "hidden calls: in the box": (("autograder.box.box", "Box.ask"),),
    "hidden calls: judging": (("autograder.grading.judge", "Judge.grade"),),
    "end a box": (("autograder.box.session", "Session.close"),),
    "outputs and the reader's page of each test": (("autograder.gradebook.machine", "Machine.grade"),),
    "read, restore and clean the notebook, its scores": (("autograder.gradebook.batch.pipeline", "Pipeline.grade"),),
    "write the notebook": (("autograder.gradebook.batch.pipeline", "written"),),
    "lay out and remove the files beside": (("autograder.gradebook.batch.worker", "Worker.grade"),),
    "ledger": (("autograder.gradebook.batch.ledger", "Ledger.record"),),
    "files, safely on the disk": (
        ("autograder.gradebook.batch.files", "Staged.write"),
        ("autograder.gradebook.batch.files", "Staged.replace"),
    ),
}
RECALL = ("autograder.grading.memory", "Memory.recall")


class Stopwatch:
    """Gives each moment to the innermost stage that is running."""

    def __init__(self) -> None:
        self._running = [REST]
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self.wall: dict[str, float] = defaultdict(float)
        self.processor: dict[str, float] = defaultdict(float)
        self._since = (time.perf_counter(), time.process_time())

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage."""
        self.note()
        self._running.append(name)
        try:
            yield
        finally:
            self.note()
            self._running.pop()

    def note(self) -> None:
        """Give the time since the last note to the stage that is running."""
        now = (time.perf_counter(), time.process_time())
        self.wall[self._running[-1]] += now[0] - self._since[0]
        self.processor[self._running[-1]] += now[1] - self._since[1]
        self._since = now


def find(module: str, name: str) -> tuple[Any, str, Callable[..., Any]]:
    """Find a function: what holds it, its name there, and itself."""
    holder: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    return holder, last, getattr(holder, last)


def put_clocks(watch: Stopwatch) -> None:
    """Put a clock round the functions of every stage."""
    for stage, functions in STAGES.items():
        for module, name in functions:
            holder, last, function = find(module, name)
            setattr(holder, last, _timed(watch, stage, function))


def _timed(watch: Stopwatch, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        with watch.stage(stage):
            return function(*args, **kwargs)

    return timed


def count_recalls(counts: dict[str, int]) -> None:
    """Count how many hidden tests were judged, and how many of them from memory."""
    holder, last, function = find(*RECALL)

    @functools.wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        record, end = function(*args, **kwargs)
        counts["tests"] += 1
        counts["remembered"] += end is not None
        return record, end

    setattr(holder, last, counted)


class SoleWorker:
    """A crew of one, which grades in this very process.

    Args:
        order: what holds for the class.

    Attributes:
        before_each: called before each batch.
    """

    size = tries = 1
    lost: tuple[type[BaseException], ...] = ()

    def __init__(self, order: Any) -> None:
        from autograder.gradebook.batch.worker import Worker

        self._worker = Worker(order)
        self.before_each: Callable[[], None] = lambda: None

    def share(self, waiting: int) -> int:
        """One submission at a time."""
        return 1

    def grade(self, submissions: Sequence[Any]) -> "Future[Any]":
        """Grade a batch; when this returns, it is done."""
        self.before_each()
        future: Future[Any] = Future()
        future.set_result(self._worker.grade(submissions))
        return future

    def mend(self) -> None:
        """Nobody has died."""

    def close(self) -> None:
        """End the processes that the worker started."""
        self._worker.close()


@dataclass
class Share:
    """What a part of the class took.

    Attributes:
        students: how many.
        tests: hidden tests that were judged.
        remembered: of these, from memory.
        stages: wall and processor seconds by stage.
    """

    students: int
    tests: int
    remembered: int
    stages: dict[str, tuple[float, float]]


def measure(root: Path, assignment: str) -> dict[str, Any]:
    """Grade a class in this process; an untouched release is graded before, as a warm-up."""
    from autograder.gradebook.batch.parcels import Submission
    from autograder.gradebook.batch.run import ClassGrading, Request

    watch, counts = Stopwatch(), {"tests": 0, "remembered": 0}
    put_clocks(watch)
    count_recalls(counts)
    grading = ClassGrading(Request(root, assignment))
    order = grading.order()
    crew = SoleWorker(order)
    release = root / "assignments" / assignment
    warm_up = Submission("warm-up", {name: (release / f"{name}.ipynb").read_bytes() for name in order.release})
    begun = time.perf_counter()
    crew.grade([warm_up]).result()
    start = time.perf_counter() - begun
    shares: list[Share] = []
    third = len(grading.roster) // 3
    waiting = iter(range(len(grading.roster)))

    def share(students: int) -> None:
        watch.note()
        stages = {name: (watch.wall[name], watch.processor[name]) for name in (*STAGES, REST)}
        shares.append(Share(students, **counts, stages=stages))
        counts.update(tests=0, remembered=0)
        watch.reset()

    def before_each() -> None:
        if next(waiting) == third and third:
            share(third)

    counts.update(tests=0, remembered=0)
    watch.reset()
    crew.before_each = before_each
    summary = grading.run(crew=crew)
    share(len(grading.roster) - third)
    return {"ungraded": summary.ungraded, "start": start, "shares": [asdict(share) for share in shares]}


if __name__ == "__main__":
    from tools.bench.courses import NAME

    print(json.dumps(measure(Path(sys.argv[1]).resolve(), NAME)))
