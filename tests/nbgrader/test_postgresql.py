"""A gradebook in PostgreSQL: every command reads and writes it as it does one in a file."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import postgresql
import pytest
import toy_course
from nbgrader.api import Gradebook
from test_whole_class import files, hand_in, stored
from toy_class import Class, Commands

LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
DUE = "2026-10-02 12:00:00 UTC"


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    """A server of this module's own."""
    try:
        pytest.importorskip("psycopg", reason="psycopg is not installed: pip install pathwise[postgres]")
        server = postgresql.Server()
    except (postgresql.Unavailable, pytest.skip.Exception) as missing:
        if os.environ.get("CI"):
            pytest.fail(f"the tests of PostgreSQL must run here: {missing}")
        pytest.skip(f"PostgreSQL is not tested: {missing}")
    yield server
    server.close()


@pytest.fixture(scope="module")
def classes(
    server: postgresql.Server, generated: Path, nbgrader: Commands, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, str]]:
    """The same class with a gradebook in a file and in the server, graded by nbgrader and by ours."""
    base = tmp_path_factory.mktemp("postgresql")
    made = {}
    for name in ("file", "ours", "nbgrader"):
        root = base / name
        shutil.copytree(generated, root)
        (root / "gradebook.db").unlink()
        url = f"sqlite:///{root / 'gradebook.db'}" if name == "file" else server.create(name)
        config = f"{toy_course.CONFIG}{LATE}c.CourseDirectory.db_url = {url!r}\n"
        (root / "nbgrader_config.py").write_text(config)
        ended = nbgrader(root, "generate_assignment", "toy", "--force")
        assert ended.code == 0, ended.log
        with Gradebook(url) as gradebook:
            gradebook.update_or_create_assignment("toy", duedate=DUE)
        hand_in(Class(root, nbgrader))
        ended = nbgrader(root, "autograde", "toy") if name == "nbgrader" else nbgrader.autograder(root, "grade", "toy")
        assert ended.code == 0, ended.log
        made[name] = (root, url)
    return made


def test_gradebooks_are_equal(classes: dict[str, tuple[Path, str]]) -> None:
    """Scores, comments, penalties and dates are those of the gradebook in a file, whoever grades."""
    expected = stored(classes["file"][0])
    assert len(expected) == 13
    for name in ("ours", "nbgrader"):
        root, url = classes[name]
        assert not (root / "gradebook.db").exists()
        assert stored(root, url=url) == expected, name


def test_files_are_equal(classes: dict[str, tuple[Path, str]]) -> None:
    """Where the gradebook lies makes no difference to what is autograded."""
    expected = files(classes["file"][0])
    for name in ("ours", "nbgrader"):
        assert files(classes[name][0]) == expected, name


def test_exports_and_reports_are_equal(classes: dict[str, tuple[Path, str]], nbgrader: Commands) -> None:
    """Tables for spreadsheets and for the terminal."""
    for command in (("export", "--to=grades.csv"), ("report", "toy")):
        seen = {name: nbgrader.autograder(root, *command) for name, (root, _) in classes.items()}
        assert seen["file"].code == 0, seen["file"].log
        assert seen["ours"] == seen["nbgrader"] == seen["file"]
    # Students without a name stand in no order, which PostgreSQL makes use of.
    tables = {name: sorted((root / "grades.csv").read_text().splitlines()) for name, (root, _) in classes.items()}
    assert len(tables["file"]) == 14
    assert tables["ours"] == tables["nbgrader"] == tables["file"]


def test_a_second_round_changes_what_is_there(classes: dict[str, tuple[Path, str]], nbgrader: Commands) -> None:
    """What was graded by hand stays, what was handed in again is graded again, the rest is left alone."""
    seen = {}
    for name in ("file", "ours"):
        root, url = classes[name]
        with Gradebook(url) as gradebook:
            gradebook.find_grade("explain", "one", "toy", "right").manual_score = 1.5
            gradebook.find_comment("explain", "one", "toy", "right").manual_comment = "Yes – ½ of it"
            gradebook.db.commit()
        Class(root, nbgrader).hand_in("right", double="def double(x):\n    return x")
        (root / "submitted" / "right" / "toy" / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC\n")
        ended = nbgrader.autograder(root, "grade", "toy", "--student=right", "--force")
        assert ended.code == 0, ended.log
        seen[name] = stored(root, url=url)
    assert seen["ours"]["right"] == seen["file"]["right"]
    assert seen["ours"] == seen["file"]


def test_a_server_that_is_gone_is_one_sentence(
    classes: dict[str, tuple[Path, str]], server: postgresql.Server, nbgrader: Commands
) -> None:
    """No command shows a traceback, and nobody's grade is touched."""
    root, _ = classes["ours"]
    before = files(root)
    server.stop()
    for command in (("grade", "toy"), ("export", "--to=gone.csv"), ("report", "toy")):
        ended = nbgrader.autograder(root, *command)
        assert ended.code == 1, ended.log
        (line,) = ended.log.splitlines()
        assert line.startswith("autograder: the gradebook"), ended.log
    assert files(root) == before
    ended = nbgrader(root, "autograde", "toy", "--student=late", "--force")
    assert ended.code == 1, ended.log
    assert "Traceback" not in ended.log, ended.log
    assert "the gradebook could not be used" in ended.log
    # nbgrader takes the folder of what it could not grade away, so that the next command grades it.
    others = {name: file for name, file in before.items() if not name.startswith("autograded/late/")}
    assert files(root) == others
