"""The pytest plugin that hidden graders run under.

It gives them the fixtures ``student``, ``reference`` and ``variant`` and the marker ``points``. An instructor debugs a
grader with plain pytest, on the reference or on one notebook::

    pytest solutions/reparameterization/test_kl_gradient.py
    pytest solutions/reparameterization/test_kl_gradient.py --submission path/to/gaussian.ipynb
"""

from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, SimpleNamespace

import pytest

from autograder.course.errors import PathwiseError
from autograder.course.layout import Assignment, Course
from autograder.grading.catalogue import load_problems
from autograder.grading.implementation import Implementation, LocalImplementation, Notebook

EXAMINEE = pytest.StashKey[Implementation]()
STUDENT = pytest.StashKey[Notebook]()
VARIANT = pytest.StashKey[SimpleNamespace]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names a submission."""
    group = parser.getgroup("autograder", "hidden graders")
    group.addoption("--submission", type=Path, metavar="NOTEBOOK", help="the notebook that the hidden graders judge")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "points(n): what an aspect of a hidden grader is worth")


def assignment_of(grader: Path) -> Assignment:
    """The assignment that a hidden grader belongs to: ``<root>/solutions/<assignment>/test_<stem>.py``."""
    solutions = grader.parent.parent
    return Assignment(Course(solutions.parent, solutions_directory=solutions.name), grader.parent.name)


@pytest.fixture(scope="module")
def variant(request: pytest.FixtureRequest) -> SimpleNamespace:
    """The numbers and choices of the variant that is graded."""
    override = request.config.stash.get(VARIANT, None)
    return assignment_of(request.path).variant if override is None else override


@pytest.fixture(scope="module")
def reference(request: pytest.FixtureRequest, variant: SimpleNamespace) -> Notebook:
    """The reference solutions, asked in the same words as a student's notebook."""
    return Notebook(LocalImplementation(_references(request.path), variant, trusted=True))


def _references(grader: Path) -> dict[str, FunctionType]:
    return {name: problem.reference for name, problem in load_problems(grader.parent).items()}


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest) -> Iterator[Implementation | None]:
    """The notebook named with ``--submission``, run in a box of its own, or None."""
    path: Path | None = request.config.getoption("--submission")
    if path is None:
        yield None
        return
    from autograder.box.session import run_notebook_file
    from autograder.box.template import Template

    try:
        with Template() as template, run_notebook_file(template, path) as session:
            yield session
    except PathwiseError as error:
        pytest.exit(str(error), returncode=error.exit_code)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Notebook:
    """The notebook under judgment; without a submission, the reference solutions play the student."""
    examinee = request.config.stash.get(EXAMINEE, None) or request.getfixturevalue("submission")
    notebook = Notebook(examinee or LocalImplementation(_references(request.path), request.getfixturevalue("variant")))
    request.node.stash[STUDENT] = notebook
    return notebook
