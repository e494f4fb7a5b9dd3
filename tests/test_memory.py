"""What a judge remembers: every result is what it would be without, and a submission is asked the very same things."""

import ast
import functools
import itertools
import random
import signal
import textwrap
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from editions import BASE, EDITIONS
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.mutants import mutants
from autograder.box import wire
from autograder.box.limits import Limits
from autograder.box.question import Answer, Question
from autograder.box.session import Session
from autograder.box.template import Template
from autograder.box.worker.service import Service
from autograder.course.axes import Drawn
from autograder.course.errors import BoxError, GraderError, Outcome, StudentDied, StudentTimeout
from autograder.course.layout import Assignment
from autograder.course.variants import Variant
from autograder.grading.catalogue import Problem
from autograder.grading.cells import as_submission, signature_and_body
from autograder.grading.implementation import Implementation
from autograder.grading.judge import Judge
from autograder.grading.memory import Memory, is_respondent
from autograder.grading.results import ProblemResult

TOY = {
    "double.py": '''
"""Doubling, in place or not."""

from autograder.grading import misconception


def double(x):
    """Give twice x."""
    return 2.0 * x


@misconception("squared", hint="What is twice three?")
def double_squared(x):
    return x * x
''',
    "test_double.py": '''
import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, assert_raises


@pytest.mark.points(3)
@pytest.mark.parametrize("x", [2.0, 3.0, -1.0])
def test_doubles(student, reference, x):
    """Twice the number comes back."""
    for each in (x, x + 1):
        assert_close(student.double(each), reference.double(each))


@pytest.mark.points(1)
def test_arrays(student, reference):
    """Arrays are fine, and stay what they are."""
    x = np.arange(1.0, 4.0)
    assert_close(student.double(x), 2 * x)
    assert_arguments_unchanged(student.double, x)


@pytest.mark.points(1)
def test_refuses_text(student):
    """Text is refused."""
    assert_raises(TypeError, student.double, "two")
''',
}


class Student(Implementation):
    """Cells in this process, asked as a box is asked; ``asked`` holds every request that came.

    Args:
        *cells: the notebook.
        lost: what goes wrong with a request of that number, in place of an answer.
    """

    def __init__(self, *cells: str, lost: dict[int, Exception] | None = None) -> None:
        namespace: dict[str, Any] = {}
        for cell in cells:
            exec(cell, namespace)
        self._service = Service(namespace, lambda source: {}, 1 << 20)
        self._lost = lost or {}
        self.asked: list[Question] = []

    def ask(self, question: Question, known: Container[bytes] = ()) -> Answer:
        self.asked.append(question)
        number = len(self.asked)
        if number in self._lost:
            raise self._lost[number]
        handler = signal.getsignal(signal.SIGINT)
        try:
            frame = self._service.answer(wire.loads(question.frame(number), trusted=True))
        finally:
            signal.signal(signal.SIGINT, handler)
        answer = Answer(number, *parts(frame))
        if answer.key not in known:
            answer.read()
        return answer

    def call(self, name: str, args: Any, kwargs: Any) -> Any:
        return self.ask(Question.of_call(name, args, kwargs)).value()

    def value(self, name: str) -> Any:
        return self.ask(Question.of_value(name)).value()

    def run(self, probe: Any, args: Any) -> Any:
        return self.ask(Question.of_run(probe, args)).value()


def parts(frame: bytes) -> tuple[bytes, bytes]:
    text_length, _ = wire.lengths(frame[: wire.PREFIX.size])
    end = wire.PREFIX.size + text_length
    return frame[wire.PREFIX.size : end], frame[end:]


def comparable(results: dict[str, ProblemResult]) -> list[Any]:
    """All that a result says; misconceptions of two judges are two functions of one name."""
    return [
        (result.as_metadata(), result.aspects, result.misconception and result.misconception.name)
        for result in results.values()
    ]


