"""The pytest plugin that hidden graders run under.

It gives them the fixtures ``student``, ``reference`` and ``variant`` and the markers ``points`` and ``only``. A grader
that several problems share takes ``problem`` as an argument, and runs once for each of them. An instructor debugs a
grader with plain pytest, on the reference or on one notebook::

    pytest solutions/reparameterization/test_kl_gradient.py
    pytest solutions/reparameterization/test_kl_gradient.py --submission=path/to/gaussian.ipynb
    pytest solutions/reparameterization/test_kl_gradient.py --variant autumn
"""

from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

from autograder.course.errors import CourseError, PathwiseError
from autograder.course.layout import BASE, Assignment, Course
from autograder.course.variants import Variant
from autograder.grading.catalogue import Problem, load_problems, shared_graders
from autograder.grading.implementation import Implementation, LocalImplementation, Notebook

EXAMINEE = pytest.StashKey[Implementation]()
STUDENT = pytest.StashKey[Notebook]()
VARIANT = pytest.StashKey[Variant]()
PROBLEMS = pytest.StashKey[dict[Path, dict[str, Problem]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that name a submission."""
    group = parser.getgroup("autograder", "hidden graders")
    group.addoption(
        "--submission",
        type=Path,
        metavar="NOTEBOOK",
        help="the notebook that the hidden graders judge, in one word: --submission=NOTEBOOK",
    )
    group.addoption(
        "--accept-weak-confinement", action="store_true", help="run the notebook although it could do harm here"
    )
    group.addoption("--variant", default=BASE, metavar="NAME", help="the variant that it answers (default: base)")
    group.addoption("--student", default="", metavar="ID", help="whose numbers hold, where each student has others")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Refuse a notebook that stands alone on the command line.

    pytest reads its settings before it knows our options, so it would take the path for one of tests, and a
    ``pytest.ini`` beside the notebook for its own.

    Raises:
        UsageError: the path does not hang on its option.
    """
    if "--submission" in early_config.invocation_params.args:
        raise pytest.UsageError("write --submission=NOTEBOOK, or pytest looks for settings beside the notebook")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    config.addinivalue_line("markers", "points(n): what an aspect of a hidden grader is worth")
    config.addinivalue_line("markers", "only(choose): whether a variant has this aspect: choose(variant)")
    config.stash.setdefault(PROBLEMS, {})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a shared grader run for each problem that it serves; other people's tests may have arguments of that name."""
    path = metafunc.definition.path
    if "problem" in metafunc.fixturenames and _is_shared(path):
        served = [name for name, p in problems_beside(metafunc.config, path).items() if p.grader == path]
        metafunc.parametrize("problem", served, scope="module")


def _is_shared(grader: Path) -> bool:
    try:
        return grader.name in shared_graders(grader.parent)
    except CourseError:
        return False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the aspects that the variant does not have."""
    left_out = [
        item
        for item in items
        for marker in item.iter_markers("only")
        if marker.args and callable(marker.args[0]) and not marker.args[0](variant_beside(config, item.path))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def assignment_of(grader: Path, variant: str = BASE) -> Assignment:
    """The assignment that a hidden grader belongs to: ``<root>/solutions/<assignment>/test_<stem>.py``."""
    solutions = grader.parent.parent
    course = Course(solutions.parent, solutions_directory=solutions.name)
    return Assignment(course, grader.parent.name).edition(variant)


def variant_beside(config: pytest.Config, grader: Path) -> Variant:
    """The variant that is graded: the judge's, or the one that the command line names."""
    if VARIANT not in config.stash:
        try:
            return assignment_of(grader, config.getoption("--variant")).variant.of(config.getoption("--student"))
        except PathwiseError as error:
            pytest.exit(str(error), returncode=error.exit_code)
    return config.stash[VARIANT]


def problems_beside(config: pytest.Config, grader: Path) -> dict[str, Problem]:
    """The problems of the folder that a grader lies in, imported once."""
    known = config.stash[PROBLEMS]
    if grader.parent not in known:
        known[grader.parent] = load_problems(grader.parent, variant_beside(config, grader))
    return known[grader.parent]


@pytest.fixture
def variant(request: pytest.FixtureRequest) -> Variant:
    """The numbers and choices of the variant that is graded, with the student's own numbers."""
    return variant_beside(request.config, request.path)


@pytest.fixture
def reference(request: pytest.FixtureRequest, variant: Variant) -> Notebook:
    """The reference solutions, asked in the same words as a student's notebook."""
    return Notebook(LocalImplementation(_references(request), variant, trusted=True))


def _references(request: pytest.FixtureRequest) -> dict[str, FunctionType]:
    return {name: problem.reference for name, problem in problems_beside(request.config, request.path).items()}


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
        trusting = request.config.getoption("--accept-weak-confinement")
        with Template(trusting=trusting) as template, run_notebook_file(template, path) as session:
            yield session
    except PathwiseError as error:
        pytest.exit(str(error), returncode=error.exit_code)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Notebook:
    """The notebook under judgment; without a submission, the reference solutions play the student."""
    examinee = request.config.stash.get(EXAMINEE, None) or request.getfixturevalue("submission")
    notebook = Notebook(examinee or LocalImplementation(_references(request), request.getfixturevalue("variant")))
    request.node.stash[STUDENT] = notebook
    return notebook
