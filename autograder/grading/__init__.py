"""Hidden graders: ordinary pytest files that ask an implementation for values and check them.

What a hidden grader or a reference module imports is gathered here; nothing of it knows nbgrader.
"""

from autograder.grading.catalogue import alternative, inputs, misconception, probe, value
from autograder.grading.checks import (
    CheckFailed,
    assert_arguments_unchanged,
    assert_close,
    assert_equal,
    assert_raises,
    assert_shape,
    check,
)
from autograder.grading.gradients import central_difference
from autograder.grading.specialize import Placeholder

variant = Placeholder()

__all__ = [
    "CheckFailed",
    "alternative",
    "assert_arguments_unchanged",
    "assert_close",
    "assert_equal",
    "assert_raises",
    "assert_shape",
    "central_difference",
    "check",
    "inputs",
    "misconception",
    "probe",
    "value",
    "variant",
]