class Pair:
    """Two judges of the same graders, one of which remembers."""

    def __init__(self, solutions: Path, variant: Variant, memory: Memory | None = None) -> None:
        self.memory = memory or Memory()
        self.plain = Judge(solutions, variant)
        self.remembering = Judge(solutions, variant, self.memory)
        self.runs = 0
        run = self.remembering._collected.run

        def counted(*arguments: Any) -> Any:
            self.runs += 1
            return run(*arguments)

        self.remembering._collected.run = counted  # type: ignore[method-assign]

    def close(self) -> None:
        self.plain.close()
        self.remembering.close()

    def grade(self, make: Callable[[], Student], *names: str, student: str = "") -> dict[str, ProblemResult]:
        """Grade one submission by both, and hold that neither it nor its author can tell which."""
        one, other = make(), make()
        np.random.seed(5)
        expected = self.plain.grade(one, names, student)
        np.random.seed(5)
        results = self.remembering.grade(other, names, student)
        assert comparable(results) == comparable(expected)
        assert one.asked == other.asked
        return results

    def runs_of(self, make: Callable[[], Student], *names: str, student: str = "") -> int:
        """How many tests run when one more submission is graded."""
        before = self.runs
        self.grade(make, *names, student=student)
        return self.runs - before


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Callable[..., Pair]]:
    """``pair()``: judges of the toy; ``pair({"test_double.py": "…"})``: with other files."""
    made: list[Pair] = []

    def make(files: dict[str, str] | None = None, values: dict[str, Any] | None = None, limit: int = 1 << 20) -> Pair:
        folder = tmp_path / f"solutions{len(made)}" / "toy"
        folder.mkdir(parents=True)
        for name, text in {**TOY, **(files or {})}.items():
            (folder / name).write_text(text)
        made.append(Pair(folder, Variant("base", values or {}), Memory(limit)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_what_was_answered_before_runs_no_test(pair):
    toy = pair()
    right = lambda: Student("def double(x): return 2.0 * x")  # noqa: E731
    assert toy.runs_of(right, "double") == 5
    assert toy.runs_of(right, "double") == 0
    assert toy.runs_of(lambda: Student("def double(x): return x * 2.0"), "double") == 0


def test_a_new_answer_runs_its_own_test_alone(pair):
    toy = pair()
    toy.grade(lambda: Student("def double(x): return 2.0 * x"), "double")
    wrong = lambda: Student("def double(x): return 2.0 * x if not (isinstance(x, float) and x < 0) else 0.0")  # noqa: E731
    # One test for its points, and the same one for the misconception, which answers otherwise there already.
    assert toy.runs_of(wrong, "double") == 2
    assert toy.runs_of(wrong, "double") == 0


def test_a_mistake_is_named_from_memory_too(pair):
    toy = pair()
    squared = lambda: Student("def double(x): return x**2")  # noqa: E731
    for expected in (True, False):
        runs = toy.runs
        result = toy.grade(squared, "double")["double"]
        assert result.misconception is not None
        assert result.misconception.text == "squared"
        assert (toy.runs > runs) is expected


def test_two_right_halves_do_not_make_a_known_whole(pair):
    """The diagnosis belongs to all answers together: each of them may be known from somebody else."""
    toy = pair()
    scalar, array = "2 * x", "x * x"
    for one, other in itertools.product([scalar, array], repeat=2):
        toy.grade(
            lambda one=one, other=other: Student(
                f"import numpy as np\ndef double(x): return {one} if isinstance(x, np.ndarray) else {other}"
            ),
            "double",
        )
    assert toy.memory._diagnoses


STATEFUL = [
    "count = 0\ndef double(x):\n    global count\n    count += 1\n    return 2 * x + (count > {n})",
    "import numpy as np\ndef double(x): return 2.0 * x + (np.random.random() < 0.{n})",
    "def double(x):\n    x *= 2\n    return x",
    "seen = []\ndef double(x):\n    seen.append(x)\n    if len(seen) == {n}: raise ValueError(seen)\n    return 2 * x",
    "def double(x):\n    global double\n    double = lambda x: {n}\n    return 2 * x",
    "import os\ndef double(x):\n    return 2 * x if x is not None else os\ndouble.calls = {n}",
]


@pytest.mark.parametrize("cell", STATEFUL)
def test_functions_with_a_state_are_asked_as_if_nothing_were_remembered(pair, cell):
    toy = pair()
    for n in [*range(1, 9), *range(1, 9)]:
        toy.grade(lambda n=n: Student(cell.replace("{n}", str(n))), "double")


@given(st.lists(st.tuples(st.integers(0, len(STATEFUL) - 1), st.integers(1, 9)), max_size=12), st.integers(0, 3000))
def test_any_order_of_submissions_and_any_size_of_the_memory(shared_pair, submissions, limit):
    shared_pair.memory.limit = limit
    for index, n in submissions:
        shared_pair.grade(lambda index=index, n=n: Student(STATEFUL[index].replace("{n}", str(n))), "double")


@pytest.fixture(scope="module")
def shared_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("solutions") / "toy"
    folder.mkdir()
    for name, text in TOY.items():
        (folder / name).write_text(text)
    pair = Pair(folder, Variant("base", {}))
    yield pair
    pair.close()


BREAKDOWNS = [StudentTimeout(1.0), StudentDied("crashed its process")]


@pytest.mark.parametrize("fault", BREAKDOWNS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("at", [[1], [2], [4, 5], [9]])
def test_a_breakdown_is_never_remembered(pair, fault, at):
    toy = pair()
    right = "def double(x): return 2.0 * x"
    for lost in ({}, dict.fromkeys(at, fault), {}, dict.fromkeys(at, fault)):
        result = toy.grade(lambda lost=lost: Student(right, lost=lost), "double")["double"]
        assert any(aspect.outcome is fault.outcome for aspect in result.aspects) is bool(lost)
    assert toy.runs_of(lambda: Student(right), "double") == 0
    assert toy.runs_of(lambda: Student(right, lost=dict.fromkeys(at, fault)), "double") > 0


def test_running_out_of_memory_is_never_remembered(pair):
    toy = pair()
    for _ in range(2):
        result = toy.grade(lambda: Student("def double(x): raise MemoryError"), "double")["double"]
        assert {aspect.outcome for aspect in result.aspects} == {Outcome.OUT_OF_MEMORY, Outcome.NOT_RUN}
    assert not any(root.following for root in toy.memory._roots.values())


def test_a_fault_of_ours_is_never_remembered(pair):
    toy = pair()
    right = "def double(x): return 2.0 * x"
    for lost in (None, {3: BoxError("no room")}, None):
        if lost is None:
            toy.grade(lambda: Student(right), "double")
            continue
        with pytest.raises(BoxError, match="no room"):
            toy.remembering.grade(Student(right, lost=lost), ["double"])
    broken = TOY["test_double.py"].replace('assert_raises(TypeError, student.double, "two")', "student.double(1) / 0")
    toy = pair({"test_double.py": broken})
    for _ in range(2):
        with pytest.raises(GraderError, match="ZeroDivisionError"):
            toy.remembering.grade(Student(right), ["double"])


def moody(body: str) -> str:
    """A grader whose one test depends on how often it ran."""
    head = "import pytest\n\nfrom autograder.grading import assert_close\n\nran = []\n\n\n"
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f"{head}@pytest.mark.points(1)\ndef test_moody(student):\n    ran.append(1)\n{body}\n"


def test_a_test_that_judges_otherwise_after_the_same_answers_is_not_remembered(pair):
    toy = pair({"test_double.py": moody("student.double(1.0)\nassert len(ran) % 2")})
    right = "def double(x): return 2.0 * x"
    toy.remembering.grade(Student(right), ["double"])
    (test, root), *_ = toy.memory._roots.items()
    record = [(root.question, Student(right).ask(root.question))]
    for _ in range(2):
        assert toy.memory.learn(test, record, (Outcome.WRONG, "")) is None
        assert toy.memory.recall(test, Student(right)) == ([], None)
    earned = [toy.remembering.grade(Student(right), ["double"])["double"].earned for _ in range(4)]
    assert set(earned) == {0.0, 1.0}


def test_a_test_that_asks_otherwise_after_the_same_answers_is_asked_for_itself(pair):
    body = """
        student.double(1.0)
        x = float(len(ran))
        assert_close(student.double(x), 2 * x)
    """
    toy = pair({"test_double.py": moody(body)})
    assert toy.remembering.grade(Student("def double(x): return 2.0 * x"), ["double"])["double"].earned == 1.0
    # The first answer is known and the second is new; by then the test wants to know something else.
    other = Student("calls = []\ndef double(x):\n    calls.append(x)\n    return 2.0 * x + (len(calls) == 2)")
    assert toy.remembering.grade(other, ["double"])["double"].earned == 1.0
    assert [question == Question.of_call("double", (2.0,), {}) for question in other.asked] == [False, False, True]
    assert len(toy.memory._doubtful) == 1
    for _ in range(2):
        assert toy.remembering.grade(Student("def double(x): return 2.0 * x"), ["double"])["double"].earned == 1.0


@pytest.mark.parametrize("limit", [0, 300, 3000])
def test_a_memory_that_is_full_forgets_and_goes_on(pair, limit):
    toy = pair(limit=limit)
    for factor in [2, 3, 2, 4, 5, 2]:
        toy.grade(lambda factor=factor: Student(f"def double(x): return {factor} * x"), "double")
        assert toy.memory._size < limit + 20_000


# Numbers of one's own


PERSONAL = '''
import pytest

from autograder.grading import assert_close


@pytest.mark.points(1)
def test_same_for_all(student, variant):
    """Twice the same."""
    assert_close(student.double(variant.same), 2 * variant.same)


@pytest.mark.points(1)
def test_own(student, variant):
    """Twice one's own number."""
    assert_close(student.double(1.0), 2.0)
    assert_close(student.double(variant.own), 2 * variant.own)


@pytest.mark.points(1)
def test_own_in_the_answer(student, variant):
    """Plus one's own number."""
    reply = student.double(1.0)
    assert reply == 2.0
    assert_close(student.double(2.0) + variant.values["own"], 4.0 + variant.own)
'''


def test_tests_that_read_a_students_own_numbers_are_remembered_for_the_same_numbers_alone(pair):
    values = {"seed": 1, "same": 3.0, "own": Drawn("own", (1.5, 2.5, 3.5))}
    toy = pair({"test_double.py": PERSONAL}, values)
    numbers: dict[float, str] = {}
    for number in itertools.count():
        numbers.setdefault(toy.plain.variant.of(str(number)).own, str(number))
        if len(numbers) == 3:
            break
    right = lambda: Student("def double(x): return 2.0 * x")  # noqa: E731
    wrong = lambda: Student("def double(x): return 2.0 * x if x in (1.0, 3.0) else 0.0")  # noqa: E731
    assert [toy.runs_of(right, "double", student=who) for who in numbers.values()] == [3, 2, 2]
    assert [toy.runs_of(right, "double", student=who) for who in numbers.values()] == [0, 0, 0]
    for who in [*numbers.values(), *numbers.values()]:
        toy.grade(wrong, "double", student=who)


# The course


def references(judge: Judge, variant: Variant) -> list[str]:
    """Cells with the references; an answer to one problem comes behind them."""
    return [as_submission(problem, name, variant) for name, problem in judge.problems.items()]


# Editions share references, and all mutants of one are made to choose one from.
mutants_of = functools.cache(mutants)


def answers_to(problem: Problem, variant: Variant, rng: random.Random) -> Iterator[str]:
    """The reference, an alternative, a misconception and a mutant."""
    wrong = rng.choice([misconception.function.__name__ for misconception in problem.misconceptions])
    for name in [problem.name, *(function.__name__ for function in problem.alternatives[:1]), wrong]:
        yield as_submission(problem, name, variant)
    if not problem.is_value:
        whole = ast.unparse(ast.parse("\n".join(signature_and_body(problem.reference))))
        yield as_submission(problem, problem.name, variant) + "\n\n" + rng.choice(mutants_of(whole)).source


# Where the base is looked at alone, autumn comes along for what depends on the student.
SEEN = list(dict.fromkeys([*EDITIONS, BASE.edition("autumn")]))


@pytest.mark.parametrize("edition", SEEN, ids=lambda edition: edition.variant_name)
def test_the_course_is_graded_the_same_with_memory(edition: Assignment) -> None:
    rng = random.Random(3)
    pair = Pair(edition.solutions, edition.variant)
    right: dict[str, list[str]] = {}
    try:
        for name, problem in pair.plain.problems.items():
            own = edition.variant.per_student and problem.is_value and problem.question is None
            if own is False and edition not in EDITIONS:
                continue  # what does not depend on the student was seen with the other editions
            for student in ["ada", "emmy", "sofia"] if own else ["ada"]:
                variant = edition.variant.of(student)
                if student not in right:
                    right[student] = references(pair.plain, variant)
                for answer in answers_to(problem, variant, rng):
                    cells = [*right[student], answer]
                    result = pair.grade(lambda cells=cells: Student(*cells), name, student=student)
                    runs = pair.runs
                    again = pair.remembering.grade(Student(*cells), [name], student)
                    assert comparable(again) == comparable(result)
                    assert pair.runs == runs
    finally:
        pair.close()


def test_boxes_are_graded_the_same_with_memory(template: Template, pair: Callable[..., Pair]) -> None:
    toy = pair()
    cells = [
        "def double(x): return 2.0 * x",
        STATEFUL[0].replace("{n}", "4"),
        "def double(x): return 1 / 0",
        "double = 3",
    ]
    cells += ["import os\ndef double(x): os._exit(1)", "def double(x): return bytes(1 << 20)", "x = 1"]
    limits = Limits(reply=1 << 16)
    for cell in [*cells, *cells]:
        results = []
        for judge in (toy.plain, toy.remembering):
            with Session(template, [cell], None, limits) as session:
                assert is_respondent(session)
                session.run_cells()
                results.append(comparable(judge.grade(session, ["double"])))
        assert results[0] == results[1]
