"""The demo, as a newcomer runs it: a class of 24 through the commands that a TA would type."""

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.errors import UsageError
from autograder.course.layout import Course
from autograder.gradebook.demo import MARKER, lay_out
from autograder.gradebook.demo_class import make_class
from autograder.gradebook.scores import class_rows
from autograder.grading.catalogue import load_problems
from autograder.report.classroom import StudentRow

ROOT = Path(__file__).parent.parent
NAME = "reparameterization"
POINTS = {"gaussian": 39.0, "inverse_cdf": 49.0, "quiz": 3.0, "vae": 17.0}


def fingerprint(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "course"
    rooms = [ROOT / "source", ROOT / "solutions", ROOT / "assignments"]
    before = [fingerprint(room) for room in rooms]
    command = [sys.executable, "-m", "autograder", "demo", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert [fingerprint(room) for room in rooms] == before, "the demo touched the course"
    return folder, run.stdout


@pytest.fixture(scope="module")
def rows(demo: tuple[Path, str]) -> dict[str, StudentRow]:
    return {row.student: row for row in class_rows(demo[0], NAME)}


def scores(row: StudentRow) -> dict[str, float | None]:
    return {name: notebook.score for name, notebook in row.notebooks.items()}


def test_everybody_is_graded(rows: dict[str, StudentRow]) -> None:
    assert len(rows) == 24
    assert not any(row.ungraded for row in rows.values())


@pytest.mark.parametrize("student", ["ada", "bernoulli", "cauchy", "markov", "ornstein", "pareto"])
def test_right_answers_get_everything(rows: dict[str, StudentRow], student: str) -> None:
    assert scores(rows[student]) == POINTS
    assert rows[student].misconceptions == []


def test_an_untouched_submission_gets_nothing(rows: dict[str, StudentRow]) -> None:
    assert rows["hopper"].total == 0


@pytest.mark.parametrize("student", ["euler", "fisher", "gauss", "tukey", "uhlenbeck", "venn", "wald", "yule"])
def test_every_planted_misconception_is_named(rows: dict[str, StudentRow], student: str) -> None:
    course = Course(ROOT).require(NAME)
    problems = load_problems(course.solutions, course.variant)
    planted = next(s for s in make_class(problems, course.variant) if s.name == student).answers
    right = make_class(problems, course.variant)[0].answers
    changed = {name for name in right if planted[name] != right[name]}
    assert changed == {named.problem for named in rows[student].misconceptions}
    assert len(changed) in (6, 7), "a quarter of the problems"


@pytest.mark.parametrize(
    ("student", "lost"),
    [("noether", {"gaussian"}), ("quetelet", {"quiz"}), ("rao", {"inverse_cdf", "quiz", "vae"})],
)
def test_what_was_not_handed_in_whole_costs_itself_alone(
    rows: dict[str, StudentRow], student: str, lost: set[str]
) -> None:
    assert scores(rows[student]) == {name: 0.0 if name in lost else points for name, points in POINTS.items()}


@pytest.mark.parametrize("student", ["ito", "jensen", "kolmogorov", "laplace"])
def test_broken_functions_cost_themselves_alone(rows: dict[str, StudentRow], student: str) -> None:
    """The points that are lost are those of the problems whose answers were broken, whole or in part."""
    course = Course(ROOT).require(NAME)
    problems = load_problems(course.solutions, course.variant)
    answers = next(s for s in make_class(problems, course.variant) if s.name == student).answers
    right = make_class(problems, course.variant)[0].answers
    broken = {name for name in right if answers[name] != right[name]}
    assert broken
    lost = sum(POINTS.values()) - rows[student].total
    assert 0 < lost <= 6 * len(broken)


def test_the_grades_and_the_pages_lie_where_it_says(demo: tuple[Path, str], rows: dict[str, StudentRow]) -> None:
    folder, output = demo
    with (folder / "grades.csv").open() as file:
        table = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert table == {student: row.total for student, row in rows.items()}
    assert f"{folder}/grades.csv" in output
    assert f"{folder}/feedback/<student>/{NAME}/*.html" in output
    pages = {path.parent.parent.name for path in folder.glob(f"feedback/*/{NAME}/*.html")}
    assert pages == set(rows)
    assert all(student in output for student in rows)


def test_a_students_page_names_the_mistake(demo: tuple[Path, str]) -> None:
    page = (demo[0] / "feedback" / "venn" / NAME / "gaussian.html").read_text(encoding="utf-8")
    assert "It looks as if you" in page
    assert "reparameterization/solutions" not in page


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="not empty and no earlier demo"):
        lay_out(Course(ROOT), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    lay_out(Course(ROOT), tmp_path / "demo")
    (tmp_path / "demo" / "old").touch()
    course = lay_out(Course(ROOT), tmp_path / "demo")
    assert not (course.root / "old").exists()
    assert (course.root / MARKER).exists()
    assert not list(course.root.rglob("*.ipynb"))
