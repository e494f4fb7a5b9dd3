"""Fixtures that several test files share.

``template`` and ``session`` give boxes; ``notebook``, ``course`` and ``assignment`` build what boxes and graders read.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, settings
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.box.limits import Limits
from autograder.box.outputs import CellRun
from autograder.box.session import Session
from autograder.box.template import Template
from autograder.course.layout import Assignment, Course

# The same examples on every run, and no clock in any verdict: a slow machine is not a defect.
settings.register_profile("reproducible", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("reproducible")

# Files that take minutes come first: a process that got one of them last would keep the others waiting for it.
LONG = (
    "test_graders.py",
    "test_whole_class_of_the_demo.py",
    "test_attacks.py",
    "test_release.py",
    "test_demo.py",
    "test_bad_submissions.py",
    "test_cluster.py",
    "test_nbgrader_suite.py",
    "test_confinement.py",
    "test_fault_injection.py",
    "test_grade_faults.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first; the order within a file stays."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


# Patient with a slow machine: a test of code that hangs says how long it may.
PATIENT = {"cell_seconds": 60.0, "call_seconds": 60.0, "grace_seconds": 2.0}

MASTER = """\
---
jupyter:
  kernelspec:
    display_name: Python 3 (ipykernel)
    language: python
    name: python3
---

# Scaling by <%= variant.factor %>

```python tags=["setup"]
import numpy as np
```

```python problem="scale"
```

```python checks="scale"
assert scale(1.0, <%= variant.factor %>) == <%= variant.factor %>, "one times the factor is the factor"
```

```python problem="answer"
### BEGIN SOLUTION
answer = "B"
### END SOLUTION
```

```python checks="answer"
assert answer in ("A", "B"), "answer with a letter"
```

Why is that so?

<!-- #region manual="explain" points=2 -->
Because a product of numbers does not depend on their order.
<!-- #endregion -->
"""

SECRET_ROOM = {
    "scale.py": '''\
"""Scaling, the smallest problem that can be misunderstood."""

import numpy as np

from autograder.grading import alternative, inputs, misconception


def scale(x, factor):
    """Multiply ``x``, a number, a list or an array, by the number ``factor``."""
    return np.asarray(x, dtype=float) * factor


@inputs
def inputs(rng):
    x = rng.normal(0.0, 3.0, int(rng.integers(1, 4)))
    return [x, x.tolist(), float(x[0])][int(rng.integers(3))], float(rng.normal())


@alternative
def scale_with_einsum(x, factor):
    return np.einsum("...,->...", np.asarray(x, dtype=float), factor)


@misconception("added the factor", hint="What is 0 times 3?")
def scale_by_adding(x, factor):
    return np.asarray(x, dtype=float) + factor


@misconception("divided by the factor", hint="Should a large factor make things small?")
def scale_by_dividing(x, factor):
    return np.asarray(x, dtype=float) / factor
''',
    "test_scale.py": '''\
"""Hidden grader of scale."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close


@pytest.mark.points(2)
@pytest.mark.parametrize("x", [0.5, -2.0])
def test_scales_numbers(student, reference, x):
    """A number is multiplied by the factor."""
    assert_close(student.scale(x, 5.0), reference.scale(x, 5.0))


@pytest.mark.points(1)
def test_scales_arrays(student, reference):
    """An array is multiplied by the factor, element by element."""
    x = np.arange(12.0).reshape(3, 4)
    assert_close(student.scale(x, 2.0), reference.scale(x, 2.0))
    assert_close(student.scale([1.5, -2.0], 3.0), reference.scale([1.5, -2.0], 3.0))
    assert_arguments_unchanged(student.scale, x, 2.0)
''',
    "answer.py": '''\
"""A question with two answers."""

from autograder.grading import misconception, value


@value
def answer():
    return "B"


@misconception("took the first letter", hint="Which letter comes second?")
def answer_a():
    return "A"
''',
    "test_answer.py": '''\
"""Hidden grader of answer."""

import pytest

from autograder.grading import assert_equal


@pytest.mark.points(1)
def test_answer(student, reference):
    """The answer is the right letter."""
    assert_equal(student.value("answer"), reference.value("answer"))
''',
}

CONFIG = """\
from autograder.gradebook import enable

c = get_config()  # noqa: F821
enable(c)
c.CourseDirectory.course_id = "toy"
c.CourseDirectory.release_directory = "assignments"
"""


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    """One template for all tests; its boxes share nothing."""
    with Template() as template:
        yield template


class RunSession(Session):
    """A session whose cells have run; ``runs`` is what they published."""

    runs: list[CellRun]


@pytest.fixture
def session(template: Template) -> Iterator[Callable[..., RunSession]]:
    """Run cells in a box: ``session("a = 1", "b = 2", files=folder, call_seconds=1.0)``; closed when the test ends."""
    with ExitStack() as stack:

        def start(*sources: str, files: Path | None = None, **limits: Any) -> RunSession:
            started = stack.enter_context(RunSession(template, sources, files, Limits(**{**PATIENT, **limits})))
            started.runs = started.run_cells()
            return started

        yield start


@pytest.fixture(scope="session")
def notebook() -> Callable[..., NotebookNode]:
    """Build a notebook of code cells, or save it: ``notebook("a = 1", "b = 2", path=folder / "n.ipynb")``.

    A source may be a pair of a text and nbgrader's metadata (with ``"cell_type": "markdown"`` for a Markdown cell), or
    a cell.
    """

    def build(*sources: str | tuple[str, dict[str, Any]] | NotebookNode, path: Path | None = None) -> NotebookNode:
        cells = [_cell(source) for source in sources]
        for index, cell in enumerate(cells):
            cell["id"] = f"cell-{index}"
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        built = new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(built, path)
        return built

    return build


def _cell(source: str | tuple[str, dict[str, Any]] | NotebookNode) -> NotebookNode:
    if isinstance(source, NotebookNode):
        return source
    if isinstance(source, str):
        return new_code_cell(source)
    text, nbgrader = source
    make = new_markdown_cell if nbgrader.get("cell_type") == "markdown" else new_code_cell
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return make(text, metadata={"nbgrader": {"cell_type": "code", **plain, **nbgrader}})


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with one assignment, ``toy``: problems ``scale`` (3 points), ``answer`` (1) and a question (2).

    It has two variants, the base and ``autumn``; its notebooks are not built.
    """
    root = tmp_path / "course"
    files = {
        "nbgrader_config.py": CONFIG,
        "source/toy/scaling.master.md": MASTER,
        "source/toy/variants.toml": "[base]\nfactor = 3\n\n[autumn]\nfactor = 4\n",
        **{f"solutions/toy/{name}": text for name, text in SECRET_ROOM.items()},
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Course(root)


@pytest.fixture
def assignment(course: Course) -> Assignment:
    """The assignment of ``course``, in its base variant."""
    return course.require("toy")
