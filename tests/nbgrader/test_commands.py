"""The commands that a TA knows do what they always did, with hidden graders at work."""

import csv
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from toy_class import Class, Commands
from toy_course import POINTS

BOB = {**POINTS, "double": 0.0}


def configure(toy: Class, text: str) -> None:
    """Add to the settings of a course."""
    path = toy.root / "nbgrader_config.py"
    path.write_text(f"{path.read_text()}{text}\n")


def test_graded_submissions_are_skipped(graded: Class) -> None:
    before = graded.all_scores()
    graded.hand_in("ada", double="def double(x):\n    pass")
    graded.hand_in("dora")

    ended = graded.autograde()

    assert ended.code == 0
    assert len(ended.lines("Skipping existing assignment")) == 3
    assert graded.all_scores() == {**before, "dora": POINTS}


def test_newer_submissions_are_graded_again(toy: Class) -> None:
    for hour, double in ((12, "def double(x):\n    pass"), (13, "def double(x):\n    return x * 2")):
        toy.hand_in("ada", double=double)
        (toy.root / "submitted" / "ada" / "toy" / "timestamp.txt").write_text(f"2026-10-01 {hour}:00:00 UTC\n")
        assert toy.autograde().code == 0
    assert toy.scores("ada") == POINTS


def test_force_grades_one_student_again(graded: Class) -> None:
    before = graded.all_scores()
    graded.hand_in("ada", double="def double(x):\n    pass")
    graded.hand_in("bob")

    ended = graded.autograde("--force", "--student", "bob")

    assert ended.code == 0
    assert graded.all_scores() == {**before, "bob": POINTS}


def test_one_notebook_of_one_student(toy: Class) -> None:
    toy.hand_in("ada")
    toy.hand_in("bob")

    ended = toy.autograde("--student", "bob", "--notebook", "two")

    assert ended.code == 0
    assert toy.all_scores() == {"bob": {"double": None, "average": None, "area": 4.0, "choice": 1.0}}
    assert toy.autograded("bob", "two") is not None
    assert toy.autograded("bob", "one") is None


def test_manual_grades_survive_a_regrade(graded: Class) -> None:
    with graded.gradebook() as gradebook:
        answer = gradebook.find_grade("explain", "one", "toy", "ada")
        answer.manual_score, answer.needs_manual_grade = 1.5, False
        overruled = gradebook.find_grade("test_double", "one", "toy", "bob")
        overruled.manual_score, overruled.extra_credit, overruled.needs_manual_grade = 2.5, 0.25, False
        gradebook.find_comment("explain", "one", "toy", "ada").manual_comment = "Well put."
        gradebook.db.commit()

    assert graded.autograde("--force").code == 0

    with graded.gradebook() as gradebook:
        answer = gradebook.find_grade("explain", "one", "toy", "ada")
        assert (answer.manual_score, answer.score, answer.auto_score) == (1.5, 1.5, None)
        assert answer.needs_manual_grade, "nbgrader asks again after every regrade"
        assert gradebook.find_comment("explain", "one", "toy", "ada").comment == "Well put."
        overruled = gradebook.find_grade("test_double", "one", "toy", "bob")
        assert (overruled.manual_score, overruled.auto_score, overruled.score) == (2.5, 0.0, 2.75)
        assert overruled.needs_manual_grade
        untouched = gradebook.find_grade("test_double", "one", "toy", "ada")
        assert (untouched.score, untouched.needs_manual_grade) == (3.0, False)


PENALTY = '''\
from nbgrader.plugins import BasePlugin


class HalfAPointAnHour(BasePlugin):
    """Takes half a point for every hour."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600 / 2
'''


def test_late_penalties_and_export(toy: Class) -> None:
    (toy.root / "penalty.py").write_text(PENALTY)
    configure(toy, "c.AssignLatePenalties.plugin_class = 'penalty.HalfAPointAnHour'")
    with toy.gradebook() as gradebook:
        gradebook.update_or_create_assignment("toy", duedate=datetime(2026, 10, 1, 12, 0, 0))
    for student, hour in (("ada", 12), ("bob", 14)):
        toy.hand_in(student)
        (toy.root / "submitted" / student / "toy" / "timestamp.txt").write_text(f"2026-10-01 {hour}:00:00 UTC\n")

    assert toy.autograde().code == 0
    assert toy.run("export", "--to=grades.csv").code == 0

    assert toy.all_scores() == {"ada": POINTS, "bob": POINTS}, "the penalty is apart from the points"
    with (toy.root / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(row["late_submission_penalty"]) for name, row in rows.items()} == {"ada": 0.0, "bob": 2.0}
    assert {name: float(row["score"]) for name, row in rows.items()} == {"ada": 10.0, "bob": 8.0}
    assert {float(row["max_score"]) for row in rows.values()} == {12.0}


