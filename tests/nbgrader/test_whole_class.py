"""``autograder grade`` leaves what ``nbgrader autograde`` leaves: gradebook, files, permissions, cell by cell."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import toy_course
from nbgrader.api import Gradebook
from toy_class import Class, Commands, Ended

WRONG = "def double(x):\n    return np.asarray(x, dtype=float) ** 2"
HANGS = "def double(x):\n    while True:\n        pass"
DIES = "import os\ndef double(x):\n    os._exit(3)"
RANDOM = "def double(x):\n    return 2 * np.asarray(x, dtype=float) + np.random.rand()"


def grade(root: Path, *arguments: str, assignment: str = "toy") -> Ended:
    """Run ``autograder grade`` in a course."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "autograder", f"--course-dir={root}", "grade", assignment, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    return Ended(done.returncode, done.stdout + done.stderr)


def stored(root: Path, assignment: str = "toy", url: str = "") -> dict[str, Any]:
    """Everything that the gradebook has of a class, by names."""
    seen: dict[str, Any] = {}
    with Gradebook(url or f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            notebooks = {}
            for notebook in submission.notebooks:
                grades = {
                    g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, g.score)
                    for g in notebook.grades
                }
                comments = {c.name: (c.auto_comment, c.manual_comment) for c in notebook.comments}
                notebooks[notebook.name] = (grades, comments, notebook.late_submission_penalty)
            seen[submission.student.id] = (submission.timestamp, notebooks)
    return seen


def files(root: Path) -> dict[str, tuple[int, object]]:
    """Every file below ``autograded``, with its permissions; notebooks without ids of cells and places in memory."""
    found: dict[str, tuple[int, object]] = {}
    for path in sorted((root / "autograded").rglob("*")):
        if path.is_file():
            content: object = path.read_bytes()
            if path.suffix == ".ipynb":
                text = re.sub(r"0x[0-9a-f]{6,}", "0xADDRESS", path.read_text())
                content = [{k: v for k, v in cell.items() if k != "id"} for cell in json.loads(text)["cells"]]
            found[str(path.relative_to(root))] = (path.stat().st_mode, content)
    return found


def hold_files_equal(both_ways: dict[str, Path]) -> None:
    """Hold that two roads have left the same files."""
    theirs, ours = (files(both_ways[name]) for name in ("nbgrader", "ours"))
    assert ours.keys() == theirs.keys()
    for name in theirs:
        assert ours[name] == theirs[name], name


def hand_in(toy: Class) -> None:
    """Let a class hand in whatever people hand in."""
    toy.hand_in("right")
    toy.hand_in("wrong", double=WRONG, choice='choice = "A"')
    toy.hand_in("untouched", **{name: text for name, text in toy_course.RIGHT.items() if name == "area"}, double="")
    toy.hand_in("hangs", double=HANGS)
    toy.hand_in("dies", area=DIES.replace("double(x)", "area(width, height)"))
    toy.hand_in("random", double=RANDOM)
    both = toy.notebooks()
    toy.hand_in("one_missing", {"one.ipynb": both["one"]})
    toy.hand_in("damaged", {"one.ipynb": '{"cells": [', "two.ipynb": both["two"]})
    stripped = nbformat.from_dict(toy.notebooks()["two"])
    stripped.cells = [cell for cell in stripped.cells if "checks" not in cell.source and "assert" not in cell.source]
    toy.hand_in("deleted_tests", {"one.ipynb": both["one"], "two.ipynb": stripped})
    toy.hand_in("late")
    (toy.root / "submitted" / "late" / "toy" / "timestamp.txt").write_text("2026-10-03 12:00:00 UTC\n")
    toy.hand_in("files", {"one.ipynb": both["one"], "two.ipynb": both["two"], "mine.txt": "mine", "table.csv": "9"})
    toy.hand_in("unknown", {"one.ipynb": both["one"], "two.ipynb": both["two"], "three.ipynb": both["two"]})
    toy.hand_in("link", {"one.ipynb": both["one"]})
    (toy.root / "submitted" / "link" / "toy" / "two.ipynb").symlink_to(toy.root / "source" / "toy" / "two.ipynb")


@pytest.fixture(scope="module")
def both_ways(made_once: Callable[..., Path], generated: Path, nbgrader: Commands) -> dict[str, Path]:
    """The same class, graded by nbgrader and by ours."""

    def make(root: Path) -> None:
        shutil.copytree(generated, root / "nbgrader")
        config = root / "nbgrader" / "nbgrader_config.py"
        config.write_text(f"{toy_course.CONFIG}c.LateSubmissionPlugin.penalty_method = 'zero'\n")
        toy = Class(root / "nbgrader", nbgrader)
        with toy.gradebook() as gradebook:
            gradebook.update_or_create_assignment("toy", duedate="2026-10-02 12:00:00 UTC")
        hand_in(toy)
        shutil.copytree(root / "nbgrader", root / "ours", symlinks=True)
        ended = toy.autograde()
        assert ended.code == 0, ended.log
        ended = grade(root / "ours")
        assert ended.code == 0, ended.log

    root = made_once("both-ways", make)
    return {name: root / name for name in ("nbgrader", "ours")}


def test_gradebooks_are_equal(both_ways: dict[str, Path]) -> None:
    """Scores, comments, penalties and dates."""
    theirs, ours = (stored(both_ways[name]) for name in ("nbgrader", "ours"))
    assert len(theirs) == 13
    assert ours == theirs


def test_files_are_equal(both_ways: dict[str, Path]) -> None:
    """Notebooks cell by cell, every other file byte by byte, and what may be done with them."""
    hold_files_equal(both_ways)
