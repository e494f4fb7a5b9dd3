"""A toy course, graded by the real commands of nbgrader.

What is slow is made once a test run, also when several workers of pytest-xdist share it, and copied for each test.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import toy_course
from fault_class import BY_HAND, FIRST, FIRST_SCORES, SECOND, SECOND_SCORES, UNGRADED, FaultyCommands, Graded
from toy_class import Class, Commands

from autograder.authoring.build import build
from autograder.course.layout import Course


@pytest.fixture(scope="session")
def nbgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Run a command: ``nbgrader(folder, "autograde", "toy")``."""
    commands = Commands(tmp_path_factory.mktemp("home"))
    yield commands
    commands.close()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], Any]], Path]:
    """Make a folder once for all workers: ``made_once("name", make)`` gives a folder that ``make`` has filled."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], Any]) -> Path:
        folder = shared / f"made-once-{name}"
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = shared / f"unfinished-{name}"
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def generated(made_once: Callable[..., Path], nbgrader: Commands) -> Path:
    """The toy course, built and generated; nobody has handed in yet. Only to be copied."""

    def make(root: Path) -> None:
        toy_course.write_course(root)
        build(Course(root).require("toy"))
        ended = nbgrader(root, "generate_assignment", "toy")
        assert ended.code == 0, ended.log

    return made_once("toy", make)


@pytest.fixture
def toy(generated: Path, nbgrader: Commands, tmp_path: Path) -> Class:
    """A toy course of this test's own."""
    root = tmp_path / "course"
    shutil.copytree(generated, root)
    return Class(root, nbgrader)


@pytest.fixture(scope="session")
def copy_of() -> Callable[[Path, Path], None]:
    """Copy a course into a folder that exists."""

    def copy(course: Path, folder: Path) -> None:
        shutil.copytree(course, folder, dirs_exist_ok=True)

    return copy


@pytest.fixture(scope="session")
def graded_once(made_once: Callable[..., Path], generated: Path, nbgrader: Commands) -> Path:
    """The toy course with three students, graded: ada is right, bob squares, carl returns None. Only to be copied."""

    def make(root: Path) -> None:
        shutil.copytree(generated, root, dirs_exist_ok=True)
        toy = Class(root, nbgrader)
        toy.hand_in("ada")
        toy.hand_in("bob", double="def double(x):\n    return np.asarray(x, dtype=float) ** 2")
        toy.hand_in("carl", double="def double(x):\n    pass", choice='choice = "A"')
        ended = toy.autograde()
        assert ended.code == 0, ended.log

    return made_once("graded", make)


@pytest.fixture
def graded(graded_once: Path, nbgrader: Commands, tmp_path: Path) -> Class:
    """A toy course of this test's own in which three students have been graded."""
    root = tmp_path / "course"
    shutil.copytree(graded_once, root)
    return Class(root, nbgrader)


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyCommands]:
    """Run commands in which something breaks."""
    commands = FaultyCommands(tmp_path_factory.mktemp("home"))
    yield commands
    commands.close()


def write_down(toy: Class, answers: dict[str, dict[str, str]], hour: int) -> None:
    """Let everybody hand in."""
    for student, given in answers.items():
        toy.hand_in(student, **given)
        (toy.root / "submitted" / student / "toy" / "timestamp.txt").write_text(f"2026-10-01 {hour}:00:00 UTC\n")


@pytest.fixture(scope="session")
def handed_in(made_once: Callable[..., Path], generated: Path, nbgrader: Commands) -> Path:
    """Three students have handed in and nobody has been graded. Only to be copied."""

    def make(root: Path) -> None:
        shutil.copytree(generated, root, dirs_exist_ok=True)
        write_down(Class(root, nbgrader), FIRST, 12)

    return made_once("handed-in", make)


@pytest.fixture(scope="session")
def handed_in_again(made_once: Callable[..., Path], handed_in: Path, nbgrader: Commands) -> Path:
    """They have been graded, one answer by hand, and have handed in something else. Only to be copied."""

    def make(root: Path) -> None:
        shutil.copytree(handed_in, root, dirs_exist_ok=True)
        toy = Class(root, nbgrader)
        ended = toy.autograde()
        assert ended.code == 0, ended.log
        with toy.gradebook() as gradebook:
            gradebook.find_grade("explain", "one", "toy", "carl").manual_score = BY_HAND
            gradebook.db.commit()
        write_down(toy, SECOND, 13)

    return made_once("handed-in-again", make)


@pytest.fixture
def a_class(handed_in: Path, handed_in_again: Path, faulty: FaultyCommands, tmp_path: Path) -> Callable[[str], Graded]:
    """Make a class of this test's own: ``a_class("new")``, or ``a_class("graded before")``."""

    def make(kind: str) -> Graded:
        root, temporary = tmp_path / "course", tmp_path / "temporary"
        temporary.mkdir()
        shutil.copytree(handed_in if kind == "new" else handed_in_again, root)
        old, new = (UNGRADED, FIRST_SCORES) if kind == "new" else (FIRST_SCORES, SECOND_SCORES)
        return Graded(Class(root, faulty), faulty, temporary, old, new)

    return make
