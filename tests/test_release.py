"""What students get: current, complete, and without a word from the secret room."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.build import build
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import TEST_PREFIX, grade_id, read_notebook
from autograder.gradebook.demo import lay_out, nbgrader
from autograder.grading.catalogue import load_problems, signature_and_body

ROOT = Path(__file__).parent.parent
ASSIGNMENT = Assignment(Course(ROOT), "reparameterization")
RELEASE = ROOT / "assignments" / "reparameterization"
PROBLEMS = load_problems(ASSIGNMENT.solutions)
NOTEBOOKS = ["gaussian", "inverse_cdf", "quiz", "vae"]
FILES = {"digits.npz", "figures_gaussian.py", "figures_inverse_cdf.py", "figures_vae.py"}


def test_the_source_notebooks_are_those_of_the_masters() -> None:
    assert [built.changed for built in build(ASSIGNMENT, dry_run=True)] == [False] * len(NOTEBOOKS)


def test_the_release_is_what_nbgrader_makes_of_the_source(tmp_path: Path) -> None:
    course = lay_out(Course(ROOT), tmp_path / "course")
    build(course.require("reparameterization"))
    nbgrader(course.root, "generate_assignment", "reparameterization")
    made = course.root / "assignments" / "reparameterization"
    assert {path.name for path in made.iterdir()} == {path.name for path in RELEASE.iterdir()}
    for path in made.iterdir():
        assert path.read_bytes() == (RELEASE / path.name).read_bytes(), f"make release is due: {path.name}"


def test_the_release_holds_notebooks_and_their_helpers_alone() -> None:
    assert {path.name for path in RELEASE.iterdir()} == {f"{name}.ipynb" for name in NOTEBOOKS} | FILES


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_line_of_a_solution_is_in_the_release(name: str) -> None:
    """A line of a reference's body that is long enough to be its own does not occur in what students get."""
    released = (RELEASE / f"{name}.ipynb").read_text()
    text = "\n".join(cell["source"] for cell in read_notebook(RELEASE / f"{name}.ipynb").cells)
    given = {
        line.strip() for cell in read_notebook(RELEASE / f"{name}.ipynb").cells for line in cell.source.splitlines()
    }
    for problem in PROBLEMS.values():
        for misconception in problem.misconceptions:
            assert misconception.text not in text
            assert misconception.name not in released
        if problem.is_value:
            continue
        for line in signature_and_body(problem.reference)[1].splitlines():
            if "return" in line:
                assert line.strip() not in given, f"{problem.name}: {line}"
    for word in ("BEGIN SOLUTION", "MARK SCHEME", "misconception", "solutions/"):
        assert word not in released


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_stub_is_untouched_and_every_test_cell_locked(name: str) -> None:
    cells = {grade_id(cell): cell for cell in read_notebook(RELEASE / f"{name}.ipynb").cells}
    problems = [problem for problem in PROBLEMS if problem in cells]
    assert problems
    for problem in problems:
        assert "raise NotImplementedError()" in cells[problem].source
        test = cells[TEST_PREFIX + problem]
        assert test.metadata["nbgrader"]["points"] > 0
        assert test.metadata["editable"] is False
        assert "assert" in test.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_release_has_no_outputs(name: str) -> None:
    data = json.loads((RELEASE / f"{name}.ipynb").read_text())
    assert all(cell["outputs"] == [] for cell in data["cells"] if cell["cell_type"] == "code")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_an_untouched_notebook_runs_to_its_end_in_a_kernel(name: str, tmp_path: Path) -> None:
    """Only stubs and their checks raise; every other cell waits politely."""
    shutil.copytree(RELEASE, tmp_path, dirs_exist_ok=True)
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
    with np.load(RELEASE / "digits.npz") as shipped:
        images, labels = (shipped[name] for name in sorted(shipped.files))
    assert images.dtype == np.uint8
    assert np.array_equal(images.reshape(len(images), -1), digits.data)
    assert np.array_equal(labels, digits.target)