def test_zip_collect(toy: Class) -> None:
    archive = toy.root / "downloaded" / "toy" / "archive" / "notebooks.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as handed_in:
        for name, notebook in toy.notebooks().items():
            handed_in.writestr(f"ada_attempt_2026-10-01-12-00-00_{name}.ipynb", nbformat.writes(notebook))
        handed_in.writestr("bob_attempt_2026-10-01-12-00-00_one.ipynb", "cut o")
    configure(
        toy,
        "c.FileNameCollectorPlugin.named_regexp = "
        "r'.*?(?P<student_id>[a-z]+)_attempt_(?P<timestamp>[0-9-]+)_(?P<file_id>[a-z]+)'",
    )

    assert toy.run("zip_collect", "toy").code == 0
    assert toy.autograde().code == 0

    assert toy.all_scores() == {"ada": POINTS, "bob": dict.fromkeys(POINTS, 0.0)}


def test_exchange(toy: Class, tmp_path: Path) -> None:
    """Released, fetched, submitted, collected, graded, and the feedback sent back."""
    exchange, desk = tmp_path / "exchange", tmp_path / "desk"
    for folder in (exchange, desk):
        folder.mkdir()
    exchange.chmod(0o777)
    settings = [f"--Exchange.root={exchange}", f"--Exchange.cache={tmp_path / 'cache'}", "--course", "toy"]

    def student(*arguments: str) -> None:
        ended = toy.nbgrader(desk, *arguments, *settings)
        assert ended.code == 0, ended.log

    def teacher(*arguments: str) -> None:
        ended = toy.run(*arguments)
        assert ended.code == 0, ended.log

    teacher("release_assignment", "toy", *settings)
    student("fetch_assignment", "toy")
    assert {path.name for path in (desk / "toy").iterdir()} == {"one.ipynb", "two.ipynb", "table.csv"}
    for name, notebook in toy.notebooks().items():
        nbformat.write(notebook, desk / "toy" / f"{name}.ipynb")
    student("submit", "toy")
    teacher("collect", "toy", *settings)
    teacher("autograde", "toy")
    ((name, scores),) = toy.all_scores().items()
    assert scores == POINTS
    teacher("generate_feedback", "toy")
    teacher("release_feedback", "toy", *settings)
    student("fetch_feedback", "toy")
    (page,) = (desk / "toy" / "feedback").glob("*/one.html")
    assert "double: 3 of 3 points" in page.read_text()


FORMGRADER = """
import gc, json, os, sys, warnings
warnings.simplefilter("ignore")
from nbgrader.apps import NbGraderApp
from nbgrader.apps.api import NbGraderAPI

app = NbGraderApp()
app.initialize([])
api = NbGraderAPI(app.coursedir, parent=app)
for line in sys.stdin:
    print(json.dumps(api.autograde("toy", line.strip())), flush=True)
gc.collect()
try:
    os.waitpid(-1, os.WNOHANG)
    print("a child is left", flush=True)
except ChildProcessError:
    print("no child is left", flush=True)
"""


@pytest.fixture
def button(graded: Class, nbgrader: Commands) -> Iterator["Button"]:
    """The formgrader of a course, a process that stays."""
    pressed = Button(graded, nbgrader)
    yield pressed
    pressed.end()


class Button:
    """Formgrader's button "autograde"."""

    def __init__(self, graded: Class, nbgrader: Commands) -> None:
        self.graded = graded
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORMGRADER],
            cwd=graded.root,
            env=nbgrader.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def press(self, student: str) -> dict[str, object]:
        """Press it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{student}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> str:
        """End the formgrader and give what it said last."""
        return self._process.communicate()[0].strip()


def test_formgrader_grades_one_student(button: Button) -> None:
    before = button.graded.all_scores()
    button.graded.hand_in("bob")
    assert button.press("bob")["success"]
    assert button.graded.all_scores() == {**before, "bob": POINTS}
    assert button.press("ada")["success"]
    assert button.end() == "no child is left"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("test_double.py", "for x in", "for x in 1 / 0,"),
        ("double.py", "return 2 * np", "return np.no_such_function"),
    ],
)
def test_formgrader_sees_that_a_grader_was_repaired(button: Button, name: str, old: str, new: str) -> None:
    """A process that stays must not go on with the graders and references that it once read."""
    before = button.graded.all_scores()
    assert button.press("carl")["success"]
    path = button.graded.root / "solutions" / "toy" / name
    right = path.read_text()
    path.write_text(right.replace(old, new))
    result = button.press("bob")
    assert not result["success"]
    assert "Ungraded, old scores kept: " in str(result["log"])
    assert "Traceback" not in str(result["log"])
    assert button.graded.all_scores() == before

    path.write_text(right)
    button.graded.hand_in("bob")
    assert button.press("bob")["success"]
    assert button.graded.scores("bob") == POINTS
