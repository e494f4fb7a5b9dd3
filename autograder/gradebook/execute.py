"""The preprocessor that takes the place of nbgrader's ``Execute``."""

import logging
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute

from autograder.course.errors import CourseError, OurFault
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import METADATA_KEY, tested_problem
from autograder.gradebook.machine import machine_of
from autograder.gradebook.settings import Box, Graders
from autograder.report.feedback import outputs_of_result

Resources = dict[str, Any]


class BoxedExecute(Execute):  # type: ignore[misc]
    """Runs a submission in a box and lets the hidden graders judge it.

    It is an ``Execute``, so ``c.Execute.timeout`` and ``--no-execute`` mean what they always meant.
    """

    def __call__(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Run and grade; refuse to leave a hidden grader's cell to whatever outputs a student saved."""
        try:
            if not self.enabled and self._assignment(resources).has_graders:
                raise CourseError("hidden graders cannot judge a notebook that is not run: leave out --no-execute")
            result: tuple[NotebookNode, Resources] = super().__call__(nb, resources)
        except OurFault:
            self._leave_ungraded(resources)
            raise
        return result

    def preprocess(self, nb: NotebookNode, resources: Resources, km: object = None) -> tuple[NotebookNode, Resources]:
        """Write every cell's outputs, and into each test cell of ours exactly one number that nbgrader can read."""
        assignment = self._assignment(resources)
        language = str(nb.metadata.get("kernelspec", {}).get("language", "python")).lower()
        if language not in ("python", "ipython"):
            if assignment.has_graders:
                raise CourseError(
                    f"hidden graders need a Python notebook, and the kernel of this one speaks {language}"
                )
            self.log.warning("A box runs Python; this notebook speaks %s and runs in its kernel, unconfined", language)
            stock: tuple[NotebookNode, Resources] = super().preprocess(nb, resources, km)
            return stock
        path = resources.get("metadata", {}).get("path") or None
        seconds = float(self.timeout) if self.timeout and self.timeout > 0 else None
        limits = Box(config=self.config).limits(seconds)
        results = machine_of(self._converter).run(nb, assignment, Path(path) if path else None, limits)
        for cell in nb.cells:
            result = results.get(tested_problem(cell) or "")
            if result is not None:
                cell.metadata[METADATA_KEY] = result.as_metadata()
                cell.outputs = outputs_of_result(result, cell.outputs, cell.execution_count)
        return nb, resources

    @property
    def _converter(self) -> Any:
        """The ``Autograde`` that this preprocessor works for, or itself when it stands alone."""
        exporter = self.parent
        return getattr(exporter, "parent", None) or exporter or self

    def _assignment(self, resources: Resources) -> Assignment:
        directory = getattr(self._converter, "coursedir", None)
        root = Path(directory.root) if directory is not None else Path.cwd()
        source = directory.source_directory if directory is not None else "source"
        solutions = Graders(config=self.config).solutions_directory
        course = Course(root, source_directory=source, solutions_directory=solutions)
        return Assignment(course, resources["nbgrader"]["assignment"])

    def _leave_ungraded(self, resources: Resources) -> None:
        """Keep the old scores; where there is none yet, ask a TA to look, since nbgrader would show a zero."""
        self.log.addFilter(_one_line)
        context = resources["nbgrader"]
        with Gradebook(context["db_url"]) as gradebook:
            submission = gradebook.find_submission(context["assignment"], context["student"])
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                if grade.auto_score is None:
                    grade.needs_manual_grade = True
            gradebook.db.commit()


def _one_line(record: logging.LogRecord) -> bool:
    """Reduce the traceback that nbgrader logs for a fault of ours to the sentence that says what to do."""
    fault = sys.exc_info()[1]
    if isinstance(fault, OurFault) and record.getMessage().startswith("Traceback"):
        record.msg = "Ungraded, old scores kept: %s"
        record.args = (" ".join(str(fault).split()),)
    return True
