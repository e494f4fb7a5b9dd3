"""A command that is killed, or asked to end, loses nothing: the next one grades what it left.

See ``fault_class`` for what must hold after each.
"""

import fcntl
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_class import FIRST_SCORES, SECOND_SCORES, FaultyCommands, Graded, kill
from toy_class import Class

SAVE = "nbgrader.preprocessors:SaveAutoGrades.preprocess_cell"
WRITE = "nbconvert.writers:FilesWriter.write"
# What a command does, in some hundred steps: it is killed at some of them.
STEPS = (
    SAVE,
    WRITE,
    "autograder.box.channel:Channel.send",
    "autograder.box.channel:Channel.receive",
    "autograder.box.folders:remove_tree",
    "nbgrader.api:Gradebook.__init__",
    "nbgrader.api:Gradebook.close",
    "nbgrader.converters:Autograde.init_assignment",
    "nbgrader.converters:Autograde.set_permissions",
    "nbgrader.converters:Autograde.run_post_convert_hook",
    "nbgrader.converters.base:rmtree",
    "shutil:copy",
)
PARTS = 8

Make = Callable[[str], Graded]


@pytest.fixture
def number_of_steps(made_once: Callable[..., Path], handed_in_again: Path, faulty: FaultyCommands) -> int:
    """How many steps there are in a command in which nothing breaks."""

    def make(folder: Path) -> None:
        root, temporary = folder / "course", folder / "temporary"
        temporary.mkdir()
        shutil.copytree(handed_in_again, root)
        graded = Graded(Class(root, faulty), faulty, temporary, FIRST_SCORES, SECOND_SCORES)
        (folder / "steps").write_text(str(len(graded.autograde({"at": STEPS}).steps)))

    return int((made_once("steps", make) / "steps").read_text())


@pytest.mark.parametrize("part", range(PARTS))
def test_judge_is_killed(a_class: Make, number_of_steps: int, part: int) -> None:
    """The command is killed somewhere in each part of its way, while it grades for the first or second time."""
    step = int((part + random.Random(20260 + part).random()) * number_of_steps / PARTS)
    graded = a_class(("new", "graded before")[part % 2])
    assert graded.autograde(kill("judge", *STEPS, number=step + 1), killed=True).code == -signal.SIGKILL
    graded.again()


@pytest.mark.parametrize("seed", range(2))
def test_judge_is_killed_again_and_again(a_class: Make, number_of_steps: int, seed: int) -> None:
    """Each command comes a little further than the last, and leaves what it has to the next."""
    rng = random.Random(seed)
    graded = a_class(("graded before", "new")[seed])
    for _ in range(4):
        graded.autograde(kill("judge", *STEPS, number=rng.randint(2, number_of_steps // 2)), killed=True)
    graded.again()


def test_judge_is_killed_between_two_scores(a_class: Make) -> None:
    """Half of a grade is no grade, although its folder is there."""
    graded = a_class("new")
    graded.autograde(kill("judge", SAVE, number=5), killed=True)
    assert {True, False} == {score is None for score in graded.toy.scores("ada").values()}
    graded.again()


def test_judge_is_killed_while_it_writes_a_notebook(a_class: Make) -> None:
    graded = a_class("graded before")
    fault = {**kill("judge", WRITE, number=4), "do": "write half"}
    graded.autograde(fault, killed=True)
    graded.again()


def test_one_notebook_does_not_pass_for_all(a_class: Make) -> None:
    """A note stays where the next command grades only one notebook of those that were left."""
    graded = a_class("new")
    graded.autograde(kill("judge", SAVE, number=2), killed=True)
    ended = graded.toy.autograde("--notebook", "two", "--student", "ada")
    assert ended.code == 0
    graded.again()


def test_a_command_leaves_alone_what_another_is_at(a_class: Make) -> None:
    """Two commands at a time do not take each other's half-made folders for what a dead one has left."""
    graded = a_class("graded before")
    note = graded.toy.root / "autograded" / "bob" / ".toy.unfinished"
    note.touch()
    with note.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ended = graded.toy.autograde("--force")
    assert ended.code == 0
    assert ended.lines("Another command is grading")
    assert graded.toy.all_scores() == {**SECOND_SCORES, "bob": FIRST_SCORES["bob"]}
    graded.again()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_command_is_asked_to_end(a_class: Make, number_of_steps: int, number: int) -> None:
    """It takes leave of boxes and files, says who is not graded, and tells by which signal it ended."""
    graded = a_class("graded before")
    step = random.Random(int(number)).randint(number_of_steps // 8, number_of_steps // 2)
    ended = graded.autograde(kill("judge", *STEPS, number=step, by=number))
    assert ended.code != 0
    assert number == signal.SIGINT or ended.code == 128 + number
    graded.again()
