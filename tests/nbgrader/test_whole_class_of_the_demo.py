"""The demo's class gets the same from ``autograder grade`` and from ``nbgrader autograde``: every third of it, here."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_whole_class import grade, hold_files_equal, stored
from toy_class import Commands

from autograder.course.layout import Course
from autograder.gradebook import demo

ROOT = Path(__file__).parent.parent.parent
NAME = "reparameterization"


@pytest.fixture(scope="module")
def both_ways(made_once: Callable[..., Path], nbgrader: Commands) -> dict[str, Path]:
    """The class graded by nbgrader and by ours."""

    def make(root: Path) -> None:
        course = demo.lay_out(Course(ROOT), root / "nbgrader")
        demo.hand_in(demo.build_and_release(course, NAME))
        for number, folder in enumerate(sorted((course.root / "submitted").iterdir())):
            if number % 3:
                shutil.rmtree(folder)
        shutil.copytree(root / "nbgrader", root / "ours")
        ended = nbgrader(root / "nbgrader", "autograde", NAME)
        assert ended.code == 0, ended.log
        ended = grade(root / "ours", assignment=NAME)
        assert ended.code == 0, ended.log

    root = made_once("demo-both-ways", make)
    return {name: root / name for name in ("nbgrader", "ours")}


def test_gradebooks_are_equal(both_ways: dict[str, Path]) -> None:
    theirs, ours = (stored(both_ways[name], NAME) for name in ("nbgrader", "ours"))
    assert len(theirs) == 8
    assert ours == theirs


def test_files_are_equal(both_ways: dict[str, Path]) -> None:
    hold_files_equal(both_ways)
