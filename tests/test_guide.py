"""The guide is carried out as it stands: its files are written, its commands run, and they do what it says."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.records import state
from autograder.cli import main
from autograder.course.layout import Course
from autograder.course.notebooks import grade_id, read_notebook

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "GUIDE.md"
# Of the notebook that the guide speaks of, one problem; and the quiz. To prove the others again would show nothing new.
KEPT = {"gaussian": {"reparameterize"}, "quiz": {"<%= question.name %>"}}
CELL = re.compile(r"^```python ([^\n]*)\n.*?^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^(`{3,})(\w+)([^\n]*)\n(.*?\n)\1$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The course with these problems alone."""
    shutil.copytree(
        ROOT / "solutions", tmp_path / "solutions", ignore=shutil.ignore_patterns("__pycache__", "record.json")
    )
    shutil.copytree(
        ROOT / "source" / "reparameterization",
        tmp_path / "source" / "reparameterization",
        ignore=shutil.ignore_patterns("*.ipynb", "__pycache__"),
    )
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    for master in (tmp_path / "source" / "reparameterization").glob("*.master.md"):
        problems = KEPT.get(master.name.split(".")[0])
        if problems is None:
            master.unlink()
        else:
            master.write_text(CELL.sub(lambda cell: kept(cell, problems), master.read_text()))  # noqa: B023
    keep_only(tmp_path, {problem for problems in KEPT.values() for problem in problems})
    return Course(tmp_path)


def kept(cell: re.Match[str], problems: set[str]) -> str:
    """A cell that sets something up or belongs to one of these problems; nothing in the place of others."""
    named = re.match(r'(?:problem|checks)="(.*)"', cell[1])
    return cell[0] if "setup" in cell[1] or (named and named[1] in problems) else ""


def keep_only(root: Path, problems: set[str]) -> None:
    """Leave some problems in the secret room, and the quiz."""
    for path in (root / "solutions" / "reparameterization").glob("*.py"):
        stem = path.stem.removeprefix("test_")
        if stem not in {*problems, "conftest", "question"} and not stem.startswith("_"):
            path.unlink()
    for part in (root / "source" / "reparameterization").glob("*.part.md"):
        part.unlink()


def blocks() -> list[tuple[str, dict[str, str], str]]:
    """The fenced blocks of the guide: language, what its first line names, text."""
    return [
        (language, {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|\S+)', names)}, text)
        for _, language, names, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    ]


def run(command: str, course: Course, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run one command of the guide in the course's folder."""
    program, *arguments = shlex.split(command, comments=True)
    if program == "autograder":
        monkeypatch.chdir(course.root)
        return main(arguments)
    ended = subprocess.run([sys.executable, "-m", program, *arguments], cwd=course.root, capture_output=True)
    return ended.returncode


def test_the_guide_fits_a_page() -> None:
    prose = BLOCK.sub("", GUIDE.read_text(encoding="utf-8"))
    assert len(prose.split()) < 500


def test_the_guide_is_carried_out(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, named, text in blocks():
        if language == "console":
            for line in text.splitlines():
                command, _, expected = line.removeprefix("$ ").partition("# exits with ")
                assert run(command, course, monkeypatch) == int(expected or 0), command
        elif "append" in named:
            with (course.root / named["append"]).open("a") as file:
                file.write(text)
        elif "section" in named:
            path = course.root / named["file"]
            old, _, _ = path.read_text().partition(f"## {named['section']}\n")
            assert old != path.read_text()
            path.write_text(old + text)
        else:
            assert (course.root / named["file"]).exists(), "it was laid down before"
            (course.root / named["file"]).write_text(text)
    summer = course.require("reparameterization").edition("summer")
    found = state(summer)
    assert (found.rendered, found.verified, found.published) == ("yes", "yes", "yes")
    cells = {grade_id(cell): cell for cell in read_notebook(summer.release / "gaussian.ipynb").cells}
    assert "raise NotImplementedError()" in cells["recover_noise"].source
    assert cells["test_recover_noise"].metadata["nbgrader"]["points"] == 3.0
