"""One pytest session that judges many submissions: hidden graders are collected once, not once a student."""

import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FunctionType, TracebackType

import pytest

from autograder.box.worker import numerics
from autograder.course.errors import CourseError, GraderError, OurFault, Outcome, StudentFault, StudentRaised
from autograder.course.variants import Variant
from autograder.grading import plugin
from autograder.grading.catalogue import Misconception, load_problems
from autograder.grading.checks import CheckFailed
from autograder.grading.collected import Collected
from autograder.grading.diagnosis import Replies, Transcripts, diagnose
from autograder.grading.implementation import Implementation, LocalImplementation, Transcript
from autograder.grading.memory import Judgment, Memory, Node, Record, Witness, is_respondent
from autograder.grading.personal import Personal
from autograder.grading.results import AspectResult, ProblemResult

# After so many calls that hung or died, the rest of a problem is not tried any more.
MAX_BREAKDOWNS = 2
BREAKDOWNS = {Outcome.TIMED_OUT, Outcome.DIED, Outcome.OUT_OF_MEMORY, Outcome.OVER_LIMIT, Outcome.NOT_RUN}

_ALL_WELL = (Outcome.PASSED, "")
_GIVEN_UP = (Outcome.NOT_RUN, "was not run, since earlier calls hung or died")
_FAILURES = (AssertionError, pytest.fail.Exception)


class Judge:
    """Grades implementations against the hidden graders of one assignment.

    Args:
        solutions: the assignment's folder in the secret room.
        variant: the numbers and choices of the variant that is graded.
        memory: what it shall remember from one submission to the next, if it shall; what was seen before then costs
            hardly anything, and every result is what it would be without.

    Attributes:
        problems: the problems by name.
        points: what each is worth.

    Raises:
        CourseError: a reference or grader cannot be imported, or the two do not go together.
    """

    def __init__(self, solutions: Path, variant: Variant, memory: Memory | None = None) -> None:
        self.problems = load_problems(solutions, variant)
        self.variant = variant
        self._memory = memory
        self._personal = Personal(variant)
        self._collected = Collected(solutions, variant, self.problems)
        try:
            if sys.modules.get("torch") is not None:
                numerics.settle(sys.modules["torch"])
            self._items = {name: self._collected.items_of(problem) for name, problem in self.problems.items()}
            self.points = {name: sum(map(_points, _by_aspect(items).values())) for name, items in self._items.items()}
        except BaseException:
            self.close()
            raise
        self._statements: dict[FunctionType, str] = {}
        self._replies: dict[tuple[int, tuple[str, str]], Transcript] = {}

    def grade(self, examinee: Implementation, names: Iterable[str], student: str = "") -> dict[str, ProblemResult]:
        """Grade some problems of one submission.

        Args:
            examinee: the submission.
            names: the problems.
            student: the gradebook's id of whoever handed it in: some variants give each student other numbers.

        Raises:
            OurFault: a grader raised, or a box could not be made; nothing is said of the submission then.
        """
        self._collected.config.stash[plugin.VARIANT] = self._personal.seat(student)
        return {name: self._grade_problem(examinee, name) for name in names}

    def first_failure(self, examinee: Implementation, name: str, student: str = "") -> str | None:
        """Judge until something fails: the aspect that did, or None where all is right.

        Raises:
            OurFault: a grader raised, or a box could not be made.
        """
        self._collected.config.stash[plugin.VARIANT] = self._personal.seat(student)
        for item in self._items[name]:
            if _judgment(self._collected.run(item, examinee), item)[0] is not Outcome.PASSED:
                return item.originalname
        return None

    def shuffle(self, rng: random.Random) -> None:
        """Put the tests of every problem into another order; no score may depend on it."""
        for items in self._items.values():
            rng.shuffle(items)

    def close(self) -> None:
        """End the pytest session."""
        self._collected.close()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _grade_problem(self, examinee: Implementation, name: str) -> ProblemResult:
        aspects, attempts = self._examine(examinee, name)
        misconception = None
        if any(aspect.outcome is not Outcome.PASSED for aspect in aspects):
            misconception = self._diagnose(examinee, name, attempts)
        return ProblemResult(name, aspects, misconception)

    def _examine(self, examinee: Implementation, name: str) -> tuple[tuple[AspectResult, ...], list["_Attempt"]]:
        attempts = []
        aspects = []
        breakdowns = 0
        for aspect, items in _by_aspect(self._items[name]).items():
            judgments = [_ALL_WELL]
            for item in items:
                if breakdowns >= MAX_BREAKDOWNS:
                    judgments.append(_GIVEN_UP)
                    break
                attempts.append(self._attempt(examinee, item))
                judgments.append(attempts[-1].judgment)
                breakdowns += judgments[-1][0] in BREAKDOWNS
            outcome, detail = next((judged for judged in judgments if judged[0] is not Outcome.PASSED), _ALL_WELL)
            aspects.append(AspectResult(aspect, self._statement(items[0]), _points(items), outcome, detail))
        return tuple(aspects), attempts

    def _statement(self, item: pytest.Function) -> str:
        """What was asked, in the words of the variant."""
        if item.function not in self._statements:
            text = self.variant.expand(item.function.__doc__ or item.originalname, item.path)
            self._statements[item.function] = " ".join(text.split())
        return self._statements[item.function]

    def _attempt(self, examinee: Implementation, item: pytest.Function) -> "_Attempt":
        """Judge one test: from memory as far as that goes, by running it otherwise."""
        if self._memory is None or not is_respondent(examinee):
            judgment = _judgment(self._collected.run(item, examinee), item)
            return _Attempt(item, judgment, self._collected.transcript_of(item))
        record, end = self._memory.recall(self._personal.key(item.nodeid), examinee)
        if end is not None and end.judgment is not None:
            return _Attempt(item, end.judgment, None, record, end)
        self._personal.begin()
        error = self._collected.run(item, Witness(examinee, record))
        transcript = self._collected.transcript_of(item)
        self._personal.end(item.nodeid)
        judgment = _judgment(error, item)
        end = self._memory.learn(self._personal.key(item.nodeid), record, judgment)
        return _Attempt(item, judgment, transcript, record, end)

    def _diagnose(self, examinee: Implementation, name: str, attempts: list["_Attempt"]) -> Misconception | None:
        def find() -> Misconception | None:
            # One mistake differs from another where it fails, and often nowhere else.
            telling = sorted(attempts, key=lambda each: each.judgment[0] is Outcome.PASSED)
            by_test = {each.item.nodeid: each for each in telling}
            replies = Replies(by_test, lambda test: self._transcript(examinee, by_test[test]))
            return diagnose(replies, self._misconceptions(name))

        if self._memory is None:
            return find()
        return self._memory.diagnosis((name, self._personal.numbers), [each.end for each in attempts], find)

    def _transcript(self, examinee: Implementation, attempt: "_Attempt") -> Transcript:
        """What a test asked and what came of it; one that was judged from memory runs now, on what was answered."""
        if attempt.transcript is None:
            assert is_respondent(examinee)
            self._collected.run(attempt.item, Witness(examinee, attempt.record))
            attempt.transcript = self._collected.transcript_of(attempt.item)
        return attempt.transcript

    def _misconceptions(self, name: str) -> Iterator[tuple[Misconception, Transcripts]]:
        """What each misconception replies to the grader: each of its tests is asked once a judge, when it is needed.

        A test that reads numbers of a student's own is asked once for each such numbers. Where one of them crashes a
        grader, that is told by whoever proves it, and not charged to somebody else's submission.
        """
        references = {other: problem.reference for other, problem in self.problems.items()}
        items = {item.nodeid: item for item in self._items[name]}
        for known in self.problems[name].misconceptions:
            mistaken = LocalImplementation({**references, name: known.function}, self._personal.variant)
            yield known, Replies(items, partial(self._mistaken_reply, known, mistaken, items))

    def _mistaken_reply(
        self, known: Misconception, mistaken: LocalImplementation, items: dict[str, pytest.Function], test: str
    ) -> Transcript:
        key = (id(known), self._personal.key(test))
        if key not in self._replies:
            self._personal.begin()
            error = self._collected.run(items[test], mistaken)
            self._personal.end(test)
            if isinstance(error, OurFault | KeyboardInterrupt):
                raise error
            self._replies[id(known), self._personal.key(test)] = self._collected.transcript_of(items[test])
        return self._replies[id(known), self._personal.key(test)]


