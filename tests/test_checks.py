"""What a hidden grader asserts: right replies pass, and whatever else arrives fails without another exception."""

import tracemalloc
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from forgeries import values
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.box.wire import FunctionSource, Opaque
from autograder.course.errors import StudentRaised
from autograder.grading import (
    CheckFailed,
    assert_arguments_unchanged,
    assert_close,
    assert_equal,
    assert_raises,
    assert_shape,
    central_difference,
    check,
)
from autograder.grading.diagnosis import agree

GARBAGE = [
    None,
    True,
    "text",
    b"bytes",
    float("nan"),
    float("inf"),
    10**400,
    Opaque("Widget"),
    FunctionSource("f", "def f(): pass"),
    [],
    (),
    {},
    {"z": 1.0},
    [1.0, [2.0]],
    [None, None],
    (1.0, 2.0, 3.0),
    [["a"], ["b"]],
    np.array("text"),
    np.array([1 + 2j]),
    np.array([True]),
    np.empty((0, 3)),
    np.full((2, 2), np.nan),
]
EXPECTED = [
    0.5,
    np.float64(0.5),
    np.array([0.5, 1.5]),
    np.ones((3, 4)),
    (0.5, np.ones(3)),
    {"z": 0.5, "dz": (1.0, 2.0)},
    np.array(0.5),
]


@pytest.mark.parametrize("expected", EXPECTED, ids=str)
@pytest.mark.parametrize("reply", GARBAGE, ids=lambda reply: repr(reply)[:30])
def test_garbage_fails_the_check_and_nothing_else(reply: object, expected: object) -> None:
    with pytest.raises(CheckFailed):
        assert_close(reply, expected)


@given(values, values)
def test_whatever_crosses_fails_a_check_or_passes_it_and_agrees_or_does_not(reply: object, other: object) -> None:
    for expected in (*EXPECTED, np.empty((0, 3)), float("nan"), (), {}):
        for compare in (assert_close, agree, lambda one, two: agree(two, one)):
            try:
                compare(reply, expected)
            except CheckFailed:
                assert compare is assert_close
    for check_it in (lambda: assert_equal(reply, "B"), lambda: assert_shape(reply, (3,))):
        with suppress(CheckFailed):
            check_it()
    agree(reply, other)
    agree(reply, reply)


NAN_PAYLOADS = [
    np.array([0x7C01], dtype="u2").view("f2"),
    np.array([0x7F800001], dtype="u4").view("f4"),
    np.array([0x7FF0000000000001], dtype="u8").view("f8"),
]


@pytest.mark.parametrize("reply", NAN_PAYLOADS, ids=lambda array: array.dtype.name)
def test_a_signalling_nan_is_a_nan_and_no_warning(reply: np.ndarray) -> None:
    for expected in (np.zeros(1), (1.0,)):
        with pytest.raises(CheckFailed, match="NaN"):
            assert_close(reply, expected)
    with pytest.raises(CheckFailed, match="NaN"):
        assert_close([reply[0]], np.zeros(1))
    assert agree(reply, np.array([np.nan]))


@pytest.mark.parametrize(
    "reply",
    [
        np.empty((2**26, 0)),
        np.zeros(2**24, dtype="u1"),
        [np.zeros(2**24, dtype="u1")],
        [[[[[[np.zeros(2**24, dtype="i1")]]]]]],
    ],
    ids=["empty", "bytes", "in a list", "in lists"],
)
def test_a_giant_of_another_shape_is_neither_copied_nor_walked_through(reply: object) -> None:
    tracemalloc.start()
    try:
        for expected in EXPECTED:
            with pytest.raises(CheckFailed):
                assert_close(reply, expected)
            assert not agree(reply, expected)
            assert not agree(expected, reply)
        with pytest.raises(CheckFailed):
            assert_shape(reply, (3,))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (0.5, np.float64(0.5)),
        (np.array(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (1, 1.0),
        ([0.5, 1.5], np.array([0.5, 1.5])),
        ((0.5, 1.5), np.array([0.5, 1.5])),
        ([np.ones(3), 2.0], (np.ones(3), 2.0)),
        ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
        ({"z": np.array(0.5), "more": 1}, {"z": 0.5}),
        (np.ones(3, dtype=np.float32) / 3, np.ones(3) / 3),
    ],
    ids=str,
)
def test_the_same_numbers_in_another_dress_pass(reply: object, expected: object) -> None:
    assert_close(reply, expected)


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6)))
def test_an_array_is_close_to_itself_and_not_to_its_neighbor(array: np.ndarray) -> None:
    assert_close(array, array)
    with pytest.raises(CheckFailed, match="other numbers"):
        assert_close(array + 2e-4 * np.abs(array) + 1e-5, array)


