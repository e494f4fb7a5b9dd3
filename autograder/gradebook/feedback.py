"""The feedback of students, one after the other: the pages that ``nbgrader generate_feedback`` makes, by its converter.

What differs is how: templates and released cells are rendered once for all students, what the gradebook says has been
read before, and each student's folder is made beside its place and put there whole, so that an interruption leaves the
old one or none, and the next command makes what is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbconvert.writers.files import FilesWriter
from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.preprocessors import GetGrades
from traitlets import TraitError

from autograder.course.errors import CourseError, UsageError
from autograder.gradebook.batch.files import Staged
from autograder.gradebook.intake import owner_of
from autograder.gradebook.marks import KnownGrades, Marks
from autograder.gradebook.pages import FeedbackPage, SafePage
from autograder.gradebook.progress import Note
from autograder.gradebook.scores import course_directory

TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Request:
    """What somebody wants.

    Attributes:
        root: the course.
        assignment: its name.
        student: whose; a pattern, as for nbgrader.
        notebook: of which notebook; a pattern.
        force: whether feedback that is there is made anew.
    """

    root: Path
    assignment: str
    student: str = "*"
    notebook: str = "*"
    force: bool = False


@dataclass(frozen=True)
class Submission:
    """The autograded notebooks of one student, as paths, and where they lie."""

    student: str
    folder: str
    notebooks: tuple[str, ...]


class Feedback(GenerateFeedback):  # type: ignore[misc]
    """Nbgrader's converter, which keeps its exporter from one student to the next.

    Args:
        request: what is wanted.

    Raises:
        UsageError: no assignment or student can be named so.
    """

    def __init__(self, request: Request) -> None:
        directory = course_directory(request.root)
        try:
            directory.assignment_id = request.assignment
            directory.student_id = request.student
            directory.notebook_id = request.notebook
        except TraitError as error:
            raise UsageError(str(error)) from None
        super().__init__(coursedir=directory, config=directory.config)
        self.force: bool = self.force or request.force
        self._staged: Staged | None = None
        self.writer = FilesWriter(parent=self, config=self.config)
        kind = self.exporter_class if issubclass(self.exporter_class, SafePage) else FeedbackPage
        self.exporter = kind(parent=self, config=self.config)
        for preprocessor in self.preprocessors:
            if preprocessor is GetGrades:
                self._grades = KnownGrades(parent=self.exporter)
            self.exporter.register_preprocessor(self._grades if preprocessor is GetGrades else preprocessor)

    @property
    def whole(self) -> bool:
        """Whether all pages of a student are wanted."""
        return bool(self.coursedir.notebook_id == "*")

    def submissions(self) -> Iterator[Submission]:
        """Every submission that is meant.

        Raises:
            UsageError: there is none.
        """
        try:
            self.init_notebooks()
        except NbGraderException as error:
            raise UsageError(f"{str(error)[0].lower()}{str(error)[1:]}: nothing that is meant was graded") from None
        excluded = self.coursedir.student_id_exclude.split(",")
        for folder, notebooks in sorted(self.assignments.items()):
            owner = owner_of(self, folder)
            if owner is None:
                raise CourseError(f"{folder} does not fit the course's pattern of folders")
            if owner[1] not in excluded:
                yield Submission(owner[1], folder, tuple(sorted(notebooks)))

    def is_due(self, submission: Submission) -> bool:
        """Whether nbgrader would make this feedback: it is not there, is older than its submission, or is forced."""
        place = Path(self._format_dest(self.coursedir.assignment_id, submission.student))
        pages = [place / f"{Path(notebook).stem}{self.exporter.file_extension}" for notebook in submission.notebooks]
        there = place.exists() if self.whole else all(page.exists() for page in pages)
        if not there or self.force:
            return True
        handed_in, answered = self._timestamp(submission.folder), self._timestamp(str(place))
        return handed_in is not None and answered is not None and handed_in > answered

    def _timestamp(self, folder: str) -> datetime | None:
        try:
            return self.coursedir.get_existing_timestamp(folder)
        except (AttributeError, OSError, ValueError):
            return None  # not a time: nbgrader fails at it, for a reason that says nothing

    def clear(self, submission: Submission) -> None:
        """Take away what a command that was killed has left beside a student's feedback."""
        Staged(Path(self._format_dest(self.coursedir.assignment_id, submission.student))).discard()

    def make(self, submission: Submission, marks: Mapping[str, Marks]) -> None:
        """Make the feedback of one student.

        Raises:
            CourseError: the submission is not graded, or the gradebook does not know it.
        """
        assignment, student = self.coursedir.assignment_id, submission.student
        if Note(Path(submission.folder), student).exists:
            raise CourseError("it is being graded, or the command that graded it was interrupted")
        place = Path(self._format_dest(assignment, student))
        staged = Staged(place)
        self.notebooks, self._grades.marks = list(submission.notebooks), marks
        self._staged = staged
        try:
            staged.discard()
            self.run_pre_convert_hook()
            self.init_assignment(assignment, student)
            for notebook in self.notebooks:
                self.convert_single_notebook(notebook)
            self.set_permissions(assignment, student)
            if self.whole:
                staged.replace()
            else:
                self._merge(staged, place)
            self.run_post_convert_hook()
        finally:
            self._staged = None
            staged.discard()

    def _merge(self, staged: Staged, place: Path) -> None:
        """Put single pages in their places; the time that says how new they are comes last."""
        stamp = staged.place / TIMESTAMP
        aside = staged.place.with_name(f"{staged.place.name}.{TIMESTAMP}")
        if stamp.exists():
            stamp.rename(aside)
        staged.merge()
        if aside.exists():
            aside.replace(place / TIMESTAMP)

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        if self._staged is not None:
            return str(self._staged.place)
        return str(super()._format_dest(assignment_id, student_id, escape))
