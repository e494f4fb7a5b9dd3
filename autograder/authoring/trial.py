"""Tries answers to one problem: each as a student's cell of the notebook, in a box, judged by the hidden grader."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.authoring.submissions import essential, fill, signed
from autograder.box.limits import Limits
from autograder.box.question import Question
from autograder.box.session import Session
from autograder.box.template import Template
from autograder.box.wire import FunctionSource
from autograder.course.errors import GraderError, StudentFault
from autograder.course.notebooks import TEST_PREFIX, code_sources, grade_id
from autograder.grading.catalogue import Problem
from autograder.grading.cells import signature_and_body
from autograder.grading.diagnosis import agree
from autograder.grading.implementation import LocalImplementation
from autograder.grading.judge import Judge
from autograder.grading.results import ProblemResult

# Random calls on which an answer is compared with the reference; those by way of a probe build models, and take longer.
CALLS = 1000
PROBED_CALLS = 200
_CALLS_AT_ONCE = 50
_SEED = 20131220
_SHOWN = 200
# A mutant may hang or kill its box; that costs no other one.
LIMITS = Limits(call_seconds=10.0, session_seconds=7200.0, rebuilds=1000)


class Trial:
    """One problem and its notebook.

    Args:
        judge: the hidden graders.
        template: where boxes come from.
        notebook: the source notebook, with the references in its cells.
        problem: the problem.
        files: the folder whose files lie beside the notebook.
        student: whose numbers hold.
    """

    def __init__(
        self, judge: Judge, template: Template, notebook: NotebookNode, problem: Problem, files: Path, student: str = ""
    ) -> None:
        self.judge = judge
        self.template = template
        self.notebook = signed(notebook, student)
        self.problem = problem
        self.files = files
        self.student = student

    def grade(self, answer: str) -> tuple[ProblemResult, bool]:
        """Grade an answer in a box of its own, and say whether the visible checks let it pass as well."""
        name = self.problem.name
        checks = next(cell.source for cell in self.notebook.cells if grade_id(cell) == TEST_PREFIX + name)
        filled = essential(fill(self.notebook, {name: answer}))
        with Session(self.template, code_sources(filled), self.files, LIMITS) as session:
            session.run_cells()
            result = self.judge.grade(session, [name], self.student)[name]
            try:
                passes = not session.run_more(checks).failed
            except StudentFault:
                passes = False
        return result, passes

    @contextmanager
    def workshop(self) -> Iterator["Workshop"]:
        """A box in which one answer after the other is tried: quick, for answers that we made ourselves."""
        with Session(self.template, code_sources(essential(self.notebook)), self.files, LIMITS) as session:
            session.run_cells()
            yield Workshop(self, session)


class Workshop:
    """A box that holds the notebook and takes one answer after the other."""

    def __init__(self, trial: Trial, session: Session) -> None:
        self._trial = trial
        self._session = session
        self._batches: list[_Batch] = []

    def first_failure(self, answer: str) -> str | None:
        """The aspect that an answer fails first, or None where it gets full marks."""
        try:
            if self._session.run_more(answer).failed:
                return "its cell"
        except StudentFault:
            return "its cell"
        return self._trial.judge.first_failure(self._session, self._trial.problem.name, self._trial.student)

    def earns_all(self, answer: str) -> str | None:
        """As ``first_failure``, but with every test run and the reason given."""
        self._session.run_more(answer)
        result = self._trial.judge.grade(self._session, [self._trial.problem.name], self._trial.student)
        lost = [a for a in result[self._trial.problem.name].aspects if a.earned < a.points]
        return "; ".join(f"{aspect.name}: {aspect.detail}" for aspect in lost) or None

    def telling_call(self, answer: str, share: float = 1.0) -> str | None:
        """A call that tells an answer from the reference, as text, or None where they agree on all random calls.

        Args:
            answer: the cell.
            share: of the random calls, how many are made.
        """
        try:
            if self._session.run_more(answer).failed:
                return "its cell raises"
            for number in range(max(1, int(share * self._number_of_batches))):
                telling = self._batch(number).telling(self._session)
                if telling is not None:
                    return _shown(self._trial.problem.name, *telling)
        except StudentFault as fault:
            return f"a random call {fault}"
        return None

    @property
    def _ask(self) -> str | FunctionSource:
        """What is asked: a function by its name, or a probe, which travels as text without its decorator."""
        probe = self._trial.problem.probe
        if probe is None:
            return self._trial.problem.name
        assert isinstance(probe, FunctionType)
        return FunctionSource(probe.__name__, "\n".join(signature_and_body(probe)))

    @property
    def _number_of_batches(self) -> int:
        return (PROBED_CALLS if self._trial.problem.probe else CALLS) // _CALLS_AT_ONCE

    def _batch(self, number: int) -> "_Batch":
        """Random calls and what the reference replies: made once for all answers of a problem."""
        problem, judge = self._trial.problem, self._trial.judge
        assert problem.inputs is not None
        while len(self._batches) <= number:
            rng = np.random.default_rng([_SEED, len(self._batches)])
            calls = [problem.inputs(rng) for _ in range(_CALLS_AT_ONCE)]
            references = {name: other.reference for name, other in judge.problems.items()}
            local = LocalImplementation(references, judge.variant.of(self._trial.student), trusted=True)
            right = self._right(local.run(OUTCOMES, (self._ask, calls)), calls)
            self._batches.append(_Batch(Question.of_run(OUTCOMES, (self._ask, calls)), calls, right))
        return self._batches[number]

    def _right(self, outcomes: Any, calls: Sequence[Any]) -> Any:
        """The reference's outcomes, which tell nothing where it refuses whatever is drawn."""
        if not all(isinstance(call, tuple) for call in calls):
            raise GraderError(f"{self._trial.problem.path.name}: inputs gives no tuple, but {calls[0]!r}")
        if all(outcome[0] == "raised" for outcome in outcomes):
            name = self._trial.problem.path.name
            raise GraderError(f"{name}: the reference raises {outcomes[0][1]} for whatever inputs draws")
        return outcomes


