"""A course small enough to grade a hundred times: two notebooks, four problems, one question answered in words.

``one.ipynb`` has ``double`` (3 points), ``average`` (2) and the question ``explain`` (2); ``two.ipynb`` has ``area``
(4) and the value ``choice`` (1).
"""

from pathlib import Path

POINTS = {"double": 3.0, "average": 2.0, "area": 4.0, "choice": 1.0}
NOTEBOOK_OF = {"double": "one", "average": "one", "area": "two", "choice": "two"}

# An input of a hidden grader: it must never be seen in a feedback.
HIDDEN_INPUT = 20261.125

HEADER = """\
---
jupyter:
  kernelspec:
    display_name: Python 3 (ipykernel)
    language: python
    name: python3
---

"""

ONE = f"""{HEADER}# One

```python tags=["setup"]
import numpy as np
```

```python problem="double"
```

```python checks="double"
assert double(2.0) == 4.0, "twice two is four"
```

```python problem="average"
```

```python checks="average"
assert average([1.0, 3.0]) == 2.0, "two lies between one and three"
```

<!-- #region manual="explain" points=2 -->
A sum of equal parts.
<!-- #endregion -->
"""

TWO = f"""{HEADER}# Two

```python tags=["setup"]
import numpy as np
```

```python problem="area"
```

```python checks="area"
assert area(2.0, 3.0) == 6.0, "two by three"
```

```python problem="choice"
### BEGIN SOLUTION
choice = "B"
### END SOLUTION
```

```python checks="choice"
assert choice in ("A", "B"), "choose a letter"
```
"""

SOLUTIONS = {
    "double.py": '''\
"""Doubling."""

import numpy as np

from autograder.grading import alternative, misconception


def double(x):
    """Give twice ``x``, a number or an array."""
    return 2 * np.asarray(x, dtype=float)


@alternative
def double_by_adding(x):
    return np.asarray(x, dtype=float) + np.asarray(x, dtype=float)


@misconception("squared <b>x</b> & co", hint="What is twice three?")
def double_squared(x):
    return np.asarray(x, dtype=float) ** 2
''',
    "test_double.py": f'''\
"""Hidden grader of double."""

import numpy as np
import pytest

from autograder.grading import assert_close


@pytest.mark.points(2)
def test_numbers(student, reference):
    """A number is <doubled>."""
    for x in ({HIDDEN_INPUT!r}, -1.5):
        assert_close(student.double(x), reference.double(x))


@pytest.mark.points(1)
def test_arrays(student, reference):
    """An array is doubled, element by element."""
    x = np.arange(12.0).reshape(3, 4) + {HIDDEN_INPUT!r}
    assert_close(student.double(x), reference.double(x))
''',
    "average.py": '''\
"""The mean."""

import numpy as np

from autograder.grading import misconception


def average(x):
    """Give the mean of a sequence of numbers."""
    return float(np.sum(x)) / len(x)


@misconception("forgot to divide", hint="What is the mean of one number twice?")
def average_undivided(x):
    return float(np.sum(x))
''',
    "test_average.py": f'''\
"""Hidden grader of average."""

import pytest

from autograder.grading import assert_close, assert_raises


@pytest.mark.points(1)
def test_mean(student, reference):
    """The mean is right."""
    x = [{HIDDEN_INPUT!r}, 2.0, -7.5]
    assert_close(student.average(x), reference.average(x))


@pytest.mark.points(1)
def test_empty(student):
    """The mean of nothing raises ZeroDivisionError."""
    assert_close(student.average([3.0]), 3.0)
    assert_raises(ZeroDivisionError, student.average, [])
''',
    "area.py": '''\
"""Areas."""

from autograder.grading import misconception


def area(width, height):
    """Give the area of a rectangle."""
    return width * height


@misconception("took the perimeter", hint="Which unit has an area?")
def area_perimeter(width, height):
    return 2 * (width + height)
''',
    "test_area.py": f'''\
"""Hidden grader of area."""

import pytest

from autograder.grading import assert_close


@pytest.mark.points(3)
def test_rectangle(student, reference):
    """A rectangle is measured."""
    assert_close(student.area(4.0, {HIDDEN_INPUT!r}), reference.area(4.0, {HIDDEN_INPUT!r}))


@pytest.mark.points(1)
def test_square(student):
    """A square is measured."""
    assert_close(student.area(3.0, 3.0), 9.0)
''',
    "choice.py": '''\
"""A question."""

from autograder.grading import misconception, value


@value
def choice():
    return "B"


@misconception("took the first letter", hint="Which letter comes second?")
def choice_a():
    return "A"
''',
    "test_choice.py": '''\
"""Hidden grader of choice."""

import pytest

from autograder.grading import assert_equal


@pytest.mark.points(1)
def test_choice(student, reference):
    """The right letter is chosen."""
    assert_equal(student.value("choice"), reference.value("choice"))
''',
}

# Boxes of these tests need numpy alone; a template that imports torch takes seconds to start, each time.
CONFIG = """\
from autograder.gradebook import enable

c = get_config()  # noqa: F821
enable(c)
c.Box.preload = ["numpy"]
c.CourseDirectory.course_id = "toy"
c.CourseDirectory.release_directory = "assignments"
c.Execute.timeout = 3
c.Box.call_timeout = 1.0
"""

RIGHT = {
    "double": "def double(x):\n    return 2 * np.asarray(x, dtype=float)",
    "average": "def average(x):\n    return sum(x) / len(x)",
    "explain": "Doubling is adding a number to itself.",
    "area": "def area(width, height):\n    return width * height",
    "choice": 'choice = "B"',
}


def write_course(root: Path) -> None:
    """Write the course's files; its notebooks are not built."""
    files = {
        "nbgrader_config.py": CONFIG,
        "source/toy/one.master.md": ONE,
        "source/toy/two.master.md": TWO,
        "source/toy/variants.toml": "[base]\n",
        "source/toy/table.csv": "1,2,3\n",
        **{f"solutions/toy/{name}": text for name, text in SOLUTIONS.items()},
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
