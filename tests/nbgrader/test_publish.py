"""Publishing a variant with the real nbgrader: what is released, what is refused, what each state is called."""

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import records
from autograder.authoring.records import State, state
from autograder.cli import main
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import grade_id, read_notebook


@pytest.fixture
def here(course: Course) -> list[str]:
    """The command line's first words for the toy course."""
    return ["--course-dir", str(course.root)]


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the published toy course is kept."""
    return tmp_path_factory.mktemp("published")


@pytest.fixture
def published(course: Course, here: list[str], published_once: Path) -> Assignment:
    """The toy's variant ``autumn``, published; it is published once and copied for each test."""
    kept = published_once / "course"
    if not kept.exists():
        assert main([*here, "publish", "toy", "--variant", "autumn", "--jobs", "1"]) == 0
        shutil.copytree(course.root, kept, symlinks=True)
    shutil.rmtree(course.root)
    shutil.copytree(kept, course.root, symlinks=True)
    return course.require("toy").edition("autumn")


def steps(assignment: Assignment) -> tuple[str, str, str]:
    """How far a variant has come, read anew."""
    found = state(Assignment(assignment.course, assignment.name))
    return found.rendered, found.verified, found.published


def edit(path: Path, name: str, text: str) -> None:
    """Write something else into one cell of a notebook, as a person would."""
    notebook = read_notebook(path)
    next(cell for cell in notebook.cells if grade_id(cell) == name).source = text
    nbformat.write(notebook, path)


def test_a_published_variant_is_rendered_proven_and_released(published: Assignment) -> None:
    assert steps(published) == ("yes", "yes", "yes")
    released = read_notebook(published.release / "scaling.ipynb")
    stub = next(cell for cell in released.cells if grade_id(cell) == "scale")
    assert "raise NotImplementedError()" in stub.source
    assert "Scaling by 4" in released.cells[0].source
    assert [path.name for path in published.release.iterdir()] == ["scaling.ipynb"]
    assert state(published.course.require("toy")) == State("toy", "", "no", "no", "no")


def test_publishing_again_proves_nothing_and_changes_nothing(
    published: Assignment, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = records.files_of(published.course.root / "assignments")
    assert main([*here, "publish", "toy-autumn"]) == 0
    said = capsys.readouterr().out
    assert "current" in said
    assert "nbgrader release_assignment toy-autumn" in said
    assert "Graders of" not in said
    assert records.files_of(published.course.root / "assignments") == before


def test_a_change_makes_stale_what_was_made_from_it(published: Assignment, here: list[str]) -> None:
    table = published.course.source / "toy" / "variants.toml"
    table.write_text(table.read_text() + "\n[spring]\nfactor = 6\n")
    assert steps(published) == ("yes", "yes", "yes"), "another variant is no change of this one"
    table.write_text(table.read_text().replace("factor = 4", "factor = 5"))
    assert steps(published) == ("stale", "stale", "stale")
    assert main([*here, "build", "toy-autumn"]) == 0
    assert steps(published) == ("yes", "stale", "stale")


def test_an_edited_release_is_kept_until_it_is_named(
    published: Assignment, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = published.release / "scaling.ipynb"
    edit(path, "scale", "def scale(x, factor):\n    return 'by hand'\n")
    edited = path.read_bytes()
    assert steps(published) == ("yes", "yes", "edited by hand")
    assert main([*here, "publish", "toy-autumn"]) == 2
    said = capsys.readouterr().err
    assert "was edited by hand" in said
    assert "-    return 'by hand'" in said
    assert "--force scaling" in said
    assert path.read_bytes() == edited
    assert main([*here, "publish", "toy-autumn", "--force", "scalling"]) == 2
    assert "it has scaling" in capsys.readouterr().err
    assert main([*here, "publish", "toy-autumn", "--force", "scaling"]) == 0
    assert steps(published) == ("yes", "yes", "yes")


def test_a_secret_in_a_release_is_found(
    published: Assignment, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*here, "verify", "toy-autumn", "--quick", "--jobs", "1", "--dry-run"]
    assert main(arguments) == 0
    edit(published.release / "scaling.ipynb", "answer", "# for the TAs: whoever gave A took the first letter")
    assert main(arguments) == 1
    assert "✗ scaling.ipynb, cell 5 (answer): the text of a misconception" in capsys.readouterr().out


def test_an_edited_source_notebook_is_kept_until_it_is_named(
    published: Assignment, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    edit(published.source / "scaling.ipynb", "test_scale", "assert True  # by hand")
    assert steps(published)[0] == "edited by hand"
    assert main([*here, "publish", "toy", "--variant", "autumn"]) == 2
    assert "-assert True  # by hand" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(course: Course, here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    def everything() -> dict[str, str]:
        return {name: text for name, text in records.files_of(course.root).items() if "__pycache__" not in name}

    before = everything()
    assert main([*here, "publish", "toy", "--dry-run", "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "would change" in said
    assert "Nothing was written" in said
    assert everything() == before


def test_what_is_not_proven_is_not_released(
    course: Course, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    grader = course.solutions / "toy" / "test_scale.py"
    grader.write_text(grader.read_text().replace("    assert_arguments_unchanged(student.scale, x, 2.0)\n", ""))
    assert main([*here, "publish", "toy", "--jobs", "1"]) == 1
    said = capsys.readouterr().out
    assert "Nothing was released" in said
    assert "changed in place" in said
    assert not (course.root / "assignments").exists()


def test_the_states_are_listed(published: Assignment, here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*here, "variants"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "toy" in line]
    assert [line.split() for line in lines] == [
        ["toy", "no", "no", "no"],
        ["toy-autumn", *["yes"] * 3],
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["publish", "toy", "--variant", "nope"], "toy has no variant 'nope'; it has base, autumn"),
        (["publish", "toy-autumn", "--variant", "base"], "leave out --variant base"),
        (["verify", "toy", "--problem", "scal"], "toy has no problem 'scal'; it has answer, scale"),
        (["new", "problem", "scale", "--notebook", "scaling"], "problem scale exists"),
        (["new", "problem", "no way", "--notebook", "scaling"], "'no way' cannot be the name"),
        (["new", "problem", "lambda", "--notebook", "scaling"], "'lambda' cannot be the name"),
        (["new", "problem", "more", "--notebook", "nope"], "toy has no notebook 'nope'; it has scaling"),
    ],
)
def test_a_wrong_command_line_says_what_there_is(
    course: Course, here: list[str], arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*here, *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_record_that_cannot_be_read_is_named(
    course: Course, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (course.solutions / "toy" / "record.json").write_text("{")
    assert main([*here, "variants"]) == 1
    assert "record.json cannot be read" in capsys.readouterr().err
