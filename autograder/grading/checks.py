"""What a hidden grader asserts.

A check takes whatever a student's code returned, so it may be anything. It passes or raises ``CheckFailed``, whose text
is safe to show to the student: it speaks of types, shapes and lengths, never of hidden values.
"""

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import numpy as np

from autograder.box.wire import FunctionSource, Opaque
from autograder.course.errors import StudentRaised

# A right answer may work in single precision inside: 1e-4 leaves room for a few hundred roundings of 6e-8.
RTOL = 1e-4
ATOL = 1e-6

# Larger shapes and lengths are not named to a student: code could spell a hidden input with them.
MAX_NAMED = 64
MAX_NAMED_DIMENSIONS = 4


class CheckFailed(AssertionError):
    """A check that did not hold; the text may be shown to the student."""


class Asks(Protocol):
    """What ``student.<name>`` is: a callable that knows whom it asks."""

    name: str
    notebook: Any

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Ask."""


def check(condition: object, text: str) -> None:
    """Hold a condition, with a text that may be shown to the student.

    Raises:
        CheckFailed: the condition does not hold.
    """
    if not condition:
        raise CheckFailed(text)


def assert_close(actual: Any, expected: Any, rtol: float = RTOL, atol: float = ATOL) -> None:
    """Hold a reply against the right one, following its structure.

    Whatever unpacks into as many parts does for a tuple; a float, a numpy scalar and a 0-d array do for each other.
    Shapes must be the same.

    Args:
        actual: anything at all.
        expected: a number, an array, or a tuple, list or dict of such.
        rtol: how far off a number may be, relative to the expected one.
        atol: how far off it may be in any case.

    Raises:
        CheckFailed: a type, a shape, a length or a number differs.
    """
    if isinstance(expected, dict):
        _check_keys(actual, expected)
        for key in expected:
            assert_close(actual[key], expected[key], rtol, atol)
    elif isinstance(expected, tuple):
        _check_length(actual, len(expected))
        for one, other in zip(actual, expected, strict=True):
            assert_close(one, other, rtol, atol)
    else:
        right = np.asarray(expected)
        shape = shape_of(actual)
        check(shape == right.shape, _other_shape(shape, right.shape))
        array = as_array(actual)
        check(not np.isnan(array).any() or np.isnan(right).any(), "returned NaN")
        with np.errstate(all="ignore"):
            check(np.allclose(array, right, rtol=rtol, atol=atol, equal_nan=True), "returned other numbers")


def assert_equal(actual: Any, expected: str | bool | int | None) -> None:
    """Hold a reply against a plain value of the very same type.

    Raises:
        CheckFailed: the type or the value differs.
    """
    same_type = type(actual) is type(expected)
    check(same_type, f"gave {describe(actual)} where {describe(expected)} is asked for")
    check(actual == expected, "gave another value")


def assert_shape(actual: Any, shape: tuple[int, ...]) -> None:
    """Hold the shape of a reply.

    Raises:
        CheckFailed: it is not made of numbers, or has another shape.
    """
    given = shape_of(actual)
    check(given == shape, _other_shape(given, shape))


def assert_raises(error: type[Exception], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Hold that a student's function refuses its arguments with an exception of the given class.

    Raises:
        CheckFailed: it returned, or raised something else.
    """
    try:
        function(*args, **kwargs)
    except StudentRaised as raised:
        check(
            error.__name__ in raised.lineage,
            f"raised {raised.public_name} where {error.__name__} is asked for",
        )
    else:
        raise CheckFailed(f"returned where {error.__name__} is asked for")


def assert_arguments_unchanged(function: Asks, *args: Any, **kwargs: Any) -> None:
    """Hold that a call leaves its arguments as they were.

    Raises:
        CheckFailed: an argument is another one after the call.
    """
    after = function.notebook.run(_call_and_return_arguments, function.name, args, kwargs)
    data = tuple(None if callable(argument) else argument for argument in args)
    try:
        # What comes back is a claim as any reply is: its parts are looked at before they are used.
        check(isinstance(after, tuple) and len(after) == 2, "")
        check(isinstance(after[0], tuple) and len(after[0]) == len(data), "")
        check(isinstance(after[1], dict) and after[1].keys() == kwargs.keys(), "")
        for now, before in zip(after[0], data, strict=True):
            _check_same(now, before)
        for name, before in kwargs.items():
            _check_same(after[1][name], before)
    except CheckFailed:
        raise CheckFailed("changed its arguments in place") from None


