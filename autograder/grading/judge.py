"""One pytest session that judges many submissions: hidden graders are collected once, not once a student."""

import os
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from autograder.course.errors import CourseError, GraderError, OurFault, Outcome, StudentFault, StudentRaised
from autograder.course.variants import Variant
from autograder.grading import plugin
from autograder.grading.catalogue import Misconception, Problem, load_problems
from autograder.grading.checks import CheckFailed
from autograder.grading.diagnosis import Transcripts, diagnose
from autograder.grading.implementation import Implementation, LocalImplementation, Transcript
from autograder.grading.results import AspectResult, ProblemResult

# After so many calls that hung or died, the rest of a problem is not tried any more.
MAX_BREAKDOWNS = 2
BREAKDOWNS = {Outcome.TIMED_OUT, Outcome.DIED, Outcome.OUT_OF_MEMORY, Outcome.OVER_LIMIT, Outcome.NOT_RUN}

_ALL_WELL = (Outcome.PASSED, "")
_GIVEN_UP = (Outcome.NOT_RUN, "was not run, since earlier calls hung or died")
_ERROR = pytest.StashKey[BaseException]()
_FAILURES = (AssertionError, pytest.fail.Exception)


class Judge:
    """Grades implementations against the hidden graders of one assignment.

    Args:
        solutions: the assignment's folder in the secret room.
        variant: the numbers and choices of the variant that is graded.

    Attributes:
        problems: the problems by name.
        points: what each is worth.

    Raises:
        CourseError: a reference or grader cannot be imported, or the two do not go together.
    """

    def __init__(self, solutions: Path, variant: Variant) -> None:
        self.problems = load_problems(solutions, variant)
        self.variant = variant
        self._collected = _Collected(solutions, variant, self.problems)
        try:
            self._items = {name: self._collected.items_of(problem) for name, problem in self.problems.items()}
            self.points = {name: sum(map(_points, _by_aspect(items).values())) for name, items in self._items.items()}
        except BaseException:
            self.close()
            raise
        self._known: dict[str, list[tuple[Misconception, Transcripts]]] = {}

    def grade(self, examinee: Implementation, names: Iterable[str], student: str = "") -> dict[str, ProblemResult]:
        """Grade some problems of one submission.

        Args:
            examinee: the submission.
            names: the problems.
            student: the gradebook's id of whoever handed it in: some variants give each student other numbers.

        Raises:
            OurFault: a grader raised, or a box could not be made; nothing is said of the submission then.
        """
        self._collected.config.stash[plugin.VARIANT] = self.variant.of(student)
        return {name: self._grade_problem(examinee, name) for name in names}

    def first_failure(self, examinee: Implementation, name: str, student: str = "") -> str | None:
        """Judge until something fails: the aspect that did, or None where all is right.

        Raises:
            OurFault: a grader raised, or a box could not be made.
        """
        self._collected.config.stash[plugin.VARIANT] = self.variant.of(student)
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
        aspects, transcripts = self._examine(examinee, name)
        misconception = None
        if any(aspect.outcome is not Outcome.PASSED for aspect in aspects):
            misconception = diagnose(transcripts, self._misconceptions(name))
        return ProblemResult(name, aspects, misconception)

    def _examine(self, examinee: Implementation, name: str) -> tuple[tuple[AspectResult, ...], dict[str, Transcript]]:
        transcripts: dict[str, Transcript] = {}
        aspects = []
        breakdowns = 0
        for aspect, items in _by_aspect(self._items[name]).items():
            judgments = [_ALL_WELL]
            for item in items:
                if breakdowns >= MAX_BREAKDOWNS:
                    judgments.append(_GIVEN_UP)
                    break
                error = self._collected.run(item, examinee)
                transcripts[item.nodeid] = item.stash[plugin.STUDENT].transcript if plugin.STUDENT in item.stash else []
                judgments.append(_judgment(error, item))
                breakdowns += judgments[-1][0] in BREAKDOWNS
            outcome, detail = next((judged for judged in judgments if judged[0] is not Outcome.PASSED), _ALL_WELL)
            aspects.append(AspectResult(aspect, _statement(items[0], self.variant), _points(items), outcome, detail))
        return tuple(aspects), transcripts

    def _misconceptions(self, name: str) -> list[tuple[Misconception, Transcripts]]:
        """What each misconception replies to the grader: asked once a judge, when the first student fails.

        Values that depend on the student are asked for anew each time.
        """
        if name not in self._known:
            references = {other: problem.reference for other, problem in self.problems.items()}
            variant = self._collected.config.stash[plugin.VARIANT]
            replies: list[tuple[Misconception, Transcripts]] = [
                (known, self._examine(LocalImplementation({**references, name: known.function}, variant), name)[1])
                for known in self.problems[name].misconceptions
            ]
            if self.variant.per_student and self.problems[name].is_value:
                return replies
            self._known[name] = replies
        return self._known[name]


