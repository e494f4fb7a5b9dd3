"""The judge: points by aspect, faults that cost points, faults of ours that never do, and mistakes by name."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from autograder.course.errors import CourseError, GraderError, Outcome, StudentTimeout
from autograder.course.variants import Variant
from autograder.grading.catalogue import load_problem, load_problems
from autograder.grading.cells import as_submission, signature_and_body
from autograder.grading.implementation import LocalImplementation
from autograder.grading.judge import Judge

REFERENCE = '''
"""Doubling."""

from autograder.grading import alternative, misconception


def double(x):
    """Give twice x."""
    # Nothing could be simpler.
    return x * FACTOR


FACTOR = 2


@alternative
def double_by_adding(x):
    return x + x


@misconception("squared", hint="What is twice three?")
def double_squared(x):
    return x * x


@misconception("forgot the factor")
def double_same(x):
    return x
'''

GRADER = '''
import pytest

from autograder.grading import assert_close


@pytest.mark.points(3)
@pytest.mark.parametrize("x", [2.0, 3.0, -1.0])
def test_doubles(student, reference, x):
    """Twice the
    number comes back."""
    assert_close(student.double(x), reference.double(x))


@pytest.mark.points(1)
def test_zero(student, variant):
    """Zero stays what the variant says."""
    assert_close(student.double(0.0), variant.zero)
'''


@pytest.fixture
def solutions(tmp_path: Path) -> Path:
    folder = tmp_path / "solutions" / "toy"
    folder.mkdir(parents=True)
    (folder / "double.py").write_text(REFERENCE)
    (folder / "test_double.py").write_text(GRADER)
    return folder


@pytest.fixture
def judge(solutions: Path) -> Iterator[Judge]:
    with Judge(solutions, Variant("base", {"zero": 0.0})) as judge:
        yield judge


def grade(judge: Judge, function: FunctionType) -> Any:
    return judge.grade(LocalImplementation({"double": function}, judge.variant), ["double"])["double"]


def test_points_are_those_of_the_aspects_and_not_of_the_cases(judge: Judge) -> None:
    assert judge.points == {"double": 4.0}


def test_right_answers_get_everything(judge: Judge) -> None:
    problem = judge.problems["double"]
    for function in (problem.reference, *problem.alternatives):
        result = grade(judge, function)
        assert (result.earned, result.possible, result.misconception) == (4.0, 4.0, None)


def test_one_failing_case_loses_its_aspect_and_only_that(judge: Judge) -> None:
    result = grade(judge, lambda x: 2 * abs(x))
    assert [aspect.outcome for aspect in result.aspects] == [Outcome.WRONG, Outcome.PASSED]
    assert result.earned == 1.0


def test_the_statement_is_the_docstring_on_one_line(judge: Judge) -> None:
    result = grade(judge, lambda x: None)
    assert result.aspects[0].statement == "Twice the number comes back."
    assert result.aspects[0].detail == "returned None where numbers are asked for"


def test_a_misconception_is_called_by_its_name(judge: Judge) -> None:
    result = grade(judge, lambda x: x**2)
    assert result.misconception is not None
    assert (result.misconception.text, result.misconception.hint) == ("squared", "What is twice three?")


def test_a_mistake_of_its_own_is_not_called_by_another_name(judge: Judge) -> None:
    assert grade(judge, lambda x: 3 * x).misconception is None


def test_the_same_student_may_be_judged_again_and_again(judge: Judge) -> None:
    results = [grade(judge, function) for function in [lambda x: 2 * x, lambda x: x] * 3]
    assert [result.earned for result in results] == [4.0, 1.0] * 3


def test_what_a_student_raises_is_named_by_type_alone(judge: Judge) -> None:
    def telling(x: float) -> None:
        raise ValueError(f"the hidden input is {x}")

    def disguised(x: float) -> None:
        raise type(f"Input{x}".replace(".", "_"), (KeyError,), {})()

    assert {a.detail for a in grade(judge, telling).aspects} == {"raised ValueError"}
    assert {a.detail for a in grade(judge, disguised).aspects} == {"raised KeyError"}
    assert {a.outcome for a in grade(judge, telling).aspects} == {Outcome.RAISED}


def test_a_name_that_is_missing(judge: Judge) -> None:
    result = judge.grade(LocalImplementation({}), ["double"])["double"]
    assert {aspect.outcome for aspect in result.aspects} == {Outcome.UNDEFINED}


def test_after_two_breakdowns_the_rest_of_a_problem_is_not_run(judge: Judge) -> None:
    calls = []

    class Hanging(LocalImplementation):
        def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            calls.append(args)
            raise StudentTimeout(1.0)

    result = judge.grade(Hanging({}), ["double"])["double"]
    assert [aspect.outcome for aspect in result.aspects] == [Outcome.TIMED_OUT, Outcome.NOT_RUN]
    assert len(calls) == 2


def test_a_grader_that_raises_is_our_fault(solutions: Path) -> None:
    (solutions / "test_double.py").write_text(GRADER.replace("variant.zero", "variant.nothing"))
    with Judge(solutions, Variant("base", {"zero": 0.0})) as judge, pytest.raises(GraderError, match="test_zero"):
        grade(judge, lambda x: x)


def test_a_reference_that_raises_is_our_fault(solutions: Path) -> None:
    (solutions / "double.py").write_text(REFERENCE.replace("x * FACTOR", "x / 0"))
    with (
        Judge(solutions, Variant("base", {"zero": 0.0})) as judge,
        pytest.raises(GraderError, match="the reference raised"),
    ):
        grade(judge, lambda x: x)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("test_double.py", "import nothing_of_that_name", "cannot be collected"),
        ("test_double.py", "def test_x(student):\n    pass", "says no points"),
        ("test_double.py", "", "holds no test"),
        ("double.py", "raise RuntimeError('broken')", "cannot be imported"),
        ("double.py", "", "defines no function double"),
        ("test_other.py", GRADER, "no reference module"),
    ],
)
def test_a_broken_secret_room_is_named(solutions: Path, file: str, text: str, says: str) -> None:
    (solutions / file).write_text(text)
    with pytest.raises(CourseError, match=says):
        Judge(solutions, Variant("base", {"zero": 0.0}))


def test_no_secret_room_at_all(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="there is no folder"):
        load_problems(tmp_path / "solutions" / "nothing")


def test_modules_of_the_same_names_are_not_taken_for_graders(solutions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = {name: ModuleType(name) for name in ("test_double", "conftest")}
    for name, module in foreign.items():
        monkeypatch.setitem(sys.modules, name, module)
    with Judge(solutions, Variant("base", {"zero": 0.0})) as judge:
        assert judge.points == {"double": 4.0}
    assert {name: sys.modules[name] for name in foreign} == foreign


def test_options_of_the_machine_do_not_reach_the_judge(solutions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    with Judge(solutions, Variant("base", {"zero": 0.0})) as judge:
        assert grade(judge, lambda x: 2 * x).earned == 4.0


def test_two_courses_with_the_same_stem_do_not_meet(solutions: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "toy"
    other.mkdir(parents=True)
    (other / "double.py").write_text(REFERENCE.replace("FACTOR = 2", "FACTOR = 20"))
    assert load_problem(solutions / "double.py").reference(1) == 2
    assert load_problem(other / "double.py").reference(1) == 20


def test_a_stub_is_the_signature_and_the_docstring(solutions: Path) -> None:
    head, body = signature_and_body(load_problem(solutions / "double.py").reference)
    assert head == 'def double(x):\n    """Give twice x."""'
    assert body == "    # Nothing could be simpler.\n    return x * FACTOR"


@pytest.mark.parametrize("name", ["double", "double_by_adding", "double_squared"])
def test_an_implementation_as_a_cell_works_alone_and_tells_nothing(solutions: Path, name: str) -> None:
    problem = load_problem(solutions / "double.py")
    cell = as_submission(problem, name)
    namespace: dict[str, Any] = {"FACTOR": 1000}
    exec(cell, namespace)
    assert namespace["double"](5) == problem.implementations()[name](5)
    assert "misconception" not in cell
    assert "autograder" not in cell
