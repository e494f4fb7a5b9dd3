"""The preprocessor that takes the place of nbgrader's ``Execute``."""

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute

from autograder.course.errors import CourseError, OurFault
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import METADATA_KEY, tested_problem
from autograder.gradebook.machine import machine_of
from autograder.gradebook.progress import one_line
from autograder.gradebook.settings import Box, Graders
from autograder.report.feedback import outputs_of_result

Resources = dict[str, Any]
PYTHON = ("python", "ipython")


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
            # The old scores stay. Where there are none, nbgrader's new grades already ask for a person.
            self.log.addFilter(one_line)
            raise
        return result

    def preprocess(self, nb: NotebookNode, resources: Resources, km: object = None) -> tuple[NotebookNode, Resources]:
        """Write every cell's outputs, and into each test cell of ours exactly one number that nbgrader can read."""
        assignment = self._assignment(resources)
        language = _released_language(nb, resources)
        if language not in PYTHON:
            if assignment.has_graders:
                raise CourseError(f"hidden graders need a notebook in Python, and the released one is in {language}")
            self.log.warning("The released notebook is in %s, so this one runs in its kernel, without a box", language)
            stock: tuple[NotebookNode, Resources] = super().preprocess(nb, resources, km)
            return stock
        path = resources.get("metadata", {}).get("path") or None
        seconds = float(self.timeout) if self.timeout and self.timeout > 0 else None
        box = Box(config=self.config)
        student = resources["nbgrader"].get("student", "")
        machine = machine_of(self._converter, box.accept_weak_confinement)
        results = machine.run(nb, assignment, Path(path) if path else None, box.limits(seconds), student)
        if machine.left_out:
            names = ", ".join(map(repr, machine.left_out[:5]))
            self.log.warning(
                "%d files beside a notebook of %s found no room in its box: %s", len(machine.left_out), student, names
            )
        if machine.unprotected:
            self.log.warning("Graded without confinement of %s", ", ".join(machine.unprotected))
        for cell in nb.cells:
            result = results.get(tested_problem(cell) or "")
            if result is not None:
                cell.metadata[METADATA_KEY] = {**result.as_metadata(), "unprotected": list(machine.unprotected)}
                cell.outputs = outputs_of_result(result, cell.outputs, cell.execution_count, machine.unprotected)
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


def _released_language(nb: NotebookNode, resources: Resources) -> str:
    """The language of the released notebook; what a submission claims does not let it out of the box.

    Raises:
        CourseError: the released notebook names no kernel, and the submission asks for one of another language.
    """
    context = resources["nbgrader"]
    with Gradebook(context["db_url"]) as gradebook:
        released = json.loads(gradebook.find_notebook(context["notebook"], context["assignment"]).kernelspec or "{}")
    claimed = nb.metadata.get("kernelspec") or {}
    if not released and _language(claimed) not in PYTHON:
        raise CourseError(f"the released notebook names no kernel, and this one asks for {_language(claimed)!r}")
    return _language(released)


def _language(kernelspec: dict[str, Any]) -> str:
    return str(kernelspec.get("language", "python")).lower()
