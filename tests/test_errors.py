"""The two families of errors: one tree, shown in one docstring; every outcome is reached by some submission."""

import re
from collections.abc import Iterator

import pytest

from autograder.course import errors
from autograder.course.errors import (
    CourseError,
    GraderError,
    OurFault,
    Outcome,
    PathwiseError,
    StudentFault,
    UsageError,
)
from autograder.grading.judge import Judge
from autograder.grading.results import ProblemResult


def documented() -> dict[str, tuple[str | None, int | None]]:
    """Parent and exit code of every class that the docstring's tree shows."""
    assert errors.__doc__ is not None
    found: dict[str, tuple[str | None, int | None]] = {}
    above: list[str] = []
    for line in errors.__doc__.splitlines():
        match = re.match(r"    ([│ ]*(?:[├└]── )?)([A-Z]\w+)\b(.*)", line)
        if match is None:
            continue
        depth = len(match[1]) // 4
        code = re.search(r"exit code (\d)", match[3])
        found[match[2]] = (above[depth - 1] if depth else None, int(code[1]) if code else None)
        above[depth:] = [match[2]]
    return found


def actual(cls: type[PathwiseError] = PathwiseError) -> Iterator[tuple[type[PathwiseError], str | None]]:
    yield cls, None if cls is PathwiseError else cls.__base__.__name__
    for child in cls.__subclasses__():
        yield from actual(child)


def test_the_docstring_shows_the_tree_as_it_is():
    assert {name: parent for name, (parent, _) in documented().items()} == {
        cls.__name__: parent for cls, parent in actual()
    }


def test_the_docstring_tells_the_exit_codes_as_they_are():
    told = {name: code for name, (_, code) in documented().items() if code is not None}
    assert told == {"UsageError": UsageError.exit_code, "OurFault": OurFault.exit_code}
    assert UsageError.exit_code == 2
    assert {cls.exit_code for cls, _ in actual(OurFault)} == {1}


def test_the_families_never_mix():
    families = (UsageError, OurFault, StudentFault)
    for cls, _ in actual():
        assert sum(issubclass(cls, family) for family in families) == (cls is not PathwiseError)


def test_every_fault_of_a_student_has_an_outcome_of_its_own():
    outcomes = [cls.outcome for cls in StudentFault.__subclasses__()]
    assert len(set(outcomes)) == len(outcomes)
    assert set(outcomes) == set(Outcome) - {Outcome.PASSED, Outcome.WRONG}


# Each outcome, through a real box and the graders of the toy course

FORGE = """
import os, stat
def scale(x, factor):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode): os.write(number, b'garbage' * 9)
        except OSError: pass
"""
REACHED = {
    Outcome.PASSED: "import numpy as np\ndef scale(x, factor): return np.asarray(x) * factor",
    Outcome.WRONG: "def scale(x, factor): return None",
    Outcome.RAISED: "def scale(x, factor): raise ValueError('no')",
    Outcome.UNDEFINED: "def scael(x, factor): return x",
    Outcome.TIMED_OUT: "def scale(x, factor):\n    while True: pass",
    Outcome.OUT_OF_MEMORY: "def scale(x, factor): return bytes(1 << 40)",
    Outcome.OVER_LIMIT: "def scale(x, factor):\n    while True: pass",
    Outcome.DIED: "import os\ndef scale(x, factor): os._exit(1)",
    Outcome.TOO_LARGE: "def scale(x, factor): return [0] * 10**6",
    Outcome.FORGED: FORGE,
}


@pytest.fixture
def judge(assignment) -> Iterator[Judge]:
    with Judge(assignment.solutions, assignment.variant) as judge:
        yield judge


def graded(judge: Judge, session, source: str, **limits: float) -> ProblemResult:
    return judge.grade(session(source, **limits), ["scale"])["scale"]


@pytest.mark.parametrize("outcome", REACHED)
def test_every_outcome_is_reached(judge, session, outcome):
    limits = {Outcome.TIMED_OUT: {"call_seconds": 1.0}, Outcome.OVER_LIMIT: {"cpu_seconds": 1.0}}
    result = graded(judge, session, REACHED[outcome], **limits.get(outcome, {}))
    assert result.aspects[0].outcome is outcome
    assert result.earned == (result.possible if outcome is Outcome.PASSED else 0)
    assert bool(result.aspects[0].detail) == (outcome is not Outcome.PASSED)


def test_after_two_calls_that_killed_the_box_the_rest_is_not_run(judge, session):
    result = graded(judge, session, REACHED[Outcome.DIED])
    assert [aspect.outcome for aspect in result.aspects] == [Outcome.DIED, Outcome.NOT_RUN]
    assert set(REACHED) | {Outcome.NOT_RUN} == set(Outcome)


def test_one_fault_costs_one_aspect(judge, session):
    source = "import numpy as np\ndef scale(x, factor):\n    if np.ndim(x): raise ValueError\n    return x * factor"
    result = graded(judge, session, source)
    assert [aspect.outcome for aspect in result.aspects] == [Outcome.PASSED, Outcome.RAISED]
    assert (result.earned, result.possible) == (2, 3)


def test_a_students_own_words_do_not_reach_the_feedback(judge, session):
    source = "class Told(ValueError): pass\ndef scale(x, factor): raise Told(f'the input was {x}')"
    result = graded(judge, session, source)
    assert result.aspects[0].detail == "raised ValueError"


# Our own faults


def test_a_grader_that_raises_is_our_fault_and_says_nothing_of_the_submission(assignment, session):
    (assignment.solutions / "test_scale.py").write_text(
        "import pytest\n@pytest.mark.points(1)\ndef test_it(student):\n    student.scale(1.0, 2.0) + None\n"
    )
    with Judge(assignment.solutions, assignment.variant) as judge, pytest.raises(GraderError, match="TypeError"):
        judge.grade(session("def scale(x, factor): return x"), ["scale"])


def test_a_reference_that_raises_is_our_fault(assignment, session):
    path = assignment.solutions / "scale.py"
    path.write_text("def scale(x, factor):\n    raise ValueError('ours')\n")
    with Judge(assignment.solutions, assignment.variant) as judge, pytest.raises(GraderError, match="the reference"):
        judge.grade(session("def scale(x, factor): return x"), ["scale"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("test_scale.py", "def ("),
        ("test_scale.py", "raise ValueError('at import')"),
        ("test_scale.py", "def test_without_points(student): pass"),
        ("test_scale.py", "nothing = 1"),
        ("scale.py", "def ("),
        ("scale.py", "another = 1"),
        ("scale.py", None),
    ],
)
def test_a_broken_file_of_the_secret_room_is_the_courses_fault(assignment, name, content):
    path = assignment.solutions / name
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(CourseError):
        Judge(assignment.solutions, assignment.variant)
