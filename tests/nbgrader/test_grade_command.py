"""What ``autograder grade`` says, and what it leaves alone."""

import json
import multiprocessing
import os
import pty
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import toy_course
from fault_class import FIRST, FIRST_SCORES, Broken, FaultyCommands
from toy_class import Class

from autograder.gradebook.batch import crew

Run = Callable[..., Broken]


@pytest.fixture
def toy(handed_in: Path, faulty: FaultyCommands, tmp_path: Path) -> Class:
    """A class that has handed in."""
    shutil.copytree(handed_in, tmp_path / "course")
    return Class(tmp_path / "course", faulty)


@pytest.fixture
def run(toy: Class, faulty: FaultyCommands, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run ``autograder grade`` with these arguments in the class's course."""
    temporary = tmp_path_factory.mktemp("t") / "t"
    temporary.mkdir()

    def grade(*arguments: str, course: Path | None = None) -> Broken:
        course_dir = f"--course-dir={course or toy.root}"
        return faulty.broken(toy.root, temporary, {}, "autograder", course_dir, "grade", *arguments)

    return grade


def tree(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything in a course, to the byte."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() and not path.is_symlink() else b"",
        )
        for path in sorted(root.rglob("*"))
    }


def test_dry_run_writes_nothing(toy: Class, run: Run) -> None:
    """It neither makes a folder nor a gradebook, sets nothing aside, and opens nothing that could make it wait."""
    folder = toy.root / "submitted" / "bob" / "toy"
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "timestamp.txt").unlink()
    os.mkfifo(folder / "timestamp.txt")
    toy.root.joinpath("nbgrader_config.py").write_text(f"{toy_course.CONFIG}c.CourseDirectory.course_id = 'new'\n")
    before = tree(toy.root)
    ended = run("toy", "--dry-run", "--json")
    assert (ended.code, json.loads(ended.output)) == (0, {"assignment": "toy", "due": [*FIRST], "skipped": 0})
    ended = run("toy", "--dry-run", "--student=c*")
    assert (ended.code, ended.log) == (0, "1 of 1 submissions would be graded: carl\n")
    assert tree(toy.root) == before
    gradebook = toy.root / "gradebook.db"
    gradebook.unlink()
    assert run("toy", "--dry-run").code == 2
    assert not gradebook.exists()


