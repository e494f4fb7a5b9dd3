"""What a judge remembers of each hidden test: what it asks after which answers, and how it ends.

A hidden test is a function of the answers that it gets, for every hidden input has an explicit seed. So what it asks
is a tree: a node holds the next question, an edge leads on for each answer that came before, and a leaf holds how the
test ended. As long as a submission answers as others did, one question after the other, no test runs at all. At its
first answer that is new the test runs, is given the answers that came already, and from there on asks for itself.

Nothing is asked that the test would not ask, and a box is told nothing else: its answers are recognized here. What
broke down, because it hung, died or ran out of memory, is never remembered, and neither is a fault of ours.
"""

from collections.abc import Callable, Container, Hashable, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Protocol, TypeGuard

from autograder.box.question import Answer, Question
from autograder.course.errors import OurFault, Outcome, StudentFault
from autograder.grading.catalogue import Misconception
from autograder.grading.implementation import Implementation

Judgment = tuple[Outcome, str]
Found = Misconception | None
# What was asked and what came of it, in order.
Record = list[tuple[Question, Answer | StudentFault | OurFault]]

# Bytes that a memory may hold, all tests together; about 400 of them for a step of a test.
LIMIT = 128 << 20
_NODE_BYTES = 400


class Respondent(Protocol):
    """A submission whose answers can be recognized."""

    def ask(self, question: Question, known: Container[bytes] = ()) -> Answer:
        """Ask what was written down before; an answer whose key is known need not be read."""


def is_respondent(examinee: object) -> TypeGuard[Respondent]:
    """Whether a submission's answers can be recognized; others are functions of the secret room."""
    return hasattr(examinee, "ask")


@dataclass(eq=False)
class Node:
    """Where a test stands after certain answers: at its next question, or at its end."""

    question: Question | None = None
    judgment: Judgment | None = None
    following: dict[bytes, "Node"] = field(default_factory=dict)


class Witness(Implementation):
    """A submission that a test asks: it repeats what a record says, and adds to the record what it is asked then.

    Args:
        examinee: the submission.
        record: what it was asked already, in the course of the same test.
    """

    def __init__(self, examinee: Respondent, record: Record) -> None:
        self.record = record
        self._examinee = examinee
        self._repeated = 0

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function by name."""
        return self._ask(Question.of_call(name, args, kwargs))

    def value(self, name: str) -> Any:
        """Read a value by name."""
        return self._ask(Question.of_value(name))

    def run(self, probe: FunctionType, args: tuple[Any, ...]) -> Any:
        """Run a probe beside the notebook's own functions."""
        return self._ask(Question.of_run(probe, args))

    def _ask(self, question: Question) -> Any:
        if self._repeated < len(self.record) and self.record[self._repeated][0] != question:
            del self.record[self._repeated :]  # a test that is no function of the answers; its memory will not agree
        if self._repeated == len(self.record):
            self.record.append((question, _outcome(self._examinee, question, ())))
        outcome = self.record[self._repeated][1]
        self._repeated += 1
        if isinstance(outcome, Answer):
            return outcome.value()
        raise outcome


class Memory:
    """What the judge of one assignment remembers.

    Args:
        limit: how many bytes it may hold, about; when it is full it forgets everything, and learns again what is
            frequent.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._doubtful: set[Hashable] = set()
        self._forget()

    def recall(self, test: Hashable, examinee: Respondent) -> tuple[Record, Node | None]:
        """Ask as the test would, as long as it is known what that is.

        Args:
            test: identifies the test.
            examinee: the submission.

        Returns:
            What was asked, and the end of the test, or None where it has to run.
        """
        record: Record = []
        node = self._roots.get(test)
        while node is not None and node.question is not None:
            outcome = _outcome(examinee, node.question, node.following)
            record.append((node.question, outcome))
            node = node.following.get(outcome.key or b"") if isinstance(outcome, Answer) else None
        return record, node if node is not None and node.judgment is not None else None

    def learn(self, test: Hashable, record: Record, judgment: Judgment) -> Node | None:
        """Remember how a test went.

        Returns:
            Its end, or None where it is not remembered.
        """
        if test in self._doubtful or not all(isinstance(outcome, Answer) for _, outcome in record):
            return None
        if self._size > self.limit:
            self._forget()
        node = self._roots.setdefault(test, Node())
        for question, answer in record:
            assert isinstance(answer, Answer)
            if node.judgment is not None or node.question not in (None, question):
                self._doubt(test)
                return None
            node.question = self._kept(question)
            if answer.key is None or (answer.key not in node.following and not answer.is_proven()):
                return None
            if answer.key not in node.following:
                self._size += _NODE_BYTES
                node.following[answer.key] = Node()
            node = node.following[answer.key]
        if node.question is not None or node.judgment not in (None, judgment):
            self._doubt(test)
            return None
        node.judgment = judgment
        return node

    def diagnosis(self, key: Hashable, ends: Sequence[Node | None], find: Callable[[], Found]) -> Found:
        """Give what was found out for the same ends of a problem's tests, or find it out."""
        if None in ends:
            return find()
        whole = (key, *ends)
        if whole not in self._diagnoses:
            self._diagnoses[whole] = find()
            self._size += _NODE_BYTES
        return self._diagnoses[whole]

    def _kept(self, question: Question) -> Question:
        """The same question as it is kept already: most branches of a tree ask the same."""
        if question not in self._questions:
            self._questions[question] = question
            self._size += len(question)
        return self._questions[question]

    def _doubt(self, test: Hashable) -> None:
        """Never remember a test again that asked or judged otherwise after the same answers."""
        self._doubtful.add(test)
        self._roots.pop(test, None)

    def _forget(self) -> None:
        self._roots: dict[Hashable, Node] = {}
        self._questions: dict[Question, Question] = {}
        self._diagnoses: dict[Hashable, Found] = {}
        self._size = 0


def _outcome(examinee: Respondent, question: Question, known: Container[bytes]) -> Answer | StudentFault | OurFault:
    """Ask, and give what came of it, errors too."""
    try:
        return examinee.ask(question, known)
    except (StudentFault, OurFault) as error:
        return error
