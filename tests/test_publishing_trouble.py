"""Trouble on the way to a release: bad input gets one sentence and its exit code, and nothing is lost."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring import records
from autograder.authoring.build import build
from autograder.cli import main
from autograder.course.errors import CourseError, UsageError
from autograder.course.files import alone_in, write_whole
from autograder.course.layout import Assignment, Course
from autograder.gradebook import publish as publishing
from autograder.grading.proof import Verification

Run = Callable[..., tuple[int, str]]
MASTER = "source/toy/scaling.master.md"
REFERENCE, GRADER = "solutions/toy/scale.py", "solutions/toy/test_scale.py"


@pytest.fixture
def run(course: Course, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in the course: its exit code, and what it said to stderr."""

    def one(*arguments: str) -> tuple[int, str]:
        code = main(["--course-dir", str(course.root), *arguments])
        return code, capsys.readouterr().err

    return one


def change(course: Course, name: str, old: str, new: str) -> None:
    path = course.root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def everything(course: Course) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in course.root.rglob("*")}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "toy-winter"], "toy has no variant 'winter'; it has base, autumn"),
        (["build", "--variant", "autumn"], "needs an assignment"),
        (["publish", "--variant", "autumn"], "needs an assignment"),
        (["build", "toy", "--force", "nope"], "no such notebook or file; it has scaling"),
        (["build", "../source/toy"], "no master of assignment"),
        (["build", "toy/"], "no master of assignment"),
        (["new", "problem", "np", "--notebook", "scaling"], "cannot be the name of a problem"),
        (["new", "problem", "print", "--notebook", "scaling"], "cannot be the name of a problem"),
    ],
)
def test_a_wrong_command_line(run: Run, course: Course, arguments: list[str], says: str) -> None:
    before = everything(course)
    code, said = run(*arguments)
    assert (code, says in said, said.count("\n")) == (2, True, 1), said
    assert everything(course) == before


@pytest.mark.parametrize("option", ["--jobs", "--repeat"])
def test_a_negative_count_is_refused(run: Run, option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("verify", "toy", option, "-1")
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["build", "publish", "variants"])
def test_a_folder_that_is_no_course(run: Run, course: Course, command: str) -> None:
    code, said = run("--course-dir", str(course.root / "nope"), command)
    assert (code, "no master lies in" in said) == (2, True)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('tags=["setup"]', "tags=3", "scaling.master.md cannot be rendered: TypeError"),
        ("points=2", 'points="two"', "scaling.master.md cannot be rendered: ValueError"),
        ("kernelspec:", "kernelspec: [", "scaling.master.md cannot be rendered: ParserError"),
        ('checks="scale"', 'checks=["scale"]', "scaling.master.md cannot be rendered: TypeError"),
        ("variant.factor", "variant.fator", "scaling.master.md, line 9: the variant has no attribute 'fator'"),
    ],
)
def test_a_broken_master_is_named(run: Run, course: Course, old: str, new: str, says: str) -> None:
    change(course, MASTER, old, new)
    code, said = run("build", "toy")
    assert (code, says in said) == (1, True), said


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            REFERENCE,
            "import numpy",
            "import sys; sys.exit(3)\nimport numpy",
            "scale.py cannot be imported: SystemExit: 3",
        ),
        (REFERENCE, '"added the factor", hint="What is 0 times 3?"', "print", "TypeError: a misconception says what"),
        (GRADER, "import pytest", "import sys; sys.exit(3)", "raise SystemExit: 3"),
        (GRADER, "points(2)", 'points("2")', "says no points"),
        (GRADER, "@pytest.mark.points(2)", "@pytest.mark.only(lambda v: v.no)\n@pytest.mark.points(2)", "has no 'no'"),
    ],
)
def test_a_broken_secret_room_is_named(run: Run, course: Course, name: str, old: str, new: str, says: str) -> None:
    change(course, name, old, new)
    code, said = run("build", "toy")
    assert (code, says in said) == (1, True), said
    change(course, name, new, old)
    assert run("build", "toy")[0] == 0


def test_what_cannot_be_read_is_named(run: Run, course: Course) -> None:
    odd = course.root / "solutions/toy/odd.py"
    odd.symlink_to("nowhere")
    assert "odd.py cannot be read" in run("build", "toy")[1]
    odd.unlink()
    odd.write_bytes(b"\xff")
    assert "odd.py cannot be read" in run("build", "toy")[1]


