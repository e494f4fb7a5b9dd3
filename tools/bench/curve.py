"""How throughput and memory change with the size of a class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.bench.courses import Courses
from tools.bench.roads import grade
from tools.bench.watch import Memory

ALIKE, UNLIKE = "as drawn", "no two alike"


@dataclass(frozen=True)
class Point:
    """One class, graded once by ``autograder grade`` on all cores.

    Attributes:
        kind: of the class: ``ALIKE`` or ``UNLIKE``.
        students: how many.
        seconds: of the whole command.
        first: from its start to the first result.
        steady: submissions a second after the first result.
        memory: peaks of its processes.
    """

    kind: str
    students: int
    seconds: float
    first: float
    steady: float
    memory: Memory

    @property
    def rate(self) -> float:
        """Submissions a second, the command's start included."""
        return self.students / self.seconds


def measure(courses: Courses, sizes: Sequence[int], unlike_up_to: int, say: Callable[[str], None]) -> list[Point]:
    """Grade classes of several sizes.

    Args:
        courses: makes them.
        sizes: how many students, each a run.
        unlike_up_to: the largest class in which no two are alike; it takes longer.
        say: tells how far it is.
    """
    points = []
    for kind in (ALIKE, UNLIKE):
        course = courses.make(f"curve {kind}".replace(" ", "-"), 0, unlike=kind == UNLIKE)
        for size in sorted(size for size in sizes if kind == ALIKE or size <= unlike_up_to):
            say(f"a class of {size}, {kind}")
            courses.hand_in(course, courses.students[:size], unlike=kind == UNLIKE)
            watched = grade(course)
            first = watched.first or watched.seconds
            steady = (size - watched.first_count) / max(watched.seconds - first, 1e-9)
            points.append(Point(kind, size, watched.seconds, first, steady, watched.memory))
    return points
