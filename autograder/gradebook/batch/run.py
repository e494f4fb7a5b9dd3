"""What ``autograder grade`` does, for whoever calls it: reads the course's settings, and lets the coordinator work."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties, ClearOutput, Execute
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder.course.errors import CourseError, UsageError
from autograder.gradebook.batch.coordinator import Coordinator, Summary
from autograder.gradebook.batch.crew import Crew, LocalCrew
from autograder.gradebook.batch.ends import requests_to_end
from autograder.gradebook.batch.ledger import Ledger, unusable
from autograder.gradebook.batch.parcels import Order
from autograder.gradebook.batch.pipeline import CLEANERS
from autograder.gradebook.batch.roster import Roster
from autograder.gradebook.execute import BoxedExecute
from autograder.gradebook.reading import reading
from autograder.gradebook.release import PYTHON, released_notebooks
from autograder.gradebook.restore import RestoreCells
from autograder.gradebook.settings import Box, Graders


@dataclass(frozen=True)
class Request:
    """What somebody wants graded.

    Attributes:
        root: the course.
        assignment: its name.
        student: whose submission; a pattern, as for nbgrader.
        notebook: which notebook; a pattern.
        force: whether what is graded is graded again.
        jobs: how many processes.
    """

    root: Path
    assignment: str
    student: str = "*"
    notebook: str = "*"
    force: bool = False
    jobs: int = 1

    @property
    def arguments(self) -> list[str]:
        """The same for ``nbgrader autograde``."""
        arguments = [self.assignment, f"--course-dir={self.root}", f"--student={self.student}"]
        arguments += [f"--notebook={self.notebook}"]
        return [*arguments, "--force"] if self.force else arguments


class ClassGrading:
    """One run of ``autograder grade``.

    Args:
        request: what is wanted.

    Attributes:
        roster: the submissions.

    Raises:
        CourseError: the gradebook cannot be used.
        UsageError: there is no such assignment, or nobody handed anything in.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._converter = _converter(request)
        with reading(self._converter.coursedir) as session:
            self.release = released_notebooks(session, request.assignment)
        _find_submissions(self._converter)
        self.roster = Roster(self._converter, self.release)

    def obstacle(self) -> str | None:
        """What of the course's settings these rooms do not know how to do; nbgrader's own command does."""
        converter = self._converter
        stock = Autograde()
        if converter.sanitize_preprocessors != [RestoreCells, *stock.sanitize_preprocessors]:
            return "the course has sanitizers of its own"
        expected = [BoxedExecute if kind is Execute else kind for kind in stock.autograde_preprocessors]
        if converter.autograde_preprocessors != expected or converter.preprocessors:
            return "the course has preprocessors of its own"
        if converter.pre_convert_hook or converter.post_convert_hook:
            return "the course has hooks of its own"
        if converter.coursedir.groupshared:
            return "the course's files are shared by a group"
        config = converter.config
        if config.OverwriteCells.get("add_missing_cells") or not _enabled(Execute, config, BoxedExecute):
            return "the course's settings change how notebooks are read"
        if not _enabled(ClearOutput, config):
            return "the course keeps outputs"
        other = {released.language for released in self.release.values()} - set(PYTHON)
        return f"a notebook is in {other.pop()}" if other else None

    def run(self, tell: Callable[[Summary], None] = lambda summary: None, crew: Crew | None = None) -> Summary:
        """Grade.

        Args:
            tell: called with the summary whenever it has changed.
            crew: whoever grades; processes on this machine if not given.
        """
        converter = self._converter
        late = AssignLatePenalties(parent=converter)
        with _opened(converter.coursedir) as gradebook, requests_to_end() as asked:
            ledger = Ledger(gradebook, self._request.assignment, self.release, late)
            permissions = int(str(converter.permissions), 8)
            crew = LocalCrew(self.order(), self._request.jobs) if crew is None else crew
            try:
                return Coordinator(self.roster, ledger, crew, permissions, converter.create_student, tell, asked).run()
            finally:
                crew.close()

    def order(self) -> Order:
        """What whoever grades has to know."""
        converter = self._converter
        directory, config = converter.coursedir, converter.config
        box, graders, execute = Box(config=config), Graders(config=config), BoxedExecute(config=config)
        seconds = float(execute.timeout) if execute.timeout and execute.timeout > 0 else None
        return Order(
            root=Path(directory.root),
            assignment=self._request.assignment,
            source_directory=directory.source_directory,
            solutions_directory=graders.solutions_directory,
            release=self.release,
            beside=self.roster.beside,
            limits=box.limits(seconds),
            trusting=box.accept_weak_confinement,
            libraries=tuple(box.preload),
            remember=graders.remember,
            settings=_settings(config, CLEANERS),
        )


def _opened(directory: Any) -> Gradebook:
    try:
        return Gradebook(directory.db_url, directory.course_id)
    except SQLAlchemyError as error:
        raise unusable(error) from error


def _converter(request: Request) -> Any:
    """Nbgrader's converter with the course's settings."""
    if not request.root.is_dir():
        raise UsageError(f"there is no folder {request.root}")
    app = AutogradeApp()
    app.raise_config_file_errors = True
    try:
        app.initialize(request.arguments)
    except Exception as error:
        raise CourseError(f"nbgrader_config.py cannot be read: {type(error).__name__}: {error}") from error
    app.coursedir.assignment_id = request.assignment
    converter = Autograde(coursedir=app.coursedir, parent=app)
    if BoxedExecute not in converter.autograde_preprocessors:
        raise UsageError(
            f"{request.root / 'nbgrader_config.py'} does not turn Pathwise on: "
            "it needs 'from autograder.gradebook import enable; enable(c)'"
        )
    return converter


def _find_submissions(converter: Any) -> None:
    def is_no_error(record: logging.LogRecord) -> bool:
        return record.levelno < logging.ERROR

    converter.log.addFilter(is_no_error)
    try:
        converter.init_notebooks()
    except NbGraderException:
        directory = converter.coursedir
        place = converter._format_source(directory.assignment_id, directory.student_id)
        raise UsageError(
            f"nobody has handed in: there are no notebooks {place}/{directory.notebook_id}.ipynb"
        ) from None
    finally:
        converter.log.removeFilter(is_no_error)


def _enabled(kind: type, config: Config, *heirs: type) -> bool:
    return all(config[name.__name__].get("enabled", True) for name in (kind, *heirs))


def _settings(config: Config, kinds: Sequence[type]) -> Config:
    """The sections of the settings that some classes read."""
    names = {parent.__name__ for kind in (ClearOutput, *kinds) for parent in kind.__mro__}
    return Config({name: dict(config[name]) for name in names if name in config})
