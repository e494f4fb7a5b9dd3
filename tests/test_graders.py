"""The course's hidden graders: right answers pass, known mistakes are named, and no reply upsets them."""

from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from autograder.authoring.verify import verify
from autograder.box.wire import FunctionSource, Opaque
from autograder.course.errors import Outcome, StudentRaised
from autograder.course.layout import Assignment, Course
from autograder.grading.catalogue import load_problems
from autograder.grading.implementation import LocalImplementation
from autograder.grading.judge import Judge

ROOT = Path(__file__).parent.parent
ASSIGNMENT = Assignment(Course(ROOT), "reparameterization")
PROBLEMS = load_problems(ASSIGNMENT.solutions)
CONTRACT = {
    "reparameterize",
    "reparameterize_backward",
    "walkthrough",
    "kl_divergence",
    "kl_gradient",
    "latent_gradients",
    "pathwise_gradient",
    "score_function_gradient",
    "exponential_icdf",
    "logistic_icdf",
    "laplace_icdf",
    "exponential_backward",
    "logistic_backward",
    "laplace_backward",
    "kumaraswamy_icdf",
    "implicit_gradient",
    "gamma_implicit_gradient",
    "beta_implicit_gradient",
    "sample_latent",
    "negative_elbo",
    "training_step",
    "q1",
    "q2",
    "q3",
}
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
def judge() -> Iterator[Judge]:
    with Judge(ASSIGNMENT.solutions, ASSIGNMENT.variant) as judge:
        yield judge


def test_the_course_has_the_problems_of_its_contract() -> None:
    assert set(PROBLEMS) == CONTRACT


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_every_function_has_alternatives_and_misconceptions(name: str) -> None:
    problem = PROBLEMS[name]
    is_question = name in ("q1", "q2", "q3")
    assert len(problem.alternatives) >= (0 if is_question else 1)
    assert len(problem.misconceptions) >= (3 if is_question else 4)
    assert all(misconception.text and misconception.hint for misconception in problem.misconceptions)


def test_graders_are_proven_in_boxes() -> None:
    """Stubs get nothing, right answers everything, and each misconception is caught and named."""
    proofs = verify(ASSIGNMENT)
    assert {proof.problem for proof in proofs} == CONTRACT
    assert [fault for proof in proofs for fault in proof.faults] == []


@pytest.mark.parametrize("name", sorted(CONTRACT))
@pytest.mark.parametrize("reply", GARBAGE, ids=lambda reply: repr(reply)[:25])
def test_garbage_earns_nothing_and_is_never_our_fault(judge: Judge, name: str, reply: Any) -> None:
    result = judge.grade(Answering(reply), [name])[name]
    assert result.earned == 0
    assert {aspect.outcome for aspect in result.aspects} == {Outcome.WRONG}


@pytest.mark.parametrize("name", sorted(CONTRACT))
@pytest.mark.parametrize("error", ["NotImplementedError", "ValueError"])
def test_raising_throughout_earns_nothing(judge: Judge, name: str, error: str) -> None:
    result = judge.grade(Answering(StudentRaised((error, "Exception"))), [name])[name]
    assert result.earned == 0


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_grading_twice_gives_the_same(judge: Judge, name: str) -> None:
    """No hidden input depends on what was drawn before."""
    functions = {other: problem.reference for other, problem in PROBLEMS.items()}
    for misconception in PROBLEMS[name].misconceptions[:3]:
        mistaken = LocalImplementation({**functions, name: misconception.function}, ASSIGNMENT.variant)
        np.random.seed(1)
        first = judge.grade(mistaken, [name])[name]
        np.random.seed(2)
        assert judge.grade(mistaken, [name])[name] == first


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_what_students_read_is_one_sentence(judge: Judge, name: str) -> None:
    functions = {other: problem.reference for other, problem in PROBLEMS.items()}
    result = judge.grade(LocalImplementation(functions, ASSIGNMENT.variant), [name])[name]
    assert result.earned == result.possible > 0
    for aspect in result.aspects:
        assert aspect.statement[0].isupper()
        assert aspect.statement.endswith(".")
        assert len(aspect.statement) < 200
