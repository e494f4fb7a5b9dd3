"""Reads what a student handed in, whatever it is."""

from pathlib import Path
from typing import IO, Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from traitlets import Bool

from autograder.course.errors import UsageError
from autograder.course.notebooks import read_notebook
from autograder.gradebook.intake import damaged, take_in
from autograder.gradebook.progress import watch


class SubmissionExporter(NotebookExporter):
    """Stock nbgrader drops a whole submission when one of its notebooks cannot be read; this reads on.

    A damaged notebook is replaced by a page that says so. Its test cells come back when cells are restored, and nothing
    defines what they ask for, so it earns nothing while the student's other notebooks are graded.

    nbgrader makes it when it knows the submissions and before it touches one, so they are looked through here.
    """

    # A notebook is validated behind all preprocessors, not behind each.
    optimistic_validation = Bool(True).tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        if isinstance(self.parent, Autograde):
            take_in(self.parent)
            watch(self.parent)

    def from_file(self, file_stream: IO[str], resources: Any = None, **kw: Any) -> tuple[NotebookNode, dict[str, Any]]:
        """Read a notebook from an open file."""
        path = Path(file_stream.name)
        try:
            notebook = read_notebook(path)
        except UsageError as error:
            self.log.warning("Damaged notebook, graded as empty: %s", error)
            notebook = damaged(path.name, str(error).replace(str(path), path.name))
        return self.from_notebook_node(notebook, resources=resources, **kw)  # type: ignore[no-untyped-call]
