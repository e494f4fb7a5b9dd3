"""``autograder grade`` gives a class of attackers, and their neighbors, what ``nbgrader autograde`` gives them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from arena import Arena, make_course, make_tables
from battle import Evidence, _clean_up
from checkpoint import rows_of
from class_of_attackers import WRONG, hand_in, is_honest
from corpus import FAMILIES, load
from posts import Posts

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="boxes confine on Linux")

# Notes the state before each student, which a class that is graded at once has no place for.
HOOK = 'c.Autograde.pre_convert_hook = "checkpoint.checkpoint"\n'


@contextmanager
def graded_at_once(root: Path, made: Path, family: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Let a class of attackers hand in and be graded: the command's summary, and the rows of the gradebook."""
    shutil.copytree(made, root)
    arena = Arena(root)
    make_tables(arena)
    config = arena.course / "nbgrader_config.py"
    config.write_text(config.read_text().replace(HOOK, ""))
    with Posts() as posts:
        try:
            hand_in(arena, load(family), posts.names, step=3)
            command = [sys.executable, "-m", "autograder", "grade", "toy", "--json"]
            ended = subprocess.run(
                command, cwd=arena.course, env=arena.environment(), capture_output=True, text=True, check=False
            )
            assert ended.returncode == 0, ended.stderr[-3000:]
            yield json.loads(ended.stdout), rows_of(arena.course / "gradebook.db")
        finally:
            _clean_up(arena)


@pytest.mark.parametrize("family", FAMILIES)
def test_everybody_gets_what_nbgrader_gives(
    family: str, evidence_of: Callable[[str], Evidence], made_once: Callable[..., Path], tmp_path: Path
) -> None:
    made = made_once("attacked-course", lambda root: make_course(Arena(root)))
    one_by_one = evidence_of(family).turns[-1]
    with graded_at_once(tmp_path / "arena", made, family) as (summary, rows):
        assert summary["ungraded"] == {}
        assert summary["graded"] == len(rows["grades"]) == len(one_by_one["grades"])
        for student, grades in one_by_one["grades"].items():
            assert rows["grades"][student] == grades, student
            assert rows["comments"].get(student) == one_by_one["comments"].get(student), student
        # What was told apart is told apart: neither all right nor all wrong.
        scores = {student: grades["test_law"][0] for student, grades in rows["grades"].items()}
        assert scores[WRONG] == 0.0
        assert all(score == 4.0 for student, score in scores.items() if is_honest(student))