class _Collected:
    """A pytest session, held open with its collected items.

    pytest has no public way to collect once and run many times. What stands here does what ``pytest.main`` does, in
    the same order; ``runtestprotocol`` re-arms an item that is run again (as reruns of flaky tests rely on).
    """

    def __init__(self, solutions: Path, variant: Variant, problems: Mapping[str, Problem]) -> None:
        arguments = [str(path) for path in sorted({problem.grader for problem in problems.values()})]
        options = [f"--rootdir={solutions}", f"--confcutdir={solutions}", "-c", os.devnull, "--import-mode=importlib"]
        # Capturing would take stdin away from the process that holds the judge, a Jupyter server for example.
        options += ["--assert=plain", "--capture=no"]
        for name in ("cacheprovider", "terminal", "faulthandler", "logging"):
            options += ["-p", f"no:{name}"]
        self.errors: list[str] = []
        try:
            with _no_foreign_plugins():
                self.config = _prepareconfig([*options, *arguments], plugins=[plugin, self])
            self._collect(solutions, variant, problems)
        except (Exception, SystemExit) as error:
            raise CourseError(f"the graders in {solutions} raise {type(error).__name__}: {error}") from error
        finally:
            _forget_modules_of(solutions)
        if self.errors:
            self.close()
            raise CourseError(f"a hidden grader cannot be collected: {self.errors[0]}")

    def _collect(self, solutions: Path, variant: Variant, problems: Mapping[str, Problem]) -> None:
        self.config.stash[plugin.VARIANT] = variant
        self.config.stash[plugin.PROBLEMS] = {solutions: dict(problems)}
        self.config._do_configure()
        self.session = pytest.Session.from_config(self.config)
        self.config.hook.pytest_sessionstart(session=self.session)
        self.session.perform_collect()

    def items_of(self, problem: Problem) -> list[pytest.Function]:
        """The tests of one problem, in the order of its hidden grader."""
        items = [item for item in self.session.items if isinstance(item, pytest.Function) and _serves(item, problem)]
        if not items:
            raise CourseError(f"{problem.grader} holds no test of {problem.name}")
        return items

    def run(self, item: pytest.Function, examinee: Implementation) -> BaseException | None:
        """Run one test on one implementation and give what it raised."""
        self.config.stash[plugin.EXAMINEE] = examinee
        if _ERROR in item.stash:
            del item.stash[_ERROR]
        if plugin.STUDENT in item.stash:
            del item.stash[plugin.STUDENT]
        assert item.parent is not None
        # Keep the fixtures of this grader's module for its next test; end those of another grader's.
        self.session._setupstate.teardown_exact(item.parent)  # type: ignore[arg-type]
        try:
            runtestprotocol(item, log=False, nextitem=item.parent)  # type: ignore[arg-type]
        except pytest.exit.Exception as error:
            return error  # this grader is at fault, and the class goes on
        return item.stash.get(_ERROR, None)

    def close(self) -> None:
        """Tear down what graders set up and end the session."""
        self.session._setupstate.teardown_exact(None)
        self.config.hook.pytest_sessionfinish(session=self.session, exitstatus=0)
        self.config._ensure_unconfigure()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Keep what a test raised; a traceback that nobody reads is not drawn."""
        if call.excinfo is not None and _ERROR not in item.stash:
            item.stash[_ERROR] = call.excinfo.value
        passed = call.excinfo is None
        return pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            "passed" if passed else "failed",
            None,
            when=call.when,  # type: ignore[arg-type]
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a grader that cannot be imported."""
        if report.failed:
            self.errors.append(f"{report.nodeid}: {str(report.longrepr).strip().splitlines()[-1]}")


def _serves(item: pytest.Function, problem: Problem) -> bool:
    cases = item.callspec.params if hasattr(item, "callspec") else {}
    return item.path == problem.grader and cases.get("problem", problem.name) == problem.name


def _forget_modules_of(folder: Path) -> None:
    """Let the next judge import its graders anew: pytest would give it those of another folder with the same names."""
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "").parent == folder:
            del sys.modules[name]


@contextmanager
def _no_foreign_plugins() -> Iterator[None]:
    """Keep plugins and options that happen to be installed or set here out of the judge."""
    names = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                del os.environ[name]
            else:
                os.environ[name] = old


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


def _statement(item: pytest.Function, variant: Variant) -> str:
    """What was asked, in the words of the variant."""
    return " ".join(variant.expand(item.function.__doc__ or item.originalname, item.path).split())


def _judgment(error: BaseException | None, item: pytest.Function) -> tuple[Outcome, str]:
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
