"""Masters become source notebooks: filled in, complete, and never over somebody's own edits."""

import json
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.build import build
from autograder.authoring.submissions import essential, fill, stub
from autograder.cli import main
from autograder.course.errors import CourseError, UsageError
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import grade_id, read_notebook

MASTER = """---
jupyter:
  kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
---

# Doubling

Twice <%= variant.number %> is $\\{2\\cdot<%= variant.number %>\\}$.

```python tags=["setup"]
import numpy as np
```

```python problem="double"
```

```python checks="double"
assert double(1) == 2, "twice one is two"
```

```python problem="answer"
answer = None
### BEGIN SOLUTION
answer = <%= 2 * variant.number %>
### END SOLUTION
```

```python checks="answer"
assert answer is not None, "write down a number"
```

```python tags=["demo"]
table = {"a": {1 << 2 >> 1}}
print(f"{table} {{}} {7 % 4}")
```

<!-- #region manual="explain" points=2 -->
Because.
<!-- #endregion -->
"""
DOUBLE = '''
import numpy as np

from autograder.grading import alternative, inputs, misconception


def double(x):
    """Give twice x, a number or an array."""
    return 2 * np.asarray(x)


@inputs
def inputs(rng):
    return (rng.normal(size=3),)


@alternative
def double_by_adding(x):
    return np.add(x, x)


@misconception("squared")
def double_squared(x):
    return np.asarray(x) ** 2
'''
ANSWER = """
from autograder.grading import misconception, value


@value
def answer(variant):
    return 2 * variant.number


@misconception("did not double")
def answer_single(variant):
    return variant.number
"""
TEST_DOUBLE = '''
import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close


@pytest.mark.points(2)
def test_doubles(student):
    """Twice the number comes back, and an array stays as it is."""
    assert_close(student.double(3.0), 6.0)
    assert_close(student.double([1.0, -2.0]), [2.0, -4.0])
    assert_arguments_unchanged(student.double, np.array([1.0, 2.0]))
'''
TEST_ANSWER = '''
import pytest

from autograder.grading import assert_close


@pytest.mark.points(2)
def test_doubles(student, reference):
    """Twice the number comes back."""
    assert_close(student.value("answer"), reference.value("answer"))
'''


@pytest.fixture
def course(tmp_path: Path) -> Course:
    source, solutions = tmp_path / "source" / "toy", tmp_path / "solutions" / "toy"
    source.mkdir(parents=True)
    solutions.mkdir(parents=True)
    (source / "doubling.master.md").write_text(MASTER)
    (source / "variants.toml").write_text("[base]\nnumber = 21\n\n[autumn]\nnumber = 4\n")
    (solutions / "double.py").write_text(DOUBLE)
    (solutions / "answer.py").write_text(ANSWER)
    (solutions / "test_double.py").write_text(TEST_DOUBLE)
    (solutions / "test_answer.py").write_text(TEST_ANSWER)
    return Course(tmp_path)


@pytest.fixture
def toy(course: Course) -> Assignment:
    return course.require("toy")


def built(assignment: Assignment) -> nbformat.NotebookNode:
    build(assignment)
    return read_notebook(assignment.source / "doubling.ipynb")


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def test_a_stub_comes_from_the_reference(toy: Assignment) -> None:
    assert cell(built(toy), "double").source == (
        'def double(x):\n    """Give twice x, a number or an array."""\n'
        "    ### BEGIN SOLUTION\n    return 2 * np.asarray(x)\n    ### END SOLUTION"
    )


