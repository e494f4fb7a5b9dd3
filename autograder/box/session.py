"""One notebook under judgment: its cells, and the box that they live in at the moment."""

import math
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any, TypeVar

from autograder.box.box import Box
from autograder.box.folders import WorkFolder
from autograder.box.limits import Limits
from autograder.box.outputs import CellRun
from autograder.box.protection import lacking
from autograder.box.question import Answer, Question
from autograder.box.template import Template
from autograder.course.errors import BoxError, StudentDied, StudentFault, StudentNotRun
from autograder.course.notebooks import code_sources, read_notebook

T = TypeVar("T")


class Session:
    """Runs the cells of one notebook, then answers calls on what they defined.

    When a box is lost, the next request gets a fresh one in which the innocent cells have run again.

    Args:
        template: what makes boxes.
        sources: the code cells, in order.
        files: a folder whose files lie beside the notebook; its notebooks are left out.
        limits: what a box may use.

    Attributes:
        left_out: names of files beside the notebook that found no room in the box.
    """

    def __init__(
        self,
        template: Template,
        sources: Sequence[str],
        files: Path | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._template = template
        self._sources = sources
        self._files = files
        self._guilty: set[int] = set()
        self._interrupted: set[int] = set()
        self._bereaved: set[int] = set()
        self._deadline = math.inf
        self._done = 0
        self.left_out: tuple[str, ...] = ()
        self._boxes_left = self.limits.rebuilds + 1
        self._box: Box | None = None
        self._folder: WorkFolder | None = None

    def run_cells(self) -> list[CellRun]:
        """Run every cell once and give what each published."""
        self._deadline = time.monotonic() + self.limits.session_seconds
        runs = []
        for index, source in enumerate(self._sources):
            try:
                runs.append(self._ask(lambda box: box.run_cell(source)))  # noqa: B023
            except StudentFault as fault:
                self._guilty.add(index)
                runs.append(CellRun(fault=fault))
            if runs[-1].fault is not None:
                self._interrupted.add(index)
            self._done = index + 1
        return runs

    def run_more(self, source: str) -> CellRun:
        """Run one more cell, which a fresh box would not run again.

        Raises:
            StudentFault: it did not end by itself.
            BoxError: no box can be made.
        """
        return self._ask(lambda box: box.run_cell(source))

    def ask(self, question: Question, known: Container[bytes] = ()) -> Answer:
        """Ask what was written down before; see ``Box.ask``."""
        return self._ask(lambda box: box.ask(question, known))

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the notebook; functions among the arguments travel as source."""
        return self.ask(Question.of_call(name, args, kwargs)).value()

    def value(self, name: str) -> Any:
        """Read a value of the notebook."""
        return self.ask(Question.of_value(name)).value()

    def run(self, probe: FunctionType, args: tuple[Any, ...]) -> Any:
        """Run a probe beside the notebook's functions."""
        return self.ask(Question.of_run(probe, args)).value()

    def close(self) -> None:
        """Kill the box and remove its work folder."""
        box, self._box = self._box, None
        folder, self._folder = self._folder, None
        try:
            # A template that is gone by now takes nothing back of what was asked.
            if box is not None:
                with suppress(BoxError):
                    box.close()
        finally:
            if folder is not None:
                folder.remove()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _ask(self, request: Callable[[Box], T]) -> T:
        """Ask the current box; when it is lost by what may be another's doing, ask once more.

        Raises:
            StudentFault: the code is at fault.
            BoxError: no box can be made, or what makes boxes was lost twice, and not by this code.
        """
        box = self._living_box()
        try:
            return request(box)
        except BoxError:
            box = self._living_box()
        except StudentDied as died:
            if not died.killed:
                raise
            box = self._living_box()
        try:
            return request(box)
        except BoxError:
            if self._out_of_reach():
                raise
            raise StudentDied("ended the process that boxes come from") from None

    def _out_of_reach(self) -> bool:
        """Whether this machine keeps the processes that are ours out of a notebook's reach."""
        return "processes" not in {protection.name for protection in lacking(self._template.layers)}

    def _living_box(self) -> Box:
        """The current box, or a fresh one in which the innocent cells have run again.

        Raises:
            StudentNotRun: too many boxes were lost, or the notebook has had its time.
            BoxError: no box can be made.
        """
        self._check_time()
        while self._box is None or not self._box.alive:
            self.close()
            if self._boxes_left == 0:
                raise StudentNotRun("was not run, since the notebook killed its process too often")
            self._boxes_left -= 1
            self._folder = WorkFolder()
            self._box = Box(self._template, self._folder.path, self.limits, self._files)
            self.left_out = self._box.left_out
            self._replay(self._box)
        return self._box

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise StudentNotRun(f"was not run, since the notebook took over {self.limits.session_seconds:g} s in all")

    def _replay(self, box: Box) -> None:
        for index in range(self._done):
            if index in self._guilty:
                continue
            self._check_time()
            try:
                box.run_cell(self._sources[index], again=index in self._interrupted)
            except StudentFault as fault:
                self._blame(index, isinstance(fault, StudentDied) and fault.killed)
                return
            except BoxError:
                if index in self._bereaved and self._out_of_reach():
                    raise
                self._blame(index, perhaps_not=True)
                return

    def _blame(self, index: int, perhaps_not: bool) -> None:
        """Leave a cell out from now on; where it may be chance or another's doing, not the first time."""
        (self._bereaved if perhaps_not and index not in self._bereaved else self._guilty).add(index)


@contextmanager
def run_notebook_file(template: Template, path: Path, limits: Limits | None = None) -> Iterator[Session]:
    """Run a notebook from a file, with the files beside it.

    Raises:
        UsageError: the file is no notebook.
    """
    sources = code_sources(read_notebook(path))
    with Session(template, sources, path.parent, limits) as session:
        session.run_cells()
        yield session
