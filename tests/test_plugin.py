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


TRAP = "import pathlib, sys\nif 'pytest' in sys.modules:\n    pathlib.Path({mark!r}).touch()\n"
OWN_SETTINGS = {
    "pytest.ini": "[pytest]\naddopts = -p evil --strict-config\npythonpath = .\npython_files = *.py\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p evil\n",
    "tox.ini": "[pytest]\naddopts = -p evil\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p evil"\npythonpath = "."\n',
}


@pytest.mark.parametrize("settings", OWN_SETTINGS)
def test_a_submission_gives_no_settings_and_no_tests(course: Course, notebook, tmp_path: Path, settings: str) -> None:
    folder, mark = course.root / "submitted" / "ada" / "toy", tmp_path / "imported"
    notebook("def scale(x, factor):\n    return 3 * x", "answer = 'B'", path=folder / "scaling.ipynb")
    for name in ("conftest", "test_scale", "evil", "sitecustomize", "numpy", "torch", "autograder"):
        (folder / f"{name}.py").write_text(TRAP.format(mark=str(mark)))
    (folder / settings).write_text(OWN_SETTINGS[settings])
    ended = run(course.root, "solutions/toy/test_answer.py", f"--submission={folder / 'scaling.ipynb'}")
    assert "1 passed" in ended.stdout, ended.stdout + ended.stderr
    assert not mark.exists()


def test_a_notebook_that_stands_alone_is_refused(course: Course, notebook) -> None:
    notebook("answer = 'B'", path=course.root / "scaling.ipynb")
    ended = run(course.root, "solutions/toy/test_answer.py", "--submission", "scaling.ipynb")
    assert ended.returncode == 4
    assert "write --submission=NOTEBOOK" in ended.stderr