def test_points_come_from_the_hidden_graders(toy: Assignment) -> None:
    notebook = built(toy)
    metadata = cell(notebook, "test_double").metadata["nbgrader"]
    assert metadata == {
        "grade": True,
        "grade_id": "test_double",
        "locked": True,
        "points": 2.0,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    assert cell(notebook, "explain").metadata["nbgrader"]["points"] == 2.0


def test_expressions_are_filled_in_and_braces_left_alone(toy: Assignment) -> None:
    text = "\n".join(c.source for c in built(toy).cells)
    assert "Twice 21 is $\\{2\\cdot21\\}$." in text
    assert "answer = 42" in text
    assert 'table = {"a": {1 << 2 >> 1}}\nprint(f"{table} {{}} {7 % 4}")' in text


def test_a_variant_has_its_own_numbers_and_notebook(course: Course) -> None:
    notebook = built(course.require("toy-autumn"))
    assert cell(notebook, "answer").source.endswith("answer = 8\n### END SOLUTION")


def test_building_again_changes_nothing(toy: Assignment) -> None:
    assert [b.changed for b in build(toy)] == [True]
    before = (toy.source / "doubling.ipynb").read_bytes()
    assert [b.changed for b in build(toy)] == [False]
    assert (toy.source / "doubling.ipynb").read_bytes() == before


def test_a_dry_run_writes_nothing(toy: Assignment) -> None:
    assert [b.changed for b in build(toy, dry_run=True)] == [True]
    assert not (toy.source / "doubling.ipynb").exists()


@pytest.mark.parametrize("part", ["source", "points"])
def test_a_notebook_edited_by_hand_is_kept(toy: Assignment, part: str) -> None:
    path = toy.source / "doubling.ipynb"
    notebook = built(toy)
    if part == "source":
        notebook.cells[0].source += " by hand"
    else:
        cell(notebook, "test_double").metadata["nbgrader"]["points"] = 5.0
    nbformat.write(notebook, path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="edited by hand"):
        build(toy)
    assert path.read_bytes() == before
    build(toy, force=["doubling"])
    assert path.read_bytes() != before


def test_outputs_alone_are_no_edit(toy: Assignment) -> None:
    notebook = built(toy)
    notebook.cells[1].metadata["collapsed"] = True
    nbformat.write(notebook, toy.source / "doubling.ipynb")
    build(toy)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("variant.number", "variant.nummer", "nummer"),
        ("variant.number %>", "variant.number", "line"),
        ('problem="double"', 'problem="triple"', "'triple', which has no hidden grader"),
        ('checks="double"', 'tags=["demo"]', "exactly one cell with visible checks"),
        ('problem="answer"', 'tags=["demo"]', "0 cells in the masters"),
    ],
)
def test_a_broken_master_is_refused_with_its_place(course: Course, old: str, new: str, says: str) -> None:
    master = course.source / "toy" / "doubling.master.md"
    master.write_text(MASTER.replace(old, new, 1))
    with pytest.raises(CourseError, match=says):
        build(course.require("toy"))


def test_a_variant_that_is_not_there(course: Course) -> None:
    with pytest.raises(CourseError, match=r"no table \[winter\]; it has base, autumn"):
        build(course.require("toy-winter"))


def test_the_stub_of_a_cell_keeps_what_stands_outside_its_region() -> None:
    source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nx = 1"
    assert stub(source) == "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\nx = 1"


def test_filling_leaves_the_notebook_as_it_is(toy: Assignment) -> None:
    notebook = built(toy)
    before = json.dumps(notebook)
    assert cell(fill(notebook, {"double": "double = abs"}), "double").source == "double = abs"
    assert json.dumps(notebook) == before


def test_the_essential_part_defines_and_shows_nothing(toy: Assignment) -> None:
    kept = essential(built(toy))
    assert [c.source.splitlines()[0] for c in kept.cells if c.cell_type == "code"] == [
        "import numpy as np",
        "def double(x):",
        "answer = None",
    ]


def test_the_command_line(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--course-dir", str(course.root)]
    assert main([*here, "build", "toy", "--dry-run"]) == 1
    assert main([*here, "build"]) == 0
    assert "doubling.ipynb: written, 2 problems, 4 points" in capsys.readouterr().out
    assert main([*here, "build", "--dry-run"]) == 0
    assert main([*here, "verify", "toy", "--jobs", "1"]) == 0
    assert main([*here, "build", "nope"]) == 2
    assert capsys.readouterr().err == (
        f"autograder: no master of assignment 'nope' lies in {course.source}; assignments there: toy\n"
    )
    (course.solutions / "toy" / "double.py").write_text("1 / 0")
    assert main([*here, "verify", "toy", "--jobs", "1"]) == 1
    assert "cannot be imported: ZeroDivisionError" in capsys.readouterr().err
