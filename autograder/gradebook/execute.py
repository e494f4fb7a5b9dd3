"""The preprocessor that takes the place of nbgrader's ``Execute``."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute

from autograder.course.errors import CourseError, OurFault
from autograder.course.layout import Assignment, Course
from autograder.gradebook.machine import Machine, machine_of
from autograder.gradebook.progress import one_line
from autograder.gradebook.release import PYTHON, ReleasedNotebook, language_of, released_notebook
from autograder.gradebook.settings import Box, Graders

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
        box, graders = Box(config=self.config), Graders(config=self.config)
        student = resources["nbgrader"].get("student", "")
        machine = machine_of(
            self._converter,
            lambda: Machine(box.accept_weak_confinement, box.preload, remember=graders.remember),
        )
        for line in machine.grade(nb, assignment, Path(path) if path else None, box.limits(seconds), student):
            self.log.warning(line)
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
    """The language of the released notebook; what a submission claims does not let it out of the box."""
    context = resources["nbgrader"]
    with Gradebook(context["db_url"]) as gradebook:
        released = released_notebook(gradebook.find_notebook(context["notebook"], context["assignment"]))
    require_kernel(nb, released)
    return released.language


def require_kernel(nb: NotebookNode, released: ReleasedNotebook) -> None:
    """Hold that somebody else than the student says in which language a notebook is.

    Raises:
        CourseError: the released notebook names no kernel, and the submission asks for one of another language.
    """
    claimed = language_of(nb.metadata.get("kernelspec") or {})
    if not released.kernelspec and claimed not in PYTHON:
        raise CourseError(f"the released notebook names no kernel, and this one asks for {claimed!r}")
