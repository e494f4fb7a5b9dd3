"""Grades a class: hands submissions out, takes results in, and writes."""

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field

from autograder.course.errors import CourseError, OurFault
from autograder.gradebook.batch.crew import Crew
from autograder.gradebook.batch.files import Staged
from autograder.gradebook.batch.ledger import Entry, Ledger, is_of_the_gradebook
from autograder.gradebook.batch.parcels import Graded, Submission
from autograder.gradebook.batch.roster import Roster, Skipped, Taken

# Results are stored when so many wait, or when the last were stored so long ago.
BATCH, PATIENCE = 16, 0.5
# What is handed out together has hardly more bytes than this.
BATCH_BYTES = 4 * 2**20


@dataclass
class Summary:
    """What became of a class.

    Attributes:
        graded: how many submissions were.
        skipped: how many were left alone.
        ungraded: why each of the others was not, by student.
        interrupted: whether somebody asked the command to end before it was done.
        waiting: whose turn did not come then.
        suspicious: what a person should look at, by student.
        remarks: everything else that was said, by student.
    """

    graded: int = 0
    skipped: int = 0
    ungraded: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False
    waiting: list[str] = field(default_factory=list)
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
        asked_to_end: whether to end before everybody is graded.
    """

    def __init__(
        self,
        roster: Roster,
        ledger: Ledger,
        crew: Crew,
        permissions: int,
        create_students: bool = True,
        tell: Callable[[Summary], None] = lambda summary: None,
        asked_to_end: Callable[[], bool] = lambda: False,
    ) -> None:
        self.summary = Summary()
        self._roster, self._ledger, self._crew = roster, ledger, crew
        self._permissions = permissions
        self._create_students = create_students
        self._tell = tell
        self._asked_to_end = asked_to_end
        self._busy: dict[Future[list[Graded]], list[_Task]] = {}
        self._again: deque[_Task] = deque()
        self._done: list[tuple[Taken, Graded]] = []
        self._settled: set[str] = set()
        self._since = -PATIENCE
        self._waiting = len(roster)

    def run(self) -> Summary:
        """Grade all submissions. Whatever ends it early, what is graded by then is stored."""
        tasks = self._tasks()
        try:
            while not self._asked_to_end():
                self._hand_out(tasks)
                if not self._busy and not self._again:
                    break
                finished, _ = wait(self._busy, PATIENCE, FIRST_COMPLETED)
                self._take_in(finished)
                if len(self._done) >= BATCH or (self._done and time.monotonic() > self._since + PATIENCE):
                    self._store()
        finally:
            try:
                self._store()
            finally:
                self._let_go()
        if self._asked_to_end():
            self.summary.interrupted = True
            due = (student for student, is_due in self._roster.students() if is_due)
            self.summary.waiting = [student for student in due if student not in self._settled]
        return self.summary

    def _hand_out(self, tasks: Iterator[_Task]) -> None:
        while self._room() and not self._asked_to_end() and (batch := self._batch(tasks)):
            try:
                self._busy[self._crew.grade([task.submission for task in batch])] = batch
            except self._crew.lost:
                # They died while they waited for it, so it is nobody's fault that is known.
                self._again.extend(batch)
                self._mend()
                return

    def _room(self) -> bool:
        """Whether to hand out one more: twice as many as are graded at a time, so that nobody waits.

        Where graders have died, one at a time, so that it shows whose submission it was.
        """
        alone = self._again or any(task.tries for batch in self._busy.values() for task in batch)
        return len(self._busy) < (1 if alone else 2 * self._crew.size)

    def _batch(self, tasks: Iterator[_Task]) -> list[_Task]:
        """The next ones to be handed out together: as many as the crew wants, unless there is much in them."""
        if self._again:
            return [self._again.popleft()]
        most, size = self._crew.share(self._waiting), 0
        batch: list[_Task] = []
        while len(batch) < most and size < BATCH_BYTES and (task := next(tasks, None)) is not None:
            size += task.submission.size
            batch.append(task)
        return batch

    def _tasks(self) -> Iterator[_Task]:
        for taken in self._roster:
            self._waiting -= 1
            if isinstance(taken, Skipped):
                self._settled.add(taken.student)
                self.summary.skipped += 1
                if taken.remark:
                    self.summary.remarks[taken.student] = [taken.remark]
                self._tell(self.summary)
            elif (stranger := self._turned_away(taken.student)) is not None:
                self._give_up(taken, stranger)
            elif taken.submission is None:
                self._finish(taken, Graded(taken.student, fault=taken.fault or "there is nothing to be graded"))
            else:
                yield _Task(taken, taken.submission)

    def _turned_away(self, student: str) -> str | None:
        """Why the gradebook gets nothing of a student, or None."""
        try:
            welcome = self._create_students or self._ledger.knows(student)
        except CourseError as fault:
            return str(fault)
        return None if welcome else f"no student {student!r} is in the gradebook"

    def _take_in(self, finished: "set[Future[list[Graded]]]") -> None:
        alive = [self._settle(future) for future in finished]
        if not all(alive):
            self._mend()

    def _settle(self, future: "Future[list[Graded]]") -> bool:
        """Take in what came of a batch; tell whether those who graded it are alive."""
        batch = self._busy[future]
        try:
            results = future.result()
        except self._crew.lost:
            del self._busy[future]
            self._retry(batch)
            return False
        except OurFault:
            # Nobody could be graded there, so this ends it.
            raise
        except Exception as error:
            # What cannot be sent to them, or not back.
            fault = f"{type(error).__name__}: {error}"
            results = [Graded(task.taken.student, fault=fault) for task in batch]
        del self._busy[future]
        for task, graded in zip(batch, results, strict=True):
            self._finish(task.taken, graded)
        return True

    def _mend(self) -> None:
        """Put others in the place of graders who died; what these had in their hands is handed out again."""
        self._store()
        self._crew.mend()
        # What died with them; elsewhere others go on.
        for future in [future for future in self._busy if future.done()]:
            self._settle(future)

    def _retry(self, batch: list[_Task]) -> None:
        for task in batch:
            task.tries += 1
            if task.tries < self._crew.tries:
                self._again.append(task)
            else:
                fault = "the processes that graded it died each time, so it is set aside"
                self._finish(task.taken, Graded(task.taken.student, fault=fault))

    def _finish(self, taken: Taken, graded: Graded) -> None:
        self._done.append((taken, graded))

    def _store(self) -> None:
        """Write what is done: files beside their places, then the gradebook, then the files into their places."""
        done, self._done = self._done, []
        self._since = time.monotonic()
        staged = []
        for taken, graded in done:
            try:
                staged.append((taken, graded, self._stage(taken, graded)))
            except (OSError, CourseError) as error:
                self._give_up(taken, f"its files could not be written: {error}")
        try:
            self._ledger.record([Entry(graded, taken.timestamp, taken.missing) for taken, graded, _ in staged])
        except CourseError as fault:
            if is_of_the_gradebook(fault):
                for taken, _, files in staged:
                    self._take_back(taken, files, fault)
            else:
                self._store_singly(staged)
        else:
            for taken, graded, files in staged:
                self._put(taken, graded, files)
        self._tell(self.summary)

    def _store_singly(self, staged: list[tuple[Taken, Graded, Staged | None]]) -> None:
        """Find the one that the gradebook refuses, so that it costs nobody else."""
        for taken, graded, files in staged:
            try:
                self._ledger.record([Entry(graded, taken.timestamp, taken.missing)])
            except CourseError as fault:
                self._take_back(taken, files, fault)
            else:
                self._put(taken, graded, files)

    def _take_back(self, taken: Taken, files: Staged | None, fault: OurFault) -> None:
        if files is not None:
            with suppress(CourseError):
                files.discard()
        self._give_up(taken, str(fault))

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
        except (OSError, CourseError) as error:
            # The gradebook has its scores. The note says to the next command that this is not all.
            self._give_up(taken, f"its files could not be put in place: {error}", unfinished=True)
            return
        # One notebook of several leaves the others as unfinished as they were.
        taken.note.close(keep=taken.note.is_old and not self._roster.whole)
        self._settled.add(student)
        self.summary.graded += 1

    def _give_up(self, taken: Taken, reason: str, unfinished: bool = False) -> None:
        # A folder of an earlier grading stays, and with it the note if there was one.
        taken.note.close(keep=taken.note.is_old or unfinished)
        self._settled.add(taken.student)
        self.summary.ungraded[taken.student] = " ".join(reason.split())
        self._tell(self.summary)

    def _let_go(self) -> None:
        """Leave those that were in somebody's hands as they were, when the command ends early."""
        for task in (*itertools.chain(*self._busy.values()), *self._again):
            task.taken.note.close(keep=task.taken.note.is_old)
        self._busy.clear()
        self._again.clear()
