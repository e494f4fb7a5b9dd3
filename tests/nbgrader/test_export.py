"""``autograder export`` against nbgrader's own exporter, on classes made up at random."""

import csv
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Base, Gradebook
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy import create_engine

from autograder.cli.main import main
from autograder.course.errors import CourseError, UsageError
from autograder.gradebook.export import export_csv

# nbgrader adds a submission in two steps, of which SQLAlchemy warns.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

NAMES = ["Ada", "O'Hara", "Jiří", "李", "", None, " x ", "ada", "Zoë-Ann"]
ODD_NAMES = [*NAMES, "Doe, Jr.", 'the "one"', "a,b"]
DUE = datetime(2026, 10, 1, 12)


def make_class(root: Path, seed: int, names: list[str | None]) -> Gradebook:
    """Fill a gradebook: late and missing submissions, grades by hand, extra credit, tasks, empty assignments."""
    url = f"sqlite:///{root / 'gradebook.db'}"
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    gradebook = Gradebook(url)
    chance = random.Random(seed)
    for number in range(3):
        assignment = f"ps{number}"
        gradebook.add_assignment(assignment, duedate=chance.choice([None, DUE, DUE + timedelta(days=number)]))
        for notebook in range(chance.randrange(3)):
            gradebook.add_notebook(f"n{notebook}", assignment)
            for cell in range(chance.randrange(4)):
                add = chance.choice([gradebook.add_grade_cell, gradebook.add_task_cell])
                kind = "code" if add == gradebook.add_grade_cell else "markdown"
                add(f"c{cell}", f"n{notebook}", assignment, max_score=chance.randrange(8), cell_type=kind)
                gradebook.add_solution_cell(f"s{cell}", f"n{notebook}", assignment)
    for number in range(chance.randrange(1, 12)):
        person = {name: chance.choice(names) for name in ("first_name", "last_name", "email")}
        gradebook.add_student(f"{chance.choice(['s', 'S', '0'])}{number}", **person)
    for assignment in gradebook.assignments:
        for student in gradebook.students:
            if chance.random() < 0.7:
                timestamp = chance.choice([None, DUE, DUE + timedelta(microseconds=number)])
                submit(gradebook, chance, assignment.name, student.id, timestamp)
    gradebook.db.commit()
    return gradebook


def submit(
    gradebook: Gradebook, chance: random.Random, assignment: str, student: str, timestamp: datetime | None
) -> None:
    """Hand one assignment in, and grade some of it."""
    submission = gradebook.add_submission(assignment, student, timestamp=timestamp)
    for notebook in submission.notebooks:
        notebook.late_submission_penalty = chance.choice([None, 0, 0.25, 1.5, 100])
        for grade in notebook.grades:
            # Eighths, whose sums are the same in every order.
            for kind in ("auto_score", "manual_score", "extra_credit"):
                setattr(grade, kind, chance.choice([None, 0, chance.randrange(64) / 8]))


def of_nbgrader(gradebook: Gradebook, path: Path, **settings: list[str]) -> str:
    """What nbgrader writes."""
    CsvExportPlugin(to=str(path), **settings).export(gradebook)
    return path.read_text()


@pytest.mark.parametrize("seed", range(12))
def test_the_same_to_the_letter(tmp_path: Path, seed: int) -> None:
    with make_class(tmp_path, seed, NAMES) as gradebook:
        expected = of_nbgrader(gradebook, tmp_path / "theirs.csv")
    text, rows = export_csv(tmp_path)
    assert text == expected
    assert rows == len(expected.splitlines()) - 1


@pytest.mark.parametrize("seed", range(4))
def test_what_would_break_a_line_is_quoted(tmp_path: Path, seed: int) -> None:
    with make_class(tmp_path, seed, ODD_NAMES) as gradebook:
        expected = of_nbgrader(gradebook, tmp_path / "theirs.csv")
    rows = list(csv.reader(export_csv(tmp_path)[0].splitlines()))
    assert [",".join(row) for row in rows] == expected.splitlines()
    assert {len(row) for row in rows} == {11}


def test_only_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with make_class(tmp_path, 5, NAMES) as gradebook:
        students = [student.id for student in gradebook.students][:2]
        expected = of_nbgrader(gradebook, tmp_path / "theirs.csv", student=students, assignment=["ps1", "ps2"])
    ours = tmp_path / "ours.csv"
    command = ["--course-dir", str(tmp_path), "export", "--to", str(ours), f"--student=[{', '.join(students)}]"]
    assert main([*command, "--assignment", "ps1", "--assignment=['ps2']"]) == 0
    assert ours.read_text() == expected
    assert capsys.readouterr().out == f"{ours}: 4 rows\n"


def test_nobody_and_nothing_yet(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'gradebook.db'}")
    Base.metadata.create_all(engine)
    engine.dispose()
    text, rows = export_csv(tmp_path)
    assert rows == 0
    assert text.startswith("assignment,duedate,")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--student", "nobody"], "knows no student 'nobody'"),
        (["--assignment", "ps9"], "knows no assignment 'ps9'"),
        (["--to", "/dev/null"], "is no file"),
        (["--to", "."], "is no file"),
    ],
)
def test_what_does_not_exist_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    make_class(tmp_path, 1, NAMES).close()
    before = sorted(tmp_path.iterdir())
    assert main(["--course-dir", str(tmp_path), "export", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_no_list_of_names_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", "--student=[a,]"])
    assert ended.value.code == 2
    assert "[a,] is no list of names" in capsys.readouterr().err


def test_a_gradebook_is_neither_made_nor_guessed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no gradebook at"):
        export_csv(tmp_path)
    assert not list(tmp_path.iterdir())
    (tmp_path / "gradebook.db").write_bytes(b"no database at all")
    with pytest.raises(CourseError, match=r"cannot be read .*nbgrader db upgrade"):
        export_csv(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("get_config().CourseDirectory.db_url = 'nosuch://ada:secret@host/x'\n")
    with pytest.raises(CourseError, match="cannot be read") as refused:
        export_csv(tmp_path)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("command", [["--help"], ["export"], ["report", "ps0"]])
def test_these_commands_load_no_torch(tmp_path: Path, command: list[str]) -> None:
    make_class(tmp_path, 1, NAMES).close()
    code = (
        f"import sys\nsys.argv = ['autograder', *{command!r}]\n"
        "from autograder.cli import main\n"
        "try: code = main()\nexcept SystemExit as ended: code = ended.code\n"
        "print(code or 0, [n for n in ('torch', 'scipy', 'matplotlib', 'pytest', 'rfc3987_syntax.syntax_helpers')\n"
        "  if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
