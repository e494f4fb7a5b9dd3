"""Every error of Pathwise, in two families that are never mixed.

::

    PathwiseError
    ├── UsageError              bad input from the person at the keyboard       exit code 2
    ├── OurFault                the machine, the course or a grader is broken    exit code 1
    │   ├── CourseError             a file of the course is missing or inconsistent
    │   ├── GraderError             a hidden grader raised
    │   ├── ConfinementError        the machine offers too little to confine a submission
    │   └── BoxError                the template died, a disk was full, no process could be made
    └── StudentFault            the submission is at fault: it costs points
        ├── StudentRaised           the code raised an exception
        ├── StudentUndefined        the name that was asked for does not exist
        ├── StudentTimeout          the code did not finish in time
        ├── StudentOutOfMemory      the code asked for more memory than it may have
        ├── StudentOverLimit        the code took more processor time, processes or disk than it may
        ├── StudentDied             the process ended: an exit, a signal, a crash
        ├── StudentReplyTooLarge    the result has more bytes than may be sent
        ├── StudentForged           the reply could not be read: something else wrote on the channel
        └── StudentNotRun           not tried any more: earlier calls of this problem hung or died too often

An ``OurFault`` never costs points: the submission stays *ungraded* and keeps the score it had. A ``StudentFault``
never stops a grading run: it becomes the outcome of one hidden test.
"""

import builtins
from enum import StrEnum


class Outcome(StrEnum):
    """How one hidden test ended. Every code but ``PASSED`` earns nothing."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    UNDEFINED = "undefined"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    OVER_LIMIT = "over a limit"
    DIED = "died"
    TOO_LARGE = "too large"
    FORGED = "forged"
    NOT_RUN = "not run"


class PathwiseError(Exception):
    """Root of the tree; its text is one sentence that says what, where and what to do."""

    exit_code = 1


class UsageError(PathwiseError):
    """Bad input from the person at the keyboard."""

    exit_code = 2


class OurFault(PathwiseError):
    """Something that the student has no part in; the submission stays ungraded."""


class CourseError(OurFault):
    """A file of the course is missing, unreadable or inconsistent with another."""


class GraderError(OurFault):
    """A hidden grader raised something other than a failed check."""


class BoxError(OurFault):
    """No box could be made or kept for a reason that lies on our side."""


class ConfinementError(OurFault):
    """The machine offers too little to confine code that attacks it, and nobody has accepted that."""


class StudentFault(PathwiseError):
    """The submission is at fault. ``outcome`` is the code that the result carries."""

    outcome = Outcome.WRONG


class StudentRaised(StudentFault):
    """The student's code raised.

    Attributes:
        lineage: names of the exception's class and its bases, most special first.
        message: the exception's text, which the student wrote; it may quote hidden inputs.
    """

    outcome = Outcome.RAISED

    def __init__(self, lineage: tuple[str, ...], message: str = "") -> None:
        super().__init__(f"raised {lineage[0]}")
        self.lineage = lineage
        self.message = message

    @property
    def public_name(self) -> str:
        """The most special class that Python itself defines; other names are the student's words, as the text is."""
        return next((name for name in self.lineage if hasattr(builtins, name)), "an exception")


class StudentUndefined(StudentFault):
    """The submission does not define the name."""

    outcome = Outcome.UNDEFINED

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.name = name


class StudentTimeout(StudentFault):
    """The code did not finish within its wall-clock limit."""

    outcome = Outcome.TIMED_OUT

    def __init__(self, seconds: float) -> None:
        super().__init__(f"did not finish within {seconds:g} s")
        self.seconds = seconds


class StudentOutOfMemory(StudentFault):
    """The code asked for more memory than a box may have."""

    outcome = Outcome.OUT_OF_MEMORY


class StudentOverLimit(StudentFault):
    """The code took more processor time, processes or disk than a box may; the text says which."""

    outcome = Outcome.OVER_LIMIT


class StudentDied(StudentFault):
    """The student's process ended while it was asked something.

    Attributes:
        killed: whether it was killed, by itself or by somebody else: nobody can tell.
    """

    outcome = Outcome.DIED

    def __init__(self, text: str, killed: bool = False) -> None:
        super().__init__(text)
        self.killed = killed


class StudentReplyTooLarge(StudentFault):
    """The result is larger than a reply may be."""

    outcome = Outcome.TOO_LARGE


class StudentForged(StudentFault):
    """The reply was not one that our worker writes."""

    outcome = Outcome.FORGED


class StudentNotRun(StudentFault):
    """Not tried any more, since earlier calls hung or died too often."""

    outcome = Outcome.NOT_RUN