def _unlink(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


WRONG: dict[str, tuple[Callable[[Path], object], tuple[str, ...], int, str]] = {
    "unknown assignment": (lambda root: None, ("nothing",), 2, "the gradebook knows no assignment 'nothing'"),
    "unknown student": (lambda root: None, ("toy", "--student=nobody"), 2, "nobody has handed in"),
    "nobody handed in": (lambda root: shutil.rmtree(root / "submitted"), ("toy",), 2, "nobody has handed in"),
    "no gradebook": (_unlink("gradebook.db"), ("toy",), 2, "there is no gradebook"),
    "unreadable gradebook": (lambda root: (root / "gradebook.db").write_text("x" * 999), ("toy",), 1, "cannot be read"),
    "not turned on": (
        (lambda root: (root / "nbgrader_config.py").write_text("c = get_config()")),
        ("toy",),
        2,
        "does not turn Pathwise on",
    ),
    "settings that fail": (
        lambda root: (root / "nbgrader_config.py").write_text("import no_such_thing"),
        ("toy",),
        1,
        "nbgrader_config.py cannot be read: ModuleNotFoundError",
    ),
    "jobs below zero": (lambda root: None, ("toy", "--jobs=-1"), 2, "invalid count value: '-1'"),
    "jobs in words": (lambda root: None, ("toy", "--jobs=x"), 2, "invalid count value: 'x'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_sentence_says_what_is_wrong(toy: Class, run: Run, case: str) -> None:
    spoil, arguments, code, words = WRONG[case]
    spoil(toy.root)
    ended = run(*arguments)
    assert ended.code == code, ended.log
    assert words in ended.log.splitlines()[-1]
    assert case.startswith("jobs") or len(ended.log.splitlines()) == 1, ended.log
    assert ended.output == ""


def test_missing_course(toy: Class, run: Run) -> None:
    ended = run("toy", course=toy.root / "none")
    assert (ended.code, ended.log) == (2, f"autograder: there is no folder {toy.root / 'none'}\n")


def test_what_is_asked_for_is_graded(toy: Class, run: Run) -> None:
    """One student, one notebook, everybody, nobody twice, whoever handed in again, and all by force."""
    ended = run("toy", "--student=ada", "--json")
    assert ended.code == 0
    said = json.loads(ended.output)
    assert (said["graded"], said["skipped"], said["ungraded"]) == (1, 0, {})
    assert ended.log == ended.output, "nothing is said to whoever reads no terminal"
    assert json.loads(run("toy", "--notebook=one", "--student=bob", "--json").output)["graded"] == 1
    assert os.listdir(toy.root / "autograded" / "bob" / "toy") != []
    assert toy.autograded("bob", "two") is None
    assert toy.scores("bob") == {**FIRST_SCORES["bob"], "area": None, "choice": None}
    said = json.loads(run("toy", "--force", "--json", "--jobs=0").output)
    assert (said["graded"], said["skipped"]) == (3, 0)
    assert toy.all_scores() == FIRST_SCORES
    toy.hand_in("carl", double="def double(x):\n    return x")
    (toy.root / "submitted" / "carl" / "toy" / "timestamp.txt").write_text("2026-10-01 14:00:00 UTC\n")
    said = json.loads(run("toy", "--json").output)
    assert (said["graded"], said["skipped"]) == (1, 2)
    assert toy.scores("carl")["double"] == 0.0
    assert run("toy").output.startswith("toy: 0 graded, 3 left alone, 0 ungraded")


def test_terminal_shows_progress(toy: Class, tmp_path: Path) -> None:
    """A bar with what is done, on a terminal's standard error."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "autograder", f"--course-dir={toy.root}", "grade", "toy", "--jobs=1"]
    environment = {**toy.nbgrader.environment, "TERM": "xterm", "TMPDIR": "/tmp"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, text=True, env=environment) as process:
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:
            pass  # nobody holds the terminal any more
        os.close(master)
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0
    assert said.startswith("toy: 3 graded")
    assert "3/3" in shown.decode()
    assert "\x1b" not in said


LEFT = {
    "hook": "c.Autograde.post_convert_hook = hook\ndef hook(**_):\n    open('hooked', 'w').close()\n",
    "preprocessor": "from nbconvert.preprocessors import TagRemovePreprocessor\n"
    "c.Autograde.autograde_preprocessors.append(TagRemovePreprocessor)\n",
}


@pytest.mark.parametrize("kind", LEFT)
def test_what_is_the_course_s_own_is_left_to_nbgrader(toy: Class, run: Run, kind: str) -> None:
    """The same results, and its exit code."""
    config = f"def hook(**_):\n    open('hooked', 'w').close()\n{toy_course.CONFIG}{LEFT[kind].partition('def ')[0]}"
    (toy.root / "nbgrader_config.py").write_text(config)
    grader = toy.root / "solutions" / "toy" / "test_area.py"
    text = grader.read_text()
    grader.write_text("import nothing_of_this_name\n" if kind == "hook" else text)
    ended = run("toy", "--json")
    assert json.loads(ended.output) == {"assignment": "toy", "left to nbgrader": f"the course has {kind}s of its own"}
    assert "'nbgrader autograde' grades it" in ended.log
    if kind == "hook":
        assert ended.code == 1
        assert (toy.root / "hooked").exists() is False, "nobody was graded"
    else:
        assert ended.code == 0
        assert toy.all_scores() == FIRST_SCORES


def test_one_process_gets_ready_beside_the_template_and_the_others_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise all of them together would keep the template, and with it the first result, waiting."""
    waited: list[int] = []
    monkeypatch.setattr(crew, "_template", lambda order: SimpleNamespace(join=lambda desk: None))
    monkeypatch.setattr(crew, "Machine", lambda **given: None)
    monkeypatch.setattr(crew, "Worker", lambda order, machine: None)
    monkeypatch.setattr(crew, "wait", lambda desks, seconds: waited.extend(desk.fileno() for desk in desks))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        desk = crew.Desk(ours, multiprocessing.Lock(), multiprocessing.Lock())
        order = SimpleNamespace(remember=True)
        crew._worker(order, desk)
        assert waited == []
        crew._worker(order, desk)
        crew._worker(order, desk)
        assert waited == [ours.fileno()] * 2
