"""The pytest plugin: at work in a secret room, and out of the way everywhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.layout import Course

FOREIGN = """
import pytest


@pytest.mark.parametrize("problem", ["one", "two"])
def test_of_somebody_else(problem):
    assert problem


@pytest.fixture
def variant():
    return 3


@pytest.mark.only
def test_with_a_marker_of_that_name(variant):
    assert variant == 3
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as anybody would, with whatever plugins are installed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["test_foreign.py", "test_question.py"])
def test_other_peoples_tests_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / name).write_text(FOREIGN)
    (tmp_path / "tests" / "latin.py").write_bytes(b"# \xe9\n")
    ended = run(tmp_path, "tests")
    assert "3 passed" in ended.stdout, ended.stdout


SHARED = '''
import pytest

from autograder.grading import assert_close


@pytest.mark.points(1)
def test_zero(student, problem):
    """Nothing scaled is nothing."""
    assert_close(student.call(problem, (0.0, 2.0), {}), 0.0)


@pytest.mark.points(1)
@pytest.mark.only(lambda variant: variant.factor == 4)
def test_in_autumn(student, problem, variant):
    """Only in autumn."""
    assert variant.factor == 4
'''


def test_a_shared_grader_runs_for_each_problem_and_variant(course: Course) -> None:
    room = course.solutions / "toy"
    for stem in ("once", "twice"):
        text = (room / "scale.py").read_text().replace("def scale(", f"def {stem}(")
        (room / f"{stem}.py").write_text(f'{text}\n\nGRADER = "test_shared.py"\n')
    (room / "test_shared.py").write_text(SHARED)
    base = run(course.root, "-vv", str(room / "test_shared.py"))
    assert "2 passed, 2 deselected" in base.stdout, base.stdout
    assert "test_zero[once]" in base.stdout
    assert "test_zero[twice]" in base.stdout
    autumn = run(course.root, "--variant", "autumn", str(room / "test_shared.py"))
    assert "4 passed" in autumn.stdout, autumn.stdout
    unknown = run(course.root, "--variant", "nope", str(room / "test_shared.py"))
    assert "nope" in unknown.stdout + unknown.stderr
    assert "Traceback" not in unknown.stdout + unknown.stderr
