"""What students get: current, complete, and without a word from the secret room."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from editions import ALL, BASE, EDITIONS, ROOT

from autograder.authoring import records
from autograder.authoring.build import build
from autograder.authoring.leaks import find_leaks
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import TEST_PREFIX, grade_id, read_notebook
from autograder.gradebook.commands import nbgrader
from autograder.gradebook.demo import lay_out
from autograder.grading.catalogue import load_problems

NOTEBOOKS = ["gaussian", "inverse_cdf", "quiz", "vae"]
FILES = {"digits.npz", "figures_gaussian.py", "figures_inverse_cdf.py", "figures_vae.py"}


@pytest.fixture(params=ALL, ids=lambda assignment: assignment.name)
def edition(request: pytest.FixtureRequest) -> Assignment:
    """Each variant in turn."""
    assignment: Assignment = request.param
    return assignment


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A copy of the rooms, in which nbgrader may write."""
    return lay_out(Course(ROOT), tmp_path_factory.mktemp("laid-out") / "course")


def test_every_variant_is_rendered_proven_and_published(edition: Assignment) -> None:
    """What is committed is what the masters and the secret room say now; 'make release' brings it up to date."""
    state = records.state(edition)
    assert (state.rendered, state.verified, state.published) == ("yes", "yes", "yes")


def test_variants_differ_on_every_axis() -> None:
    base = BASE.variant.values
    axes = [axis for axis in base if axis not in ("description", "spread")]
    for assignment in ALL[1:]:
        values = assignment.variant.values
        for axis in (
            "seed",
            "mu",
            "raw_spread",
            "eps",
            "dL_dz",
            "parameterization",
            "prior",
            "laws",
            "implicit_laws",
            "encoder",
            "likelihood",
            "beta",
            "questions",
        ):
            assert axis in axes
            assert values[axis] != base[axis], f"{assignment.name} has the base's {axis}"


def test_the_release_is_what_nbgrader_makes_of_the_source(edition: Assignment, laid_out: Course) -> None:
    built = build(Assignment(laid_out, edition.name))
    for one in built:
        assert one.path.read_bytes() == (edition.source / one.path.name).read_bytes(), "make release is due"
    nbgrader(laid_out.root, "generate_assignment", edition.name)
    made = laid_out.root / "assignments" / edition.name
    assert {path.name for path in made.iterdir()} == {path.name for path in edition.release.iterdir()}
    for path in made.iterdir():
        assert path.read_bytes() == (edition.release / path.name).read_bytes(), f"make release is due: {path.name}"


def test_the_release_holds_notebooks_and_their_helpers_alone(edition: Assignment) -> None:
    assert {path.name for path in edition.release.iterdir()} == {f"{name}.ipynb" for name in NOTEBOOKS} | FILES


def test_nothing_secret_is_in_the_release(edition: Assignment) -> None:
    problems = load_problems(edition.solutions, edition.variant)
    assert find_leaks(edition, problems, edition.release) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_stub_is_untouched_and_every_test_cell_locked(edition: Assignment, name: str) -> None:
    cells = {grade_id(cell): cell for cell in read_notebook(edition.release / f"{name}.ipynb").cells}
    problems = [problem for problem in load_problems(edition.solutions, edition.variant) if problem in cells]
    assert problems
    for problem in problems:
        assert "raise NotImplementedError()" in cells[problem].source
        test = cells[TEST_PREFIX + problem]
        assert test.metadata["nbgrader"]["points"] > 0
        assert test.metadata["editable"] is False
        assert "assert" in test.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_release_has_no_outputs(edition: Assignment, name: str) -> None:
    data = json.loads((edition.release / f"{name}.ipynb").read_text())
    assert all(cell["outputs"] == [] for cell in data["cells"] if cell["cell_type"] == "code")


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("assignment", EDITIONS, ids=lambda assignment: assignment.name)
def test_an_untouched_notebook_runs_to_its_end_in_a_kernel(assignment: Assignment, name: str, tmp_path: Path) -> None:
    """Only stubs and their checks raise; every other cell waits politely."""
    shutil.copytree(assignment.release, tmp_path, dirs_exist_ok=True)
    command = [sys.executable, "-m", "nbconvert", "--execute", "--allow-errors", "--to", "notebook", "--inplace"]
    environment = {"NBGRADER_EXECUTION": "autograde", "PATH": str(Path(sys.executable).parent), "HOME": str(tmp_path)}
    subprocess.run([*command, f"{name}.ipynb"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    for cell in read_notebook(tmp_path / f"{name}.ipynb").cells:
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if "nbgrader" not in cell.metadata:
            assert errors == [], cell.source


def test_the_digits_are_those_of_scikit_learn() -> None:
    import numpy as np
    from sklearn.datasets import load_digits

    digits = load_digits()
    with np.load(BASE.release / "digits.npz") as shipped:
        images, labels = (shipped[name] for name in sorted(shipped.files))
    assert images.dtype == np.uint8
    assert np.array_equal(images.reshape(len(images), -1), digits.data)
    assert np.array_equal(labels, digits.target)
