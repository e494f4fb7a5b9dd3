"""What a process that grades does.

It knows the secret room and the released cells, and neither reads nor writes the gradebook, the folders of the class or
another submission than the one in its hands.
"""

import gc
from collections.abc import Sequence
from pathlib import Path

from autograder.box.folders import WorkFolder
from autograder.course.errors import BoxError, OurFault
from autograder.gradebook.batch.parcels import Graded, GradedNotebook, Order, Submission
from autograder.gradebook.batch.pipeline import Pipeline
from autograder.gradebook.machine import Machine


class Worker:
    """Grades submissions of one assignment, one after the other.

    Args:
        order: what holds for the class.
        machine: runs and judges; one of its own if not given.
    """

    def __init__(self, order: Order, machine: Machine | None = None) -> None:
        self.order = order
        self._machine = machine or Machine(order.trusting, order.libraries, remember=order.remember)
        self._pipeline = Pipeline(order, self._machine)
        self._settled = False

    def grade(self, submissions: Sequence[Submission]) -> list[Graded]:
        """Grade a batch; a fault of ours costs nobody but the submission that it happened at its grade."""
        graded = [self._grade(submission) for submission in submissions]
        if not self._settled:
            # What is there by now stays: libraries, graders, their tests. The collector need not look at it again.
            gc.collect()
            gc.freeze()
            self._settled = True
        return graded

    def close(self) -> None:
        """End the processes that it started."""
        self._machine.close()

    def _grade(self, submission: Submission) -> Graded:
        remarks: list[str] = []
        suspicions: list[str] = []
        try:
            notebooks = self._grade_notebooks(submission, remarks, suspicions)
        except OurFault as fault:
            return Graded(submission.student, remarks=tuple(remarks), fault=str(fault))
        except Exception as error:
            # As in nbgrader, whatever it is: the others are graded.
            return Graded(submission.student, remarks=tuple(remarks), fault=f"{type(error).__name__}: {error}")
        # What holds for every notebook is said once.
        told = tuple(dict.fromkeys(remarks))
        return Graded(submission.student, tuple(notebooks), told, tuple(dict.fromkeys(suspicions)))

    def _grade_notebooks(
        self, submission: Submission, remarks: list[str], suspicions: list[str]
    ) -> list[GradedNotebook]:
        beside = WorkFolder()
        try:
            _lay_out(beside.path, {**submission.files, **self.order.beside})
            return [
                self._pipeline.grade(name, data, beside.path, submission.student, remarks, suspicions)
                for name, data in submission.notebooks.items()
            ]
        finally:
            beside.remove()


def _lay_out(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder.

    Raises:
        BoxError: there is no room for them.
    """
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise BoxError(f"the files beside a notebook could not be laid out: {error}") from error
