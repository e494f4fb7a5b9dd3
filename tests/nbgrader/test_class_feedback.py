"""``autograder feedback``: the pages of nbgrader generate_feedback, whole or not at all."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from stock_page import generate_stock_feedback, shown
from toy_class import Class, Commands

from autograder.cli.main import main
from autograder.course.files import alone_in
from autograder.gradebook import class_feedback
from autograder.gradebook.batch.files import Staged
from autograder.gradebook.feedback import Feedback

ATTACK = "<script>alert('double')</script><img src=x onerror=alert(1)>"
ANSWERS = {
    "right": {"explain": "A **sum** of $x^2$, ![drawn](attachment:gone.png) and\n\n| a | b |\n|---|---|\n| 1 | 2 |"},
    "mistaken": {"double": "def double(x):\n    return np.asarray(x, dtype=float) ** 2", "choice": 'choice = "A"'},
    "attacking": {
        "double": f'print("""{ATTACK} class=\\x1b[31m""")\n\ndef double(x):\n    raise ValueError("""{ATTACK}""")',
        "explain": f"class=\"{ATTACK} <b title='a class='>bold</b>",
    },
    "drawing": {
        "average": "from IPython.display import HTML, Markdown, display\n"
        "display(HTML(\"<table class='dataframe'><tr><th>1</th></tr></table><img src='data:image/png;base64,AA'>\"))\n"
        "display(Markdown('# title\\n\\n`code`'))\n1 / 0"
    },
}


@pytest.fixture(scope="session")
def graded_variously(
    made_once: Callable[..., Path], generated: Path, nbgrader: Commands, copy_of: Callable[[Path, Path], None]
) -> Path:
    """A class with comments, grades by hand, extra credit and a late penalty. Only to be copied."""

    def make(root: Path) -> None:
        copy_of(generated, root)
        toy = Class(root, nbgrader)
        for student, answers in ANSWERS.items():
            toy.hand_in(student, **answers)
            (root / "submitted" / student / "toy" / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC\n")
        ended = toy.autograde()
        assert ended.code == 0, ended.log
        with toy.gradebook() as gradebook:
            gradebook.find_comment("explain", "one", "toy", "right").manual_comment = f"*Well* said {ATTACK}"
            gradebook.find_comment("double", "one", "toy", "mistaken").manual_comment = "See $2 x$."
            grade = gradebook.find_grade("explain", "one", "toy", "mistaken")
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.25, 0.333, False
            gradebook.find_submission_notebook("one", "toy", "mistaken").late_submission_penalty = 0.5
            gradebook.db.commit()

    return made_once("graded-variously", make)


@pytest.fixture
def various(graded_variously: Path, nbgrader: Commands, tmp_path: Path) -> Class:
    """A class of this test's own."""
    root = tmp_path / "course"
    shutil.copytree(graded_variously, root)
    return Class(root, nbgrader)


def feedback(toy: Class, *arguments: str) -> int:
    """Run the command."""
    return main(["--course-dir", str(toy.root), "feedback", "toy", *arguments])


def files_of(folder: Path) -> dict[str, str | None]:
    """Every file below a folder; the text of pages, without the number that is drawn for each."""
    found = {}
    for path in sorted(folder.rglob("*")):
        text = path.read_text() if path.suffix == ".html" else None
        if path.is_file():
            key = text.partition("'nonce-")[2].partition("'")[0] if text else ""
            found[str(path.relative_to(folder))] = text.replace(key, "") if text and key else text
    return found


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_pages_as_nbgrader_in_less_space(
    various: Class, jobs: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(class_feedback, "PAGES_OF_A_START", 1)
    place = various.root / "feedback"
    assert feedback(various, "--jobs", jobs) == 0
    assert capsys.readouterr().out.startswith("toy: 8 pages for 4 students in ")
    ours, modes = files_of(place), {path.name: path.stat().st_mode for path in place.rglob("*")}

    generate_stock_feedback(various.root, "toy")
    stock = files_of(place)

    assert list(ours) == list(stock)
    assert modes == {path.name: path.stat().st_mode for path in place.rglob("*")}
    for name, page in ours.items():
        if page is not None:
            assert shown(page) == shown(stock[name]), name
            assert len(page) < len(stock[name]) / 4
    assert sum(page.count("Late submission penalty (Score: -0.5)") for page in ours.values() if page) == 1
    assert "Score: 1.58 / 2.0" in ours["mistaken/toy/one.html"]


def test_both_commands_make_one_page(various: Class, nbgrader: Commands) -> None:
    assert feedback(various) == 0
    ours = files_of(various.root / "feedback")
    ended = various.run("generate_feedback", "toy", "--force")
    assert ended.code == 0, ended.log
    assert files_of(various.root / "feedback") == ours


def test_feedback_is_left_unless_it_is_older_or_that_is_wanted(
    various: Class, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(*arguments: str) -> dict[str, int]:
        assert feedback(various, "--json", *arguments) == 0
        return json.loads(capsys.readouterr().out)["made"]

    everybody = dict.fromkeys(sorted(ANSWERS), 2)
    page = various.root / "feedback" / "right" / "toy" / "one.html"
    assert made("--student", "r*") == {"right": 2}
    assert made() == {student: 2 for student in everybody if student != "right"}
    assert made() == {}
    assert made("--force") == everybody
    page.unlink()
    assert made() == {}, "nbgrader looks at the folder"
    assert made("--notebook", "two") == {}
    assert made("--notebook", "one") == {"right": 1}
    assert page.exists()
    (page.parent / "own.txt").write_text("mine")
    stamp = various.root / "autograded" / "right" / "toy" / "timestamp.txt"
    stamp.chmod(0o644)
    stamp.write_text("2026-10-02 12:00:00 UTC\n")
    assert made("--notebook", "o*") == {"right": 1}
    assert (page.parent / "timestamp.txt").read_text() == stamp.read_text()
    assert (page.parent / "own.txt").exists(), "one page is made anew, not the folder"
    stamp.write_text("2026-10-03 12:00:00 UTC\n")
    assert made() == {"right": 2}
    assert not (page.parent / "own.txt").exists()
    stamp.write_text("no time\n")
    assert made() == {}


def test_a_dry_run_writes_nothing(various: Class, capsys: pytest.CaptureFixture[str]) -> None:
    assert feedback(various, "--dry-run", "--notebook=two") == 0
    names = ", ".join(sorted(ANSWERS))
    assert capsys.readouterr().out == f"toy: feedback for 4 would be made\n{names}\n"
    assert feedback(various, "--dry-run", "--json", "--student=right") == 0
    assert json.loads(capsys.readouterr().out)["due"] == ["right"]
    assert not (various.root / "feedback").exists()


def test_what_fails_keeps_what_it_had(various: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown cell, a notebook that is none, one whose grading was interrupted: the others get their pages."""
    assert feedback(various) == 0
    before = files_of(various.root / "feedback")
    with various.gradebook() as gradebook:
        gradebook.db.delete(gradebook.find_grade("test_area", "two", "toy", "mistaken"))
        gradebook.db.commit()
    damaged = various.root / "autograded" / "attacking" / "toy" / "one.ipynb"
    damaged.chmod(0o644)
    damaged.write_text("{")
    (various.root / "autograded" / "right" / ".toy.unfinished").touch()
    capsys.readouterr()

    assert feedback(various, "--force") == 1

    told = capsys.readouterr().out
    assert "2 pages for 1 students" in told
    assert "✗ mistaken: the gradebook knows no cell 'test_area' of two.ipynb: grade it again" in told
    assert "✗ attacking: NotJSONError:" in told
    assert "✗ right: it is being graded, or the command that graded it was interrupted" in told
    after = files_of(various.root / "feedback")
    assert after == before
    assert not list((various.root / "feedback").rglob(".*"))


def test_an_interrupted_command_leaves_whole_folders_and_the_next_one_makes_the_rest(
    various: Class, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    convert = Feedback.convert_single_notebook

    def interrupted(self: Feedback, notebook: str) -> None:
        convert(self, notebook)
        if "mistaken" in notebook:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Feedback, "convert_single_notebook", interrupted)
        assert feedback(various) == 130
    assert capsys.readouterr().err == "autograder: interrupted\n"
    assert {path.parts[-2] for path in (various.root / "feedback").glob("*/toy")} == {"attacking", "drawing"}
    assert not list((various.root / "feedback").rglob(".*"))
    # What a killed command leaves.
    left = Staged(various.root / "feedback" / "drawing" / "toy").place
    left.mkdir()
    (left / "one.html").write_text("half")

    assert feedback(various, "--json") == 0
    assert json.loads(capsys.readouterr().out)["made"] == {"mistaken": 2, "right": 2}
    assert len(list((various.root / "feedback").rglob("*.html"))) == 8
    assert not list((various.root / "feedback").rglob(".*"))


def test_only_one_command_at_a_time(various: Class, capsys: pytest.CaptureFixture[str]) -> None:
    place = various.root / "feedback"
    place.mkdir()
    with alone_in(place):
        assert feedback(various) == 1
    assert "another command" in capsys.readouterr().err
    assert not list(place.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such"], "the gradebook knows no assignment 'no-such'"),
        (["../toy"], "the gradebook knows no assignment '../toy'"),
        (["a+b"], "should not contain"),
        (["toy", "--student=nobody"], "no notebooks were matched by"),
        (["toy", "--notebook=none"], "no notebooks were matched by"),
    ],
)
def test_bad_input_gets_one_sentence(
    graded_once: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["--course-dir", str(graded_once), "feedback", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not (graded_once / "feedback").exists()
