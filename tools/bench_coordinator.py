"""Measure what a class costs the one process that cannot be multiplied: the coordinator of ``autograder grade``.

    python -m tools.bench_coordinator --students 400
    python -m tools.bench_coordinator --students 400 --scheduler tcp://127.0.0.1:8786

One right submission of the course's assignment is graded; then the whole class hands in the same, and whoever would
grade gives that result back at once. What is left is what the coordinator does for each: reading, handing out, files,
gradebook. It runs on SQLite, and on a PostgreSQL server of its own where one is installed.

With a scheduler, everything also goes to that Dask cluster and comes back, so that the difference is what the way
costs; and a class in which no two are alike is really graded there, for what a submission costs a worker.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "nbgrader"))

import autograder.course.quick  # noqa: E402, F401
from autograder.course.layout import Course  # noqa: E402
from autograder.course.notebooks import read_notebook  # noqa: E402
from autograder.gradebook import demo  # noqa: E402
from autograder.gradebook.batch import remote  # noqa: E402
from autograder.gradebook.batch.bundle import pack  # noqa: E402
from autograder.gradebook.batch.coordinator import Coordinator  # noqa: E402
from autograder.gradebook.batch.ledger import Ledger  # noqa: E402
from autograder.gradebook.batch.parcels import Graded, Submission  # noqa: E402
from autograder.gradebook.batch.run import ClassGrading, Request  # noqa: E402
from autograder.gradebook.batch.worker import Worker  # noqa: E402
from autograder.gradebook.commands import nbgrader  # noqa: E402
from autograder.gradebook.demo_class import make_class  # noqa: E402
from autograder.grading.catalogue import load_problems  # noqa: E402
from tools.bench.courses import Courses  # noqa: E402

NAME = "reparameterization"
MOST_GRADED = 100


class Echo:
    """A crew that has graded everybody already."""

    tries = 1
    lost: tuple[type[BaseException], ...] = ()

    def __init__(self, graded: Graded) -> None:
        self.size = 8
        self._graded = graded

    def share(self, waiting: int) -> int:
        """As many as a cluster takes."""
        return 8

    def grade(self, submissions: Sequence[Submission]) -> "Future[list[Graded]]":
        """Give everybody the same."""
        future: Future[list[Graded]] = Future()
        future.set_result([replace(self._graded, student=submission.student) for submission in submissions])
        return future

    def mend(self) -> None:
        """Nobody dies."""

    def close(self) -> None:
        """Nobody was started."""


class Clock:
    """Seconds that pass in some functions, of the processor and of the wall."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        """Count what passes within."""
        before = time.process_time(), time.perf_counter()
        yield
        spent = self.seconds.setdefault(name, [0.0, 0.0])
        spent[0] += time.process_time() - before[0]
        spent[1] += time.perf_counter() - before[1]

    def watch(self, kind: type, method: str, name: str) -> None:
        """Count what passes in a method."""
        original: Callable[..., Any] = getattr(kind, method)

        def watched(*arguments: Any, **named: Any) -> Any:
            with self.around(name):
                return original(*arguments, **named)

        setattr(kind, method, watched)


def lay_out(folder: Path, students: int) -> None:
    """Make a course in which so many students handed in the right answers."""
    assignment = demo.build_and_release(demo.lay_out(Course(ROOT), folder), NAME)
    released = folder / "assignments" / NAME
    release = {path.name: read_notebook(path) for path in sorted(released.glob("*.ipynb"))}
    right = make_class(load_problems(assignment.solutions, assignment.variant), assignment.variant)[0].files(release)
    for number in range(students):
        handed_in = folder / "submitted" / f"student{number:06}" / NAME
        shutil.copytree(released, handed_in, ignore=shutil.ignore_patterns("*.ipynb"))
        for name, text in right.items():
            (handed_in / name).write_text(text, encoding="utf-8")


def one_graded(grading: ClassGrading) -> tuple[Submission, Graded]:
    """The first submission and what comes of it."""
    taken = next(iter(grading.roster))
    submission: Submission = taken.submission
    taken.note.close(keep=False)
    worker = Worker(grading.order())
    try:
        (graded,) = worker.grade([submission])
    finally:
        worker.close()
    assert graded.fault is None, graded.fault
    return submission, graded


def measure(folder: Path, students: int, name: str, crew: Any) -> None:
    """Let the coordinator do its part, and print what each submission cost."""
    clock = Clock()
    originals = [(Ledger, "record"), (Coordinator, "_stage"), (Coordinator, "_put")]
    before = [getattr(kind, method) for kind, method in originals]
    for (kind, method), what in zip(originals, ("gradebook", "files", "files"), strict=True):
        clock.watch(kind, method, what)
    try:
        with clock.around("all"):
            summary = ClassGrading(Request(folder, NAME, force=True)).run(crew=crew)
    finally:
        for (kind, method), original in zip(originals, before, strict=True):
            setattr(kind, method, original)
    assert summary.graded == students, summary
    for what, (processor, wall) in clock.seconds.items():
        print(f"{name:22} {what:10} {processor / students * 1e3:7.2f} ms of processor, {wall / students * 1e3:7.2f} ms")


def echoing(address: str, grading: ClassGrading, graded: Graded) -> Any:
    """A crew on a cluster that sends everything there and back and grades nothing."""
    from autograder.gradebook.batch.cluster import ClusterCrew

    class EchoingCluster(ClusterCrew):
        def grade(self, submissions: Sequence[Submission]) -> "Future[list[Graded]]":
            import pickle

            asked = self._client.submit(
                remote.hold, pickle.dumps([(s, replace(graded, student=s.student)) for s in submissions]), pure=False
            )
            promised: Future[list[Graded]] = Future()

            async def deliver() -> None:
                promised.set_result([result for _, result in pickle.loads(await asked)])

            self._client.loop.add_callback(deliver)
            return promised

    return EchoingCluster(address, grading.order())


def grade_on(address: str, place: Path, students: int) -> None:
    """Grade a class on a cluster, and print what it took: the start of templates and judges is in it."""
    import distributed

    from autograder.gradebook.batch.cluster import ClusterCrew

    def processor() -> float:
        """What the workers and all their descendants have used; none of these outlives a class."""
        with distributed.Client(address, set_as_default=False) as client:
            return sum(sum(times[:4]) for times in client.run(os.times).values())

    course = Courses(place, students).make("unlike", students, unlike=True).folder
    grading = ClassGrading(Request(course, NAME))
    used, before = processor(), time.perf_counter()
    crew = ClusterCrew(address, grading.order())
    workers = crew.size
    summary = grading.run(crew=crew)
    wall, used = time.perf_counter() - before, processor() - used
    assert summary.graded == students, summary
    print(
        f"graded by {workers} workers: {wall / students:.2f} s a submission, "
        f"{used / students:.2f} s of the workers' processors"
    )


def main() -> int:
    """Print milliseconds and bytes a submission."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=400, help="(default: 400)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster to which everything goes and comes back")
    options = parser.parse_args()
    students: int = options.students
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as temporary:
        folder = Path(temporary).resolve() / "course"
        lay_out(folder, students)
        grading = ClassGrading(Request(folder, NAME, force=True))
        submission, graded = one_graded(grading)
        back = sum(len(notebook.text) for notebook in graded.notebooks)
        print(f"bundle of the secret room {len(pack(grading.order()).data):,} bytes, once a cluster")
        print(f"a submission there {submission.size:,} bytes, back {back:,} bytes")
        database = folder / "gradebook.db"
        shutil.copy(database, folder / "before.db")
        measure(folder, students, "SQLite", Echo(graded))
        if options.scheduler:
            shutil.copy(folder / "before.db", database)
            measure(folder, students, "SQLite, over the cluster", echoing(options.scheduler, grading, graded))
        _on_postgresql(folder, students)
        if options.scheduler:
            grade_on(options.scheduler, Path(temporary).resolve() / "classes", min(students, MOST_GRADED))
    return 0


def _on_postgresql(folder: Path, students: int) -> None:
    import postgresql

    try:
        server = postgresql.Server()
    except postgresql.Unavailable as missing:
        print(missing)
        return
    try:
        with (folder / "nbgrader_config.py").open("a") as config:
            config.write(f"\nc.CourseDirectory.db_url = {server.create('bench')!r}\n")
        nbgrader(folder, "generate_assignment", NAME, "--force")
        measured = ClassGrading(Request(folder, NAME, force=True))
        _, again = one_graded(measured)
        measure(folder, students, "PostgreSQL, by a socket", Echo(again))
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
