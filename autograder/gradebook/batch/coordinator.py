"""Grades a class: hands submissions out, takes results in, and writes."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from autograder.course.errors import CourseError, OurFault
from autograder.gradebook.batch.crew import Crew
from autograder.gradebook.batch.files import Staged
from autograder.gradebook.batch.ledger import Entry, Ledger
from autograder.gradebook.batch.parcels import Graded, Submission
from autograder.gradebook.batch.roster import Roster, Skipped, Taken

# A submission whose graders died so often is set aside.
TRIES = 3
# Results are stored when so many wait, or the first of them has waited so long.
BATCH, PATIENCE = 16, 0.5


@dataclass
class Summary:
    """What became of a class.

    Attributes:
        graded: how many submissions were.
        skipped: how many were left alone.
        ungraded: why each of the others was not, by student.
        suspicious: what a person should look at, by student.
        remarks: everything else that was said, by student.
    """

    graded: int = 0
    skipped: int = 0
    ungraded: dict[str, str] = field(default_factory=dict)
    suspicious: dict[str, list[str]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Task:
    taken: Taken
    submission: Submission
    tries: int = 0


class Coordinator:
    """The one that finds, hands out and writes.

    Args:
        roster: the submissions.
        ledger: the gradebook.
        crew: whoever grades.
        permissions: of the files in ``autograded``.
        create_students: whether the gradebook may get students that it does not know.
        tell: called with the summary whenever it has changed.
    """

    def __init__(
        self,
        roster: Roster,
        ledger: Ledger,
        crew: Crew,
        permissions: int,
        create_students: bool = True,
        tell: Callable[[Summary], None] = lambda summary: None,
    ) -> None:
        self.summary = Summary()
        self._roster, self._ledger, self._crew = roster, ledger, crew
        self._permissions = permissions
        self._create_students = create_students
        self._tell = tell
        self._busy: dict[Future[list[Graded]], _Task] = {}
        self._again: deque[_Task] = deque()
        self._done: list[tuple[Taken, Graded]] = []
        self._since = 0.0

    def run(self) -> Summary:
        """Grade all submissions. Whatever ends it early, what is graded by then is stored."""
        tasks = self._tasks()
        try:
            while True:
                while self._room() and (task := self._next(tasks)) is not None:
                    self._busy[self._crew.grade([task.submission])] = task
                if not self._busy:
                    break
                finished, _ = wait(self._busy, PATIENCE, FIRST_COMPLETED)
                self._take_in(finished)
                if len(self._done) >= BATCH or (self._done and time.monotonic() - self._since > PATIENCE):
                    self._store()
        finally:
            self._store()
            self._let_go()
        return self.summary

    def _room(self) -> bool:
        """Whether to hand out one more: twice as many as are graded at a time, so that nobody waits.

        Where graders have died, one at a time, so that it shows whose submission it was.
        """
        alone = self._again or any(task.tries for task in self._busy.values())
        return len(self._busy) < (1 if alone else 2 * self._crew.size)

    def _next(self, tasks: Iterator[_Task]) -> _Task | None:
        return self._again.popleft() if self._again else next(tasks, None)

    def _tasks(self) -> Iterator[_Task]:
        for taken in self._roster:
            if isinstance(taken, Skipped):
                self.summary.skipped += 1
                if taken.remark:
                    self.summary.remarks[taken.student] = [taken.remark]
                self._tell(self.summary)
            elif taken.fault is None and not self._create_students and not self._ledger.knows(taken.student):
                self._give_up(taken, f"no student {taken.student!r} is in the gradebook")
            elif taken.submission is None:
                self._finish(taken, Graded(taken.student, fault=taken.fault or "there is nothing to be graded"))
            else:
                yield _Task(taken, taken.submission)

    def _take_in(self, finished: "set[Future[list[Graded]]]") -> None:
        died = False
        for future in finished:
            task = self._busy.pop(future)
            try:
                self._finish(task.taken, future.result()[0])
            except self._crew.lost:
                died = True
                self._retry(task)
        if died:
            self._store()
            for task in self._busy.values():
                self._retry(task)
            self._busy.clear()
            self._crew.mend()

    def _retry(self, task: _Task) -> None:
        task.tries += 1
        if task.tries < TRIES:
            self._again.append(task)
        else:
            fault = f"the processes that graded it died {TRIES} times, so it is set aside"
            self._finish(task.taken, Graded(task.taken.student, fault=fault))

    def _finish(self, taken: Taken, graded: Graded) -> None:
        if not self._done:
            self._since = time.monotonic()
        self._done.append((taken, graded))

    def _store(self) -> None:
        """Write what is done: files beside their places, then the gradebook, then the files into their places."""
        done, self._done = self._done, []
        staged = []
        for taken, graded in done:
            try:
                staged.append((taken, graded, self._stage(taken, graded)))
            except OSError as error:
                self._give_up(taken, f"its files could not be written: {error}")
        try:
            self._ledger.record([Entry(graded, taken.timestamp, taken.missing) for taken, graded, _ in staged])
        except CourseError as fault:
            self._store_singly(staged, fault)
        else:
            for taken, graded, files in staged:
                self._put(taken, graded, files)
        self._tell(self.summary)

    def _store_singly(self, staged: list[tuple[Taken, Graded, Staged | None]], fault: OurFault) -> None:
        """Find the one that the gradebook refuses, so that it costs nobody else."""
        for taken, graded, files in staged:
            try:
                if len(staged) == 1:
                    raise fault
                self._ledger.record([Entry(graded, taken.timestamp, taken.missing)])
                self._put(taken, graded, files)
            except CourseError as error:
                if files is not None:
                    files.discard()
                self._give_up(taken, str(error))

    def _stage(self, taken: Taken, graded: Graded) -> Staged | None:
        if graded.fault is not None or taken.submission is None:
            return None
        notebooks = {f"{notebook.name}.ipynb": notebook.text for notebook in graded.notebooks}
        staged = Staged(taken.folder)
        staged.write({**taken.submission.files, **self._roster.beside, **notebooks}, self._permissions)
        return staged

    def _put(self, taken: Taken, graded: Graded, staged: Staged | None) -> None:
        student = taken.student
        for kept, told in (
            (self.summary.remarks, (*taken.remarks, *graded.remarks)),
            (self.summary.suspicious, (*taken.suspicions, *graded.suspicions)),
        ):
            if told:
                kept[student] = list(dict.fromkeys(told))
        if staged is None:
            self._give_up(taken, graded.fault or "nothing came of it")
            return
        try:
            if self._roster.whole:
                staged.replace()
            else:
                staged.merge()
        except OSError as error:
            self._give_up(taken, f"its files could not be put in place: {error}")
            return
        # One notebook of several leaves the others as unfinished as they were.
        taken.note.close(keep=taken.note.is_old and not self._roster.whole)
        self.summary.graded += 1

    def _give_up(self, taken: Taken, reason: str) -> None:
        # A folder of an earlier grading stays, and with it the note if there was one.
        taken.note.close(keep=taken.note.is_old)
        self.summary.ungraded[taken.student] = " ".join(reason.split())
        self._tell(self.summary)

    def _let_go(self) -> None:
        """Leave those that were in somebody's hands as they were, when the command ends early."""
        for task in (*self._busy.values(), *self._again):
            task.taken.note.close(keep=task.taken.note.is_old)
        self._busy.clear()
        self._again.clear()