def test_a_transposed_shape_is_named() -> None:
    with pytest.raises(CheckFailed, match=r"shape \(4, 3\) where an array of shape \(3, 4\)"):
        assert_close(np.ones((4, 3)), np.ones((3, 4)))


def test_the_text_of_a_failed_check_holds_no_expected_number() -> None:
    with pytest.raises(CheckFailed) as failure:
        assert_close(0.25, 0.123456789)
    assert "0.12" not in str(failure.value)


def test_a_tighter_tolerance_counts() -> None:
    assert_close(1.00005, 1.0)
    with pytest.raises(CheckFailed):
        assert_close(1.00005, 1.0, rtol=1e-9, atol=0.0)


def test_equality_asks_for_the_same_type() -> None:
    assert_equal("B", "B")
    for reply in ("A", None, 1, ["B"], np.array("B")):
        with pytest.raises(CheckFailed):
            assert_equal(reply, "B")
    with pytest.raises(CheckFailed):
        assert_equal(1, True)


def test_shape_alone() -> None:
    assert_shape([[1, 2, 3]], (1, 3))
    with pytest.raises(CheckFailed):
        assert_shape(1.0, (1,))


def test_condition_with_a_text_for_the_student() -> None:
    check(1 < 2, "never shown")
    with pytest.raises(CheckFailed, match="too steep"):
        check([], "too steep")


def test_raises_accepts_subclasses_and_nothing_else() -> None:
    def refuse() -> None:
        raise StudentRaised(("DomainError", "ValueError", "Exception"))

    def other() -> None:
        raise StudentRaised(("TypeError", "Exception"))

    assert_raises(ValueError, refuse)
    with pytest.raises(CheckFailed, match="raised TypeError where ValueError"):
        assert_raises(ValueError, other)
    with pytest.raises(CheckFailed, match="returned where ValueError"):
        assert_raises(ValueError, lambda: 1.0)


@given(st.floats(-3, 3))
def test_central_difference_of_known_derivatives(x: float) -> None:
    assert central_difference(np.sin, x) == pytest.approx(np.cos(x), abs=1e-11)
    assert central_difference(lambda t: t**3, x) == pytest.approx(3 * x**2, abs=1e-9)


def test_replies_agree_by_structure_and_number() -> None:
    assert agree((1.0, [np.ones(2), "a"]), (1.0 + 1e-6, [np.ones(2), "a"]))
    assert agree(Opaque("A"), Opaque("B"))
    assert agree({"z": np.nan}, {"z": np.nan})
    for other in (2.0, "1", None, [1.0], {"z": 1.0}, np.ones(2), np.ones((1, 1))):
        assert not agree(1.0, other)


@pytest.mark.parametrize(
    "reply",
    [None, (), (1.0, {}), ((), {}), ((1.0,), 3.0), ((1.0,), {}), ((1.0,), {"other": 2.0}), ((1.0, 2.0), {"b": 2.0})],
    ids=repr,
)
def test_a_forged_account_of_the_arguments_fails_the_check_and_nothing_else(reply: object) -> None:
    def asks(*args: object, **kwargs: object) -> None: ...

    asks.name, asks.notebook = "f", SimpleNamespace(run=lambda probe, *args: reply)  # type: ignore[attr-defined]
    with pytest.raises(CheckFailed, match="changed its arguments in place"):
        assert_arguments_unchanged(asks, 1.0, b=2.0)  # type: ignore[arg-type]


def test_arguments_that_come_back_as_they_were_pass() -> None:
    def asks(*args: object, **kwargs: object) -> None: ...

    asks.name, asks.notebook = "f", SimpleNamespace(run=lambda probe, *args: ((1.0,), {"b": 2.0}))  # type: ignore[attr-defined]
    assert_arguments_unchanged(asks, 1.0, b=2.0)  # type: ignore[arg-type]
