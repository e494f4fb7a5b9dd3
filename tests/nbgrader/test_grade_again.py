"""What people have added stays as ``nbgrader autograde`` would leave it, when ``autograder grade`` grades again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_class import FaultyCommands
from test_plain_course import STUDENTS, plain, rows  # noqa: F401
from test_whole_class import RANDOM, WRONG, both_ways, files, stored  # noqa: F401
from toy_class import Class, Commands

# Penalties by a rule of the course's own; it looks at the score with everything that a person has added.
PLUGIN = """
from nbgrader.plugins import BasePlugin

class Third(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return round(score / 3 + total_seconds_late / 1e7 + len(student_id) / 100, 3)

c.AssignLatePenalties.plugin_class = Third
"""
AGAIN = ("right", "wrong", "late", "one_missing", "damaged", "files")


@pytest.fixture
def grade(faulty: FaultyCommands, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run ``autograder grade`` in a course: what it wrote."""
    temporary = tmp_path_factory.mktemp("t") / "t"
    temporary.mkdir()

    def run(root: Path, *arguments: str) -> str:
        ended = faulty.broken(root, temporary, {}, "autograder", "grade", *arguments)
        assert ended.code == 0, ended.log
        return ended.output

    return run


def grade_by_hand(toy: Class) -> None:
    """Let a person grade what a machine cannot, and more."""
    with toy.gradebook() as gradebook:
        gradebook.find_grade("explain", "one", "toy", "right").manual_score = 1.5
        gradebook.find_grade("explain", "one", "toy", "late").manual_score = 2.0
        gradebook.find_grade("test_double", "one", "toy", "late").manual_score = 2.5
        gradebook.find_grade("test_double", "one", "toy", "wrong").manual_score = 1.0
        gradebook.find_grade("test_area", "two", "toy", "late").extra_credit = 0.75
        gradebook.find_grade("test_area", "two", "toy", "one_missing").manual_score = 3.0
        gradebook.find_comment("explain", "one", "toy", "right").manual_comment = "Well said."
        gradebook.db.commit()


def hand_in_again(toy: Class) -> None:
    """Let some hand in something else, some of them late."""
    toy.hand_in("right", double=WRONG)
    toy.hand_in("wrong")
    toy.hand_in("late", area="def area(width, height):\n    return width * width")
    toy.hand_in("damaged")
    toy.hand_in("files", double=RANDOM)
    for number, student in enumerate(AGAIN):
        date = toy.root / "submitted" / student / "toy" / "timestamp.txt"
        date.write_text(f"2026-10-0{1 + number} 13:00:00 UTC\n")


def test_same_after_a_person(
    both_ways: dict[str, Path],  # noqa: F811
    nbgrader: Commands,
    grade: Callable[..., str],
    tmp_path: Path,
) -> None:
    """Manual scores, extra credit, comments and penalties; only whoever handed in again, then everybody by force."""
    for name, root in both_ways.items():
        shutil.copytree(root, tmp_path / name, symlinks=True)
        toy = Class(tmp_path / name, nbgrader)
        config = toy.root / "nbgrader_config.py"
        config.write_text(config.read_text() + PLUGIN)
        for date in (toy.root / "autograded").glob("*/toy"):
            (date / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC\n")
        grade_by_hand(toy)
        hand_in_again(toy)
    theirs, ours = (tmp_path / name for name in ("nbgrader", "ours"))
    before = stored(ours)
    for more in ((), ("--force",)):
        ended = nbgrader(theirs, "autograde", "toy", *more)
        assert ended.code == 0, ended.log
        assert f"{len(AGAIN) if not more else len(before)} graded" in grade(ours, "toy", *more)
        assert stored(ours) == stored(theirs)
        assert files(ours) == files(theirs)
    assert stored(ours) != before
    assert any(penalty for _, notebooks in stored(ours).values() for _, _, penalty in notebooks.values())


def test_plain_course(plain: dict[str, Path], grade: Callable[..., str], tmp_path: Path) -> None:  # noqa: F811
    """A course without graders of ours: the same rows as stock nbgrader's, and the files that ours leaves there."""
    root = tmp_path / "ours"
    shutil.copytree(plain["ours"], root)
    shutil.rmtree(root / "autograded")
    grade(root, "plain", "--force")
    for student in STUDENTS:
        assert rows(root, student) == rows(plain["stock"], student), student
    assert files(root) == files(plain["ours"])
