"""Loaded by the workers of a test's cluster: some students' submissions disturb whoever grades them."""

import os
import threading
from pathlib import Path

import autograder
from autograder.gradebook.batch.parcels import Graded, Submission
from autograder.gradebook.batch.worker import Worker

PAUSED = Path(os.environ["PATHWISE_PAUSED"])
# Loaded twice, by the worker and with it; what is replaced is replaced once.
_grade = Worker.__dict__.get("undisturbed", Worker._grade)


def _disturbed(self: Worker, submission: Submission) -> Graded:
    student = submission.student
    if student.startswith("kills"):
        os._exit(1)
    if student.startswith("stops"):
        try:
            PAUSED.with_name(f"{student}.seen").touch(exist_ok=False)
        except FileExistsError:
            return _grade(self, submission)
        PAUSED.write_text(str(os.getpid()))
        threading.Event().wait()
    return _grade(self, submission)


Worker.undisturbed = _grade  # type: ignore[attr-defined]
Worker._grade = _disturbed  # type: ignore[method-assign]
autograder.__version__ = os.environ.get("PATHWISE_VERSION", autograder.__version__)
