"""What grading comes to: frozen data, without any idea of where it will be shown."""

from dataclasses import dataclass
from typing import Any

from autograder.course.errors import Outcome
from autograder.grading.catalogue import Misconception


@dataclass(frozen=True)
class AspectResult:
    """How one aspect, that is one test function of a hidden grader, ended.

    Attributes:
        name: the test function.
        statement: its docstring: what was asked.
        points: what it is worth.
        outcome: how it ended; all of its cases must pass.
        detail: what went wrong, in words that a student may read.
    """

    name: str
    statement: str
    points: float
    outcome: Outcome
    detail: str = ""

    @property
    def earned(self) -> float:
        """All of its points or none."""
        return self.points if self.outcome is Outcome.PASSED else 0.0


@dataclass(frozen=True)
class ProblemResult:
    """How one problem of one submission was graded.

    Attributes:
        problem: the stem.
        aspects: in the order of the hidden grader.
        misconception: the named mistake that explains every reply, where there is one.
    """

    problem: str
    aspects: tuple[AspectResult, ...]
    misconception: Misconception | None = None

    @property
    def possible(self) -> float:
        """The problem's points."""
        return sum(aspect.points for aspect in self.aspects)

    @property
    def earned(self) -> float:
        """The points that the submission gets."""
        return sum(aspect.earned for aspect in self.aspects)

    def as_metadata(self) -> dict[str, Any]:
        """Plain data for a cell's metadata, from which reports are made."""
        data: dict[str, Any] = {
            "problem": self.problem,
            "earned": self.earned,
            "possible": self.possible,
            "aspects": [{"name": a.name, "points": a.points, "outcome": a.outcome.value} for a in self.aspects],
        }
        if self.misconception:
            data["misconception"] = {"name": self.misconception.name, "text": self.misconception.text}
        return data
