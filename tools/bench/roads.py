"""The roads on which a class is graded, each timed in rounds, so that a slow minute hits all of them."""

import itertools
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from autograder.gradebook.commands import nbgrader
from tools.bench.courses import NAME, Courses, Graded
from tools.bench.otter import Otter
from tools.bench.watch import Watched, watch

FIRST_NOTEBOOK = re.compile(r"Sanitizing .*gaussian\.ipynb")


class BenchError(Exception):
    """A road does not lead where it should, so that its time would mean nothing."""


@dataclass
class Road:
    """One way to have submissions graded.

    Attributes:
        title: its name in tables.
        does: what it does for its time, in a sentence.
        travel: grades some students once, and gives the seconds of a submission.
        rounds: seconds of a submission, a round each.
        notes: what else is to be said of it.
        scores: what the students got, where the road writes them into a gradebook.
    """

    title: str
    does: str
    travel: Callable[["Road"], float]
    rounds: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.rounds)


def autograde(course: Graded) -> list[float]:
    """Have ``nbgrader autograde`` grade a course: the seconds of each submission but the first, the warm-up.

    What counts is the time between two submissions, so that the start of the command is nobody's.
    """
    course.reset()
    starts: list[float] = []

    def on_line(line: str) -> None:
        if FIRST_NOTEBOOK.search(line):
            starts.append(time.perf_counter())

    nbgrader(course.folder, "autograde", NAME, on_line=on_line)
    starts.append(time.perf_counter())
    expected = len(course.submitted) + 1
    if len(starts) != expected:
        raise BenchError(f"nbgrader's output names {len(starts) - 1} submissions, and {expected - 1} were handed in")
    return [end - start for start, end in itertools.pairwise(starts[1:])]


def grade(course: Graded, jobs: int = 0) -> Watched:
    """Have ``autograder grade`` grade a course, from a cold start.

    Args:
        course: the course.
        jobs: how many processes; 0 for one on each core.
    """
    course.reset()
    command = [sys.executable, "-m", "autograder", "grade", NAME, "--json"]
    watched = watch([*command, "--jobs", str(jobs)] if jobs else command, course.folder, course.autograded)
    if watched.code != 0:
        last = next((line for line in reversed(watched.errors.splitlines()) if line.strip()), "")
        raise BenchError(f"'autograder grade' ended with {watched.code}: {last or watched.output[-500:]}")
    told = json.loads(watched.output.splitlines()[-1])
    if told.get("graded") != len(course.submitted) or watched.first is None:
        raise BenchError(f"'autograder grade' graded {told.get('graded')} of {len(course.submitted)} submissions")
    return watched


@dataclass(frozen=True)
class Sizes:
    """How many submissions count on each road, a round.

    Attributes:
        stock: on stock nbgrader's.
        boxed: on nbgrader's with our preprocessor.
        whole: on ``autograder grade``'s.
        otter: on Otter's.
    """

    stock: int
    boxed: int
    whole: int
    otter: int


def lay_roads(courses: Courses, sizes: Sizes, otter: Otter | None, firsts: list[float]) -> list[Road]:
    """Make the courses and lay the roads.

    Args:
        courses: makes them.
        sizes: how many submissions count.
        otter: Otter, where it is installed.
        firsts: gets the time of the first result of each ``autograder grade`` on all cores.
    """
    stock = courses.make("stock", sizes.stock + 1, stock=True)
    boxed = courses.make("boxed", sizes.boxed + 1)
    alike = courses.make("alike", sizes.whole)
    unlike = courses.make("unlike", sizes.whole, unlike=True)

    def by_nbgrader(course: Graded) -> Callable[[Road], float]:
        def travel(road: Road) -> float:
            seconds = statistics.mean(autograde(course))
            road.scores = course.scores()
            return seconds

        return travel

    def whole(course: Graded, jobs: int = 0) -> Callable[[Road], float]:
        def travel(road: Road) -> float:
            watched = grade(course, jobs)
            road.scores = course.scores()
            if watched.first is not None and not jobs:
                firsts.append(watched.first)
            return watched.seconds / sizes.whole

        return travel

    all_of_it = "runs the cells in a box, runs all hidden graders, names mistakes, writes gradebook and files"
    start = f"whole command, its start included, over {sizes.whole} submissions"
    no_start = "time between submissions, the command's start and the first submission not counted"
    roads = [
        Road(
            "nbgrader autograde, stock",
            f"runs the cells and visible checks in a kernel, no hidden graders, no confinement; {no_start}",
            by_nbgrader(stock),
        ),
        Road("nbgrader autograde with Pathwise", f"{all_of_it}; {no_start}", by_nbgrader(boxed)),
        Road("autograder grade", f"{all_of_it}, on all cores; {start}", whole(alike)),
        Road("autograder grade --jobs 1", f"{all_of_it}, in one process; {start}", whole(alike, 1)),
        Road("autograder grade, no two alike", "the same where no judge can remember anything of use", whole(unlike)),
        Road("autograder grade --jobs 1, no two alike", "the same in one process", whole(unlike, 1)),
    ]
    if otter is not None:
        roads.append(_otter_road(otter, courses, sizes.otter))
    return roads


def _otter_road(otter: Otter, courses: Courses, students: int) -> Road:
    def travel(road: Road) -> float:
        seconds = statistics.mean(otter.grade(student).seconds for student in courses.students[1 : students + 1])
        start = otter.start_seconds()
        road.notes = [f"each of the {len(courses.release)} starts takes {start:.1f} s"]
        return seconds

    return Road(
        "otter run",
        "a command for each notebook: runs the cells in a kernel and the visible checks as Otter's tests, no hidden "
        "graders, no confinement, no gradebook; the commands' starts included",
        travel,
    )


def travel(roads: Sequence[Road], rounds: int, say: Callable[[str], None]) -> None:
    """Go all roads, round after round.

    Args:
        roads: the roads.
        rounds: how often.
        say: tells how far it is.
    """
    for number in range(rounds):
        for road in roads:
            say(f"round {number + 1} of {rounds}: {road.title}")
            road.rounds.append(road.travel(road))


def hold_scores_equal(roads: Sequence[Road]) -> str:
    """Hold that all roads of ours gave the same students the same points; what they wrote is the same class.

    Returns:
        What was held, in a sentence.

    Raises:
        BenchError: somebody got other points on one of them.
    """
    ours = [road for road in roads if road.scores and road.title != "nbgrader autograde, stock"]
    if not ours:
        return ""
    largest = max(ours, key=lambda road: len(road.scores))
    for road in ours:
        for student, score in road.scores.items():
            if score != largest.scores[student]:
                raise BenchError(
                    f"{student} got {score:g} points by {road.title!r} and {largest.scores[student]:g} by "
                    f"{largest.title!r}"
                )
    mean = statistics.mean(largest.scores.values())
    return f"all roads of Pathwise gave the same {len(largest.scores)} students the same points ({mean:.1f} on average)"
