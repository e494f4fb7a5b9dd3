"""The course's hidden graders: right answers pass, known mistakes are named, and no reply upsets them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from editions import ALL, EDITIONS

from autograder.authoring.verify import verify
from autograder.box.wire import FunctionSource, Opaque
from autograder.course.errors import Outcome, StudentRaised
from autograder.course.layout import Assignment
from autograder.grading.catalogue import load_problems
from autograder.grading.implementation import LocalImplementation
from autograder.grading.judge import Judge

PROBLEMS = {edition.name: load_problems(edition.solutions, edition.variant) for edition in EDITIONS}
CASES = [(edition, name) for edition in EDITIONS for name in sorted(PROBLEMS[edition.name])]
each_problem = pytest.mark.parametrize(
    ("edition", "name"), CASES, ids=[f"{edition.variant_name}-{name}" for edition, name in CASES]
)
GARBAGE = [
    None,
    True,
    "A B C",
    b"",
    float("nan"),
    float("-inf"),
    10**300,
    [],
    (),
    {},
    {"z": "text"},
    {"z": None, "dL_dmu": [1, 2]},
    (None, None),
    (1.0,),
    (1.0, 2.0, 3.0),
    [[1.0], [2.0, 3.0]],
    [("a", 1)],
    np.zeros((7, 0)),
    np.full(3, np.nan),
    np.array(["text"]),
    np.array([1j]),
    Opaque("Widget"),
    FunctionSource("f", "def f():\n    pass"),
]


class Answering:
    """A student all of whose functions, values and probes give the same thing."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.give()

    def value(self, name: str) -> Any:
        return self.give()

    def run(self, probe: FunctionType, args: tuple[Any, ...]) -> Any:
        return self.give()

    def give(self) -> Any:
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.fixture(scope="module")
def judge_of() -> Iterator[Callable[[Assignment], Judge]]:
    """``judge_of(edition)``: its judge, held open for all tests."""
    with ExitStack() as stack:
        judges: dict[str, Judge] = {}

        def get(edition: Assignment) -> Judge:
            if edition.name not in judges:
                judges[edition.name] = stack.enter_context(Judge(edition.solutions, edition.variant))
            return judges[edition.name]

        yield get


JudgeOf = Callable[[Assignment], Judge]


@each_problem
def test_every_function_has_alternatives_and_misconceptions(edition: Assignment, name: str) -> None:
    problem = PROBLEMS[edition.name][name]
    assert len(problem.alternatives) >= (0 if problem.question else 1)
    assert len(problem.misconceptions) >= (3 if problem.question else 4)
    assert all(misconception.text and misconception.hint for misconception in problem.misconceptions)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_graders_are_proven_in_boxes(edition: Assignment) -> None:
    """Stubs get nothing, right answers everything, each misconception is named, and no mutant survives."""
    verification = verify(edition, jobs=1)
    assert {proof.problem for proof in verification.proofs} == set(PROBLEMS[edition.name])
    assert list(verification.all_faults) == []


@each_problem
def test_garbage_earns_nothing_and_is_never_our_fault(judge_of: JudgeOf, edition: Assignment, name: str) -> None:
    for reply in GARBAGE:
        result = judge_of(edition).grade(Answering(reply), [name])[name]
        assert result.earned == 0, reply
        assert {aspect.outcome for aspect in result.aspects} == {Outcome.WRONG}, reply


@each_problem
@pytest.mark.parametrize("error", ["NotImplementedError", "ValueError"])
def test_raising_throughout_earns_nothing(judge_of: JudgeOf, edition: Assignment, name: str, error: str) -> None:
    result = judge_of(edition).grade(Answering(StudentRaised((error, "Exception"))), [name])[name]
    assert result.earned == 0


@each_problem
def test_grading_twice_gives_the_same(judge_of: JudgeOf, edition: Assignment, name: str) -> None:
    """No hidden input depends on what was drawn before."""
    problems = PROBLEMS[edition.name]
    functions = {other: problem.reference for other, problem in problems.items()}
    variant = edition.variant.of("")
    for misconception in problems[name].misconceptions[:3]:
        mistaken = LocalImplementation({**functions, name: misconception.function}, variant)
        np.random.seed(1)
        first = judge_of(edition).grade(mistaken, [name])[name]
        np.random.seed(2)
        assert judge_of(edition).grade(mistaken, [name])[name] == first


@each_problem
def test_what_students_read_is_one_sentence(judge_of: JudgeOf, edition: Assignment, name: str) -> None:
    functions = {other: problem.reference for other, problem in PROBLEMS[edition.name].items()}
    result = judge_of(edition).grade(LocalImplementation(functions, edition.variant.of("")), [name])[name]
    assert result.earned == result.possible > 0
    for aspect in result.aspects:
        assert aspect.statement[0].isupper()
        assert aspect.statement.endswith(".")
        assert len(aspect.statement) < 200
        assert "<%" not in aspect.statement


def test_two_students_of_one_class_have_numbers_of_their_own() -> None:
    """The right numbers of one student are wrong for another, whatever the notebook claims."""
    edition = next(edition for edition in ALL if edition.variant.per_student)
    problem = load_problems(edition.solutions, edition.variant)["walkthrough"]
    with Judge(edition.solutions, edition.variant) as judge:
        for whose in ("ada", "emmy"):
            answers = LocalImplementation({"walkthrough": problem.reference}, edition.variant.of(whose))
            earned = {who: judge.grade(answers, ["walkthrough"], who)["walkthrough"].earned for who in ("ada", "emmy")}
            assert earned[whose] == judge.points["walkthrough"]
            assert min(earned.values()) < judge.points["walkthrough"]
