"""Lays down a new problem in every room, in a form that builds and that no verification lets through unfilled."""

import builtins
import keyword
from dataclasses import dataclass
from pathlib import Path

from autograder.course.errors import CourseError, PathwiseError, UsageError
from autograder.course.files import write_whole
from autograder.course.layout import MASTER_SUFFIX, Assignment
from autograder.grading.catalogue import stems

# What the reference module imports, and what pytest reads.
_TAKEN = {"np", "alternative", "inputs", "misconception", "conftest"}
_SECTION = """
## {title}

Say what this is about, and what the function is for.

**Exercise.** Say what to write.

```python problem="{name}"
```

```python checks="{name}"
assert {name}(2.0) is not None, "say in words what was expected"
```
"""
_REFERENCE = '''"""Say in one line what this problem asks, with the source of its formula."""

import numpy as np

from autograder.grading import alternative, inputs, misconception


def {name}(x):
    """Say in one line what the function gives.

    Args:
        x: what it is, its shape, its range.

    Returns:
        What comes out, and its shape.
    """
    raise NotImplementedError("the reference of {name} is not written yet")


@inputs
def inputs_of_{name}(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    return (rng.normal(0.0, 2.0, int(rng.integers(1, 5))),)


@alternative
def {name}_with_a_loop(x):
    return np.array([{name}(one) for one in x]) if np.ndim(x) else {name}(x)


@misconception("say what went wrong: it follows the words 'It looks as if you'", hint="Ask what leads on?")
def {name}_of_a_beginner(x):
    raise NotImplementedError("the mistake is not written yet")
'''
_GRADER = '''"""Hidden grader of {name}: say against what it compares."""

import numpy as np
import pytest

from autograder.grading import assert_close


@pytest.mark.points(1)
@pytest.mark.parametrize("x", [0.7, np.array([-1.3, 0.4, 2.2])], ids=["number", "array"])
def test_is_right(student, reference, x):
    """Say what is asked, in one sentence that the student reads."""
    assert_close(student.{name}(x), reference.{name}(x))
'''


@dataclass(frozen=True)
class Laid:
    """One file that was laid down, or would be: its path and the text that it got."""

    path: Path
    text: str


def new_problem(assignment: Assignment, name: str, notebook: str, dry_run: bool = False) -> list[Laid]:
    """Lay down the section in a master, the reference and the hidden grader of a new problem.

    Args:
        assignment: where it belongs; all its variants get it.
        name: the stem, which is the function's name.
        notebook: whose master gets the section, at its end.
        dry_run: whether nothing is written.

    Returns:
        The texts that were added.

    Raises:
        UsageError: the name is no name of a function or taken, or there is no such notebook.
    """
    master = assignment.course.source / assignment.family / f"{notebook}{MASTER_SUFFIX}"
    if not master.is_file():
        known = ", ".join(path.name.removesuffix(MASTER_SUFFIX) for path in assignment.masters)
        raise UsageError(f"{assignment.family} has no notebook {notebook!r}; it has {known}")
    taken = keyword.iskeyword(name) or hasattr(builtins, name) or name in _TAKEN
    if not name.isidentifier() or taken or name.startswith(("_", "test_")):
        raise UsageError(f"{name!r} cannot be the name of a problem: take that of a Python function, without test_")
    if name in stems(assignment.solutions):
        raise UsageError(f"problem {name} exists: {assignment.solutions / name}.py")
    files = [
        Laid(master, _SECTION.format(name=name, title=name.replace("_", " ").capitalize())),
        Laid(assignment.solutions / f"{name}.py", _REFERENCE.format(name=name)),
        Laid(assignment.solutions / f"test_{name}.py", _GRADER.format(name=name)),
    ]
    if not dry_run:
        made: list[Path] = []
        try:
            for laid in reversed(files):
                before = laid.path.read_text(encoding="utf-8") if laid.path.exists() else ""
                write_whole(laid.path, before + laid.text)
                made.append(laid.path)
        except (PathwiseError, OSError, UnicodeDecodeError) as error:
            for path in made:
                path.unlink()
            raise CourseError(f"problem {name} is not laid down: {error}") from error
    return files
