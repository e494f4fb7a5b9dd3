"""The exam: its texts, its secrets, its hidden graders, for our graders and for stock nbgrader."""

import hashlib

POINTS = {"double": 2.0, "law": 4.0}
HIDDEN_INPUT = 8675309.125
TABLES = "abcdefgh"
USED_TABLE = "f"


def canary(kind: str) -> str:
    """A secret that can be known only by reading it."""
    return f"canary-{kind}-{hashlib.sha256(f'secret {kind}'.encode()).hexdigest()[:16]}"


KINDS = ("room", "source", "gradebook", "submission", "home", "environment", "filename")
# It stands in no file: whoever judges computes it.
MEMORY = f"canary-memory-{hashlib.sha256(b'in memory').hexdigest()[:16]}"
SECRETS = {
    **{kind: canary(kind) for kind in KINDS},
    "memory": MEMORY,
    "input": str(int(HIDDEN_INPUT)),
    "cache": f"table-{USED_TABLE}-was-read",
}

LAW = "def law(x):\n    return 3.25 * np.asarray(x, dtype=float) + 17.5"
DOUBLE = "def double(x):\n    return 2 * np.asarray(x, dtype=float)"

MASTER = """\
---
jupyter:
  kernelspec:
    display_name: Python 3 (ipykernel)
    language: python
    name: python3
---

# Exam

```python tags=["setup"]
import numpy as np
```

```python problem="double"
```

```python checks="double"
assert double(2.0) == 4.0, "twice two is four"
```

```python problem="law"
```

```python checks="law"
assert law(0.0) == 17.5, "what is measured at zero"
```

<!-- #region manual="explain" points=2 -->
It was measured.
<!-- #endregion -->
"""

REFERENCE = '''\
"""{title}: {room}"""

import numpy as np

from autograder.grading import misconception


def {name}(x):
    """Give the {title} of ``x``, a number or an array."""
    # {source}
    return {formula}


@misconception("forgot the factor", hint="What does it measure twice as far away?")
def {name}_without_factor(x):
    return np.asarray(x, dtype=float) + 17.5
'''

GRADER = '''\
"""Hidden grader, {room}."""

import hashlib

import numpy as np
import pytest

from autograder.grading import assert_close

TOKEN = "canary-memory-" + hashlib.sha256(b"in memory").hexdigest()[:16]


@pytest.mark.points({numbers})
def test_numbers(student, reference):
    """Numbers are right."""
    for x in ({hidden}, -1.5):
        assert_close(student.{name}(x), reference.{name}(x))


@pytest.mark.points({arrays})
def test_arrays(student, reference):
    """Arrays are right."""
    x = np.arange(12.0).reshape(3, 4) + {hidden}
    assert_close(student.{name}(x), reference.{name}(x))
'''

# The same questions, as stock nbgrader asks them: within the notebook, in the student's process.
STOCK_TESTS = """
### BEGIN HIDDEN TESTS
import hashlib
TOKEN = "canary-memory-" + hashlib.sha256(b"in memory").hexdigest()[:16]
for x in ({hidden}, -1.5):
    expected = {formula}
    assert np.allclose({name}(x), expected)
x = np.arange(12.0).reshape(3, 4) + {hidden}
assert np.allclose({name}(x), {formula})
del TOKEN
### END HIDDEN TESTS"""

FORMULAS = {"double": "2 * np.asarray(x, dtype=float)", "law": "3.25 * np.asarray(x, dtype=float) + 17.5"}

CONFIG = """\
import sys

sys.path.insert(0, {here!r})
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "toy"
c.CourseDirectory.release_directory = "assignments"
c.Autograde.pre_convert_hook = "checkpoint.checkpoint"
c.Execute.timeout = 3
"""

# Boxes of these tests need numpy alone; a template that imports torch takes seconds to start.
LIBRARIES = ["numpy"]
OURS = f"""\
from autograder.gradebook import enable

enable(c)
c.Box.preload = {LIBRARIES!r}
c.Box.call_timeout = 1.5
c.Box.rebuilds = 4
c.Box.submission_timeout = 30.0
c.Box.memory_limit = 512
"""