@dataclass
class _Attempt:
    """How one test went.

    Attributes:
        transcript: what was asked and what came of it, or None where the test was judged from memory.
        record: the same, as the memory has it.
        end: what the memory knows it by, if it does.
    """

    item: pytest.Function
    judgment: Judgment
    transcript: Transcript | None
    record: Record = field(default_factory=list)
    end: Node | None = None


def _by_aspect(items: list[pytest.Function]) -> dict[str, list[pytest.Function]]:
    """Gather the cases of each test function."""
    aspects: dict[str, list[pytest.Function]] = {}
    for item in items:
        aspects.setdefault(item.originalname, []).append(item)
    return aspects


def _points(items: list[pytest.Function]) -> float:
    marker = items[0].get_closest_marker("points")
    if marker is None or len(marker.args) != 1 or not isinstance(marker.args[0], int | float):
        raise CourseError(f"{items[0].nodeid} says no points: mark it with @pytest.mark.points(n)")
    return float(marker.args[0])


def _judgment(error: BaseException | None, item: pytest.Function) -> Judgment:
    """Say how a test ended, in words that a student may read.

    Raises:
        OurFault: what the test raised is the grader's fault.
    """
    if error is None:
        return _ALL_WELL
    if isinstance(error, StudentFault):
        return error.outcome, _explain(error)
    if isinstance(error, _FAILURES):
        return Outcome.WRONG, str(error) if isinstance(error, CheckFailed) else ""
    if isinstance(error, OurFault | KeyboardInterrupt):
        raise error
    raise GraderError(f"the hidden grader {item.nodeid} raised {type(error).__name__}: {error}") from error


def _explain(fault: StudentFault) -> str:
    """Name a fault without quoting the student's own texts, which could carry hidden inputs out of the box."""
    return f"raised {fault.public_name}" if isinstance(fault, StudentRaised) else str(fault)