def _call_and_return_arguments(notebook, name, args, kwargs):  # type: ignore[no-untyped-def]
    getattr(notebook, name)(*args, **kwargs)
    return tuple(None if callable(argument) else argument for argument in args), kwargs


def _check_same(now: Any, before: Any) -> None:
    if before is not None:
        assert_close(now, before, rtol=0.0, atol=0.0)


def shape_of(reply: Any) -> tuple[int, ...]:
    """The shape of a reply as an array of real numbers, found without making one: it may have any size.

    Raises:
        CheckFailed: it is not one.
    """
    if isinstance(reply, list | tuple):
        shapes = {shape_of(part) for part in reply}
        check(len(shapes) < 2, "returned a sequence whose parts differ in shape")
        return (len(reply), *(shapes.pop() if shapes else ()))
    if isinstance(reply, bool | np.bool_) or not isinstance(reply, int | float | np.ndarray | np.generic):
        _refuse(reply)
    if np.asarray(reply).dtype.kind not in "iuf":
        _refuse(reply)
    return np.shape(reply)


def as_array(reply: Any) -> np.ndarray:
    """Read a reply as an array of real numbers; see ``shape_of`` for how large it will be.

    Raises:
        CheckFailed: it is not one.
    """
    shape_of(reply)
    try:
        # A signalling NaN, which numpy warns of, is a NaN like any other.
        with np.errstate(all="ignore"):
            return np.asarray(reply).astype(float)
    except ValueError:  # more dimensions, or larger ones, than an array can have
        _refuse(reply)


def _refuse(reply: Any) -> NoReturn:
    raise CheckFailed(f"returned {describe(reply)} where numbers are asked for")


def _check_length(actual: Any, length: int) -> None:
    sequence = isinstance(actual, list | tuple) or (isinstance(actual, np.ndarray) and actual.ndim > 0)
    check(sequence, f"returned {describe(actual)} where {length} results are asked for")
    told = f"{len(actual)}" if len(actual) <= MAX_NAMED else "many more"
    check(len(actual) == length, f"returned {told} results where {length} are asked for")


def _check_keys(actual: Any, expected: dict[str, Any]) -> None:
    check(isinstance(actual, dict), f"gave {describe(actual)} where a dict is asked for")
    missing = [key for key in expected if key not in actual]
    check(not missing, f"the dict has no {', '.join(missing)}")


def describe(reply: Any) -> str:
    """Name what a reply is, without saying what is in it."""
    if reply is None:
        return "None"
    if isinstance(reply, Opaque):
        return "something that is not made of numbers"
    if isinstance(reply, FunctionSource):
        return "a function"
    if isinstance(reply, np.ndarray):
        return describe_shape(reply.shape) if reply.dtype.kind in "iuf" else f"an array of {reply.dtype.name}"
    names = {bool: "a bool", str: "text", bytes: "bytes", dict: "a dict", tuple: "a tuple", list: "a list"}
    return names.get(type(reply), "a number")


def _other_shape(given: tuple[int, ...], asked: tuple[int, ...]) -> str:
    one, other = describe_shape(given), describe_shape(asked)
    return f"returned {one} where {other} is right" if one != other else "returned an array of another shape"


def describe_shape(shape: tuple[int, ...]) -> str:
    """Name a shape: "a single number" or "an array of shape (3, 4)"; "a large array" where it could be a message."""
    if shape == ():
        return "a single number"
    if len(shape) > MAX_NAMED_DIMENSIONS or max(shape) > MAX_NAMED:
        return "a large array"
    return f"an array of shape {shape}"
