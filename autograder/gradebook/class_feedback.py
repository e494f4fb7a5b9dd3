"""The feedback of a whole class, in as many processes as pay."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import chdir
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal

from autograder.course.errors import CourseError, PathwiseError
from autograder.course.files import alone_in
from autograder.course.processes import end_with_parent
from autograder.gradebook.feedback import Feedback, Request, Submission
from autograder.gradebook.marks import Marks, marks_of_class, require_assignment
from autograder.gradebook.reading import reading

# A process takes as long to start as this many pages take to be made.
PAGES_OF_A_START = 60
# Imported once, for all processes.
_IMPORTED = ["autograder.course.quick", "autograder.gradebook.class_feedback", "IPython.lib.lexers"]


@dataclass
class Summary:
    """What came of it.

    Attributes:
        made: the number of pages, by student.
        kept: whose feedback was left as it is.
        failed: whose feedback could not be made, and why; what was there before is still there.
    """

    made: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class ClassFeedback:
    """Whose feedback is to be made, and the making of it.

    Args:
        request: what is wanted.

    Attributes:
        due: the submissions whose turn it is.
        summary: what came of it so far.

    Raises:
        UsageError: the gradebook does not know the assignment, or nothing of it was graded.
        CourseError: the gradebook cannot be read.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._feedback = Feedback(request)
        with reading(self._feedback.coursedir) as session:
            require_assignment(session, request.assignment)
        self.due: list[Submission] = []
        self.summary = Summary()
        self._kept: list[Submission] = []
        for submission in self._feedback.submissions():
            (self.due if self._feedback.is_due(submission) else self._kept).append(submission)
        self.summary.kept = [submission.student for submission in self._kept]

    def make(self, jobs: int, tell: Callable[[Summary], None] = lambda summary: None) -> Summary:
        """Make what is due.

        Args:
            jobs: how many processes there may be.
            tell: called with the summary after each student.

        Raises:
            CourseError: another command is making feedback, or processes are ended from outside.
        """
        directory = self._feedback.coursedir
        place = Path(directory.root) / directory.feedback_directory
        place.mkdir(exist_ok=True)
        with alone_in(place, wait=False):
            for submission in self._kept:
                self._feedback.clear(submission)
            students = [submission.student for submission in self.due]
            with reading(directory) as session:
                marks = marks_of_class(session, self._request.assignment, students)
            pages = sum(len(submission.notebooks) for submission in self.due)
            tasks = [(submission, marks.get(submission.student, {})) for submission in self.due]
            count = min(jobs, len(tasks), pages // PAGES_OF_A_START)
            for submission, reason in self._in_processes(tasks, count) if count > 1 else self._here(tasks):
                if reason:
                    self.summary.failed[submission.student] = reason
                else:
                    self.summary.made[submission.student] = len(submission.notebooks)
                tell(self.summary)
        return self.summary

    def _here(self, tasks: Sequence[tuple[Submission, Mapping[str, Marks]]]) -> Iterator[tuple[Submission, str]]:
        with chdir(self._feedback.coursedir.root):
            for submission, marks in tasks:
                yield submission, _attempt(self._feedback, submission, marks)

    def _in_processes(
        self, tasks: Sequence[tuple[Submission, Mapping[str, Marks]]], count: int
    ) -> Iterator[tuple[Submission, str]]:
        context = get_context("forkserver")
        context.set_forkserver_preload(_IMPORTED)
        with ProcessPoolExecutor(count, context, _begin, (self._request,)) as pool:
            futures = {pool.submit(_make, *task): task[0] for task in tasks}
            try:
                for future in as_completed(futures):
                    yield futures[future], future.result()
            except BrokenProcessPool as error:
                raise CourseError(
                    "a process that makes pages was ended from outside; memory may be short: try --jobs 1"
                ) from error
            finally:
                # Whoever interrupts waits for the pages in hand and no others.
                pool.shutdown(cancel_futures=True)


def _attempt(feedback: Feedback, submission: Submission, marks: Mapping[str, Marks]) -> str:
    """Make one student's feedback; the reason if that fails, which hinders no other's."""
    try:
        feedback.make(submission, marks)
    except (PathwiseError, OSError) as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    return ""


_workers: list[Feedback] = []


def _begin(request: Request) -> None:
    """Make a process one that makes pages: it leaves Ctrl-C to its parent, and ends with it however that ends."""
    signal(SIGINT, SIG_IGN)
    end_with_parent()
    feedback = Feedback(request)
    os.chdir(feedback.coursedir.root)
    _workers.append(feedback)


def _make(submission: Submission, marks: Mapping[str, Marks]) -> str:
    return _attempt(_workers[0], submission, marks)
