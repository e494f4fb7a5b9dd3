"""What one run of ``nbgrader autograde`` holds open: a template, and a judge for each assignment."""

import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode
from traitlets.config import Application

from autograder.box.folders import sweep
from autograder.box.limits import Limits
from autograder.box.outputs import CellRun, OutputBook
from autograder.box.protection import lacking
from autograder.box.session import Session
from autograder.box.template import LIBRARIES, Template
from autograder.box.worker.places import exposed
from autograder.course.errors import BoxError, CourseError
from autograder.course.layout import Assignment
from autograder.course.notebooks import METADATA_KEY, code_cells, tested_problem
from autograder.course.released import released
from autograder.grading.results import ProblemResult
from autograder.report.feedback import outputs_of_result

if TYPE_CHECKING:
    from autograder.grading.judge import Judge

# Notebooks of one assignment, about as many as it takes for a reading of the release to pay.
_MANY = 5


class Machine:
    """Runs and grades notebooks, one after the other.

    Args:
        trusting: whether it grades on a machine that cannot confine a submission.
        libraries: what is imported once for all notebooks.
        template: what makes its boxes; one of its own if not given.
        remember: whether answers that were judged before are recognized.

    Attributes:
        left_out: names of files beside the last notebook that found no room in its box.

    Raises:
        BoxError: there is no room for temporary files.
    """

    def __init__(
        self,
        trusting: bool = False,
        libraries: Sequence[str] = LIBRARIES,
        template: Template | None = None,
        remember: bool = True,
    ) -> None:
        self._remember = remember
        self.left_out: tuple[str, ...] = ()
        sweep()
        try:
            self._template = template or Template(trusting=trusting, libraries=libraries)
        except OSError as error:
            raise BoxError(f"no temporary file could be made: {error}") from error
        self._judges: dict[tuple[Path, str], Judge] = {}
        self._runs: Counter[Path] = Counter()

    def grade(
        self, notebook: NotebookNode, assignment: Assignment, files: Path | None, limits: Limits, student: str
    ) -> list[str]:
        """Run a notebook, and write into each test cell of ours exactly one number that nbgrader can read.

        Arguments are those of ``run``.

        Returns:
            What a person should know of it, a line each.
        """
        results = self.run(notebook, assignment, files, limits, student)
        for cell in notebook.cells:
            result = results.get(tested_problem(cell) or "")
            if result is not None:
                cell.metadata[METADATA_KEY] = {**result.as_metadata(), "unprotected": list(self.unprotected)}
                cell.outputs = outputs_of_result(result, cell.outputs, cell.execution_count, self.unprotected)
        return list(self._remarks(student))

    def _remarks(self, student: str) -> Iterator[str]:
        if self.left_out:
            names = ", ".join(map(repr, self.left_out[:5]))
            yield f"{len(self.left_out)} files beside a notebook of {student} found no room in its box: {names}"
        if self.unprotected:
            yield f"Graded without confinement of {', '.join(self.unprotected)}"

    def run(
        self, notebook: NotebookNode, assignment: Assignment, files: Path | None, limits: Limits, student: str = ""
    ) -> dict[str, ProblemResult]:
        """Run a notebook in a box, write its outputs into it, and grade the problems that have hidden graders.

        Args:
            notebook: the notebook; its code cells get new outputs.
            assignment: what it was handed in for.
            files: the folder whose files lie beside it.
            limits: what the box may use.
            student: who handed it in, as the gradebook says; a notebook's own word for it counts for nothing.

        Returns:
            The result of each problem that the notebook has a test cell for and the secret room a grader.

        Raises:
            OurFault: nothing can be said of the submission.
        """
        _hide(assignment)
        self._familiarize(assignment)
        self._template.warm_up()
        # Hidden graders are collected while the template imports what notebooks need.
        judge = self._judge(assignment) if assignment.has_graders or assignment.masters else None
        cells = code_cells(notebook)
        with Session(self._template, [cell.source for cell in cells], files, limits) as session:
            book = OutputBook()
            for cell, run in zip(cells, session.run_cells(), strict=True):
                _write(cell, run, book)
            self.left_out = session.left_out
            if judge is None:
                return {}
            asked = [tested_problem(cell) for cell in notebook.cells]
            if assignment.masters:
                _check_graders([name for name in asked if name is not None], judge)
            _check_points(notebook, judge)
            return judge.grade(session, [name for name in asked if name in judge.problems], student)

    @property
    def unprotected(self) -> tuple[str, ...]:
        """What submissions could reach, since the machine does not confine them; known after the first."""
        return tuple(protection.name for protection in lacking(self._template.layers))

    def close(self) -> None:
        """End the template and the judges."""
        for judge in self._judges.values():
            judge.close()
        self._judges.clear()
        self._template.close()

    def _familiarize(self, assignment: Assignment) -> None:
        """Have what everybody was given read once for all boxes, when enough of them come to make it worth while."""
        self._runs[assignment.release] += 1
        if self._runs[assignment.release] == _MANY:
            self._template.familiarize(*released(assignment.release))

    def _judge(self, assignment: Assignment) -> "Judge":
        # With pytest, which only those need that grade: whoever reads our settings imports this module.
        from autograder.grading.judge import Judge
        from autograder.grading.memory import Memory

        key = (assignment.solutions, assignment.variant_name)
        if key not in self._judges:
            memory = Memory() if self._remember else None
            self._judges[key] = Judge(assignment.solutions, assignment.variant, memory)
        return self._judges[key]


_machines: "weakref.WeakKeyDictionary[Any, Machine]" = weakref.WeakKeyDictionary()


def machine_of(converter: Any, make: Callable[[], Machine] = Machine) -> Machine:
    """The machine of one converter, made when first asked for; it ends with the converter, or with the process."""
    if converter not in _machines:
        if isinstance(converter.parent, Application):
            # The process of nbgrader's command does nothing but grade from here on; a Jupyter server goes on.
            import autograder.course.quick  # noqa: F401

        _machines[converter] = machine = make()
        weakref.finalize(converter, machine.close)
    return _machines[converter]


def _hide(assignment: Assignment) -> None:
    """Hold that no room of the course lies where every box may read.

    Raises:
        CourseError: one does.
    """
    course = assignment.course
    for path, place in exposed([course.root, course.source, course.solutions]).items():
        raise CourseError(f"{path} lies in {place}, which every submission can read: move the course elsewhere")


def _write(cell: NotebookNode, run: CellRun, book: OutputBook) -> None:
    cell.outputs = book.outputs_of(run)
    cell.execution_count = run.execution_count


def _check_graders(asked: list[str], judge: "Judge") -> None:
    """Hold that no problem lost its grader: visible checks, which a student can satisfy by force, are no grade.

    Raises:
        CourseError: one did.
    """
    for name in asked:
        if name not in judge.problems:
            raise CourseError(f"problem {name} has no hidden grader, and its master says that it has one")


def _check_points(notebook: NotebookNode, judge: "Judge") -> None:
    """Hold that the gradebook's points are the graders'; otherwise no score would mean anything.

    Raises:
        CourseError: they differ, since graders changed after the assignment was generated.
    """
    for cell in notebook.cells:
        name = tested_problem(cell)
        if name in judge.points and float(cell.metadata["nbgrader"]["points"]) != judge.points[name]:
            raise CourseError(
                f"the hidden grader of {name} is worth {judge.points[name]:g} points, "
                f"the gradebook says {cell.metadata['nbgrader']['points']:g}: "
                "run 'autograder build' and 'nbgrader generate_assignment' again"
            )
