"""A pytest session that is held open with its collected hidden graders."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from autograder.course.errors import CourseError
from autograder.course.variants import Variant
from autograder.grading import plugin
from autograder.grading.catalogue import Problem
from autograder.grading.implementation import Implementation, Transcript

_ERROR = pytest.StashKey[BaseException]()


class Collected:
    """A pytest session, held open with its collected items.

    pytest has no public way to collect once and run many times. What stands here does what ``pytest.main`` does, in
    the same order; ``runtestprotocol`` re-arms an item that is run again (as reruns of flaky tests rely on).
    """

    def __init__(self, solutions: Path, variant: Variant, problems: Mapping[str, Problem]) -> None:
        arguments = [str(path) for path in sorted({problem.grader for problem in problems.values()})]
        options = [f"--rootdir={solutions}", f"--confcutdir={solutions}", "-c", os.devnull, "--import-mode=importlib"]
        # Capturing would take stdin away from the process that holds the judge, a Jupyter server for example.
        options += ["--assert=plain", "--capture=no"]
        for name in ("cacheprovider", "terminal", "faulthandler", "logging", "unraisableexception", "threadexception"):
            options += ["-p", f"no:{name}"]
        self.errors: list[str] = []
        try:
            with _modules_of_its_own(solutions):
                with _no_foreign_plugins():
                    self.config = _prepareconfig([*options, *arguments], plugins=[plugin, self])
                self._collect(solutions, variant, problems)
        except (Exception, SystemExit) as error:
            raise CourseError(f"the graders in {solutions} raise {type(error).__name__}: {error}") from error
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

    def transcript_of(self, item: pytest.Function) -> Transcript:
        """What a test that has just run asked, and what came of it."""
        return item.stash[plugin.STUDENT].transcript if plugin.STUDENT in item.stash else []

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


@contextmanager
def _modules_of_its_own(folder: Path) -> Iterator[None]:
    """Import graders anew, and forget them: pytest takes a module of the same name for one that it has imported.

    It may be that of another judge, or of whoever holds this one.
    """
    names = {"conftest", *(path.stem for path in folder.glob("test_*.py"))}
    others = {name: sys.modules.pop(name) for name in names & sys.modules.keys()}
    place = str(folder)  # thousands of modules are looked at, and paths are slow to make
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            if os.path.dirname(getattr(module, "__file__", None) or "") == place:
                del sys.modules[name]
        sys.modules.update(others)


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