def test_conftest_files_outside_of_the_secret_room_are_nobodys(run: Run, course: Course) -> None:
    (course.root / "conftest.py").write_text("1 / 0")
    assert run("build", "toy")[0] == 0
    (course.root / "solutions/toy/conftest.py").write_text("1 / 0")
    code, said = run("build", "toy")
    assert (code, "ConftestImportFailure" in said) == (1, True)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("x = rng.normal", "1 / 0; x = rng.normal", "raised ZeroDivisionError"),
        (
            "float(rng.normal())\n",
            "float(rng.normal()), 1\n",
            "the reference raises TypeError for whatever inputs draws",
        ),
        ("    return [x, x.tolist()", "    return None\n    return [x, x.tolist()", "inputs gives no tuple"),
    ],
)
def test_inputs_that_compare_nothing_are_a_fault(
    course: Course, capsys: pytest.CaptureFixture[str], old: str, new: str, says: str
) -> None:
    change(course, REFERENCE, old, new)
    here = ["--course-dir", str(course.root)]
    assert main([*here, "verify", "toy", "--problem", "scale", "--jobs", "1", "--dry-run"]) == 1
    assert says in capsys.readouterr().out


def test_a_record_of_another_version_counts_as_none(run: Run, assignment: Assignment) -> None:
    path = assignment.solutions / records.RECORD_FILE
    path.write_text('{"base": 3, "autumn": {"notebooks": 3, "files": 7, "verified": {}}}')
    assert run("variants")[0] == run("build")[0] == 0
    assert set(json.loads(path.read_text())["base"]) == {"notebooks", "rendered"}
    path.write_text('{"base"')
    code, said = run("build")
    assert (code, "record.json cannot be read" in said) == (1, True)


def test_a_damaged_source_notebook_is_kept_until_it_is_forced(run: Run, assignment: Assignment) -> None:
    build(assignment)
    path = assignment.source / "scaling.ipynb"
    path.write_text("{cut off")
    assert records.state(assignment).rendered == records.EDITED
    code, said = run("build", "toy")
    assert (code, "--force scaling" in said, path.read_text()) == (2, True, "{cut off")
    assert run("build", "toy", "--force", "scaling")[0] == 0


def test_a_file_where_a_folder_should_be(run: Run, course: Course) -> None:
    (course.source / "toy-autumn").write_text("")
    code, said = run("build", "toy-autumn")
    assert (code, "cannot be written" in said) == (1, True)
    (course.root / "assignments").mkdir()
    (course.root / "assignments/toy").write_text("")
    code, said = run("publish", "toy")
    assert (code, "is a file, where the folder of the release" in said) == (2, True)


def test_a_file_of_the_variants_own_counts(course: Course) -> None:
    (course.source / "toy/data.csv").write_text("1")
    autumn = course.require("toy-autumn")
    build(autumn)
    before = records.fingerprint(autumn)
    (autumn.source / "data.csv").unlink()
    (autumn.source / "data.csv").write_text("2")
    assert records.fingerprint(autumn) != before


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "b.txt"
    write_whole(path, "old")

    def fail(self: Path, *arguments: object, **options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(CourseError, match=r"b\.txt cannot be written: No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_new_problem_is_laid_down_whole_or_not_at_all(
    run: Run, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(course)
    code, said = run("new", "problem", "x" * 300, "--notebook", "scaling")
    assert (code, "is not laid down" in said) == (1, True)
    assert everything(course) == before


def test_only_one_publishes_at_a_time(run: Run, course: Course) -> None:
    with alone_in(course.root):
        code, said = run("publish", "toy")
    assert (code, "another command is at work" in said) == (1, True)


def test_a_kill_ends_as_an_interruption(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("autograder.authoring.build.build", lambda *arguments: signal.raise_signal(signal.SIGTERM))
    assert run("build", "toy") == (130, "autograder: interrupted\n")
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_release_that_was_half_replaced_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command was killed after the old release had been moved away, and then the disk is full."""
    made, release = tmp_path / "made", tmp_path / "assignments" / "toy"
    old = release.with_name(".toy.old")
    made.mkdir()
    old.mkdir(parents=True)
    (old / "a.txt").write_text("old")

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", fail)
    with pytest.raises(CourseError, match="is as it was"):
        publishing._replace(release, made)
    assert (release / "a.txt").read_text() == "old"


def test_what_is_edited_while_it_is_proven_is_not_taken_for_proven(
    assignment: Assignment, course: Course, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    def verify(*arguments: object, **options: object) -> Verification:
        change(course, GRADER, "points(1)", "points(3)")
        return Verification(assignment.name, (), (), 0, 0.0)

    monkeypatch.setattr("autograder.authoring.verify.verify", verify)
    assert run("verify", "toy")[0] == 0
    assert records.state(assignment).verified == records.STALE


def test_a_dry_run_writes_nothing(run: Run, course: Course) -> None:
    (course.source / "toy/variants.py").write_text("AXES = None\n")
    before = everything(course)
    assert run("build", "--dry-run")[0] == 1
    assert run("verify", "toy", "--dry-run", "--quick", "--problem", "answer", "--jobs", "1")[0] == 0
    assert everything(course) == before


def test_unknown_names_of_what_is_forced(assignment: Assignment) -> None:
    with pytest.raises(UsageError, match="no such notebook"):
        build(assignment, force=["other"])