class _Batch:
    """Calls that every answer to a problem is asked alike.

    Args:
        question: asks for all their outcomes.
        calls: the arguments of each.
        right: the reference's outcomes.
    """

    def __init__(self, question: Question, calls: Sequence[Any], right: Sequence[Any]) -> None:
        self._question = question
        self._calls = calls
        self._right = right
        # What agreed once need not be read again: most answers reply with the same bytes.
        self._agreeing: set[bytes] = set()

    def telling(self, session: Session) -> tuple[Any, Any, Any] | None:
        """A call that tells an answer from the reference, with the outcomes of both, or None.

        Raises:
            StudentFault: the answer did not reply to all of them.
        """
        answer = session.ask(self._question, self._agreeing)
        if answer.key in self._agreeing:
            return None
        for call, reply, right in zip(self._calls, answer.value(), self._right, strict=True):
            if not agree(reply, right):
                return call, reply, right
        if answer.key is not None and answer.is_proven():
            self._agreeing.add(answer.key)
        return None


def _outcomes(notebook, ask, calls):  # type: ignore[no-untyped-def]
    """Probe: what each call returns or raises, and the arguments as they are afterwards."""
    import warnings

    outcomes: list[tuple[object, ...]] = []
    for arguments in calls:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reply = ask(notebook, *arguments) if callable(ask) else getattr(notebook, ask)(*arguments)
        except Exception as error:
            outcomes.append(("raised", type(error).__name__))
            continue
        outcomes.append(("returned", reply, [argument for argument in arguments if not callable(argument)]))
    return outcomes


assert isinstance(_outcomes, FunctionType)
OUTCOMES = _outcomes


def _shown(name: str, call: Sequence[Any], reply: Any, right: Any) -> str:
    """A call and its two outcomes, short enough for a line."""

    def short(value: Any) -> str:
        text = " ".join(repr(value).split())
        return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"

    arguments = ", ".join(getattr(argument, "__name__", None) or short(argument) for argument in call)
    return f"{name}({arguments}) {short(reply[:2])} instead of {short(right[:2])}"
