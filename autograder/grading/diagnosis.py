"""Which named mistake explains a submission: the one that answers every hidden question as the student did."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.box.wire import Opaque
from autograder.grading.catalogue import Misconception
from autograder.grading.checks import ATOL, RTOL, CheckFailed, as_array, shape_of
from autograder.grading.implementation import Transcript

# Transcripts by the pytest id of the hidden test that wrote them.
Transcripts = Mapping[str, Transcript]


class Replies(Mapping[str, Transcript]):
    """What somebody replies to some tests; a test is looked up, or run, when its replies are wanted.

    Args:
        tests: their pytest ids, in the order in which they are best compared.
        reply: gives the transcript of one.
    """

    def __init__(self, tests: Iterable[str], reply: Callable[[str], Transcript]) -> None:
        self._tests = dict.fromkeys(tests)
        self._reply = reply

    def __getitem__(self, test: str) -> Transcript:
        return self._reply(test)

    def __contains__(self, test: object) -> bool:
        return test in self._tests

    def __iter__(self) -> Iterator[str]:
        return iter(self._tests)

    def __len__(self) -> int:
        return len(self._tests)


def diagnose(student: Transcripts, known: Iterable[tuple[Misconception, Transcripts]]) -> Misconception | None:
    """Find the misconception whose replies are the student's on all hidden inputs.

    Args:
        student: what the submission replied; the tests that tell most stand first.
        known: each misconception with what it replies to the same grader.

    Returns:
        The first that agrees throughout, or None.
    """
    for misconception, transcripts in known:
        if student.keys() == transcripts.keys() and all(same(student[k], transcripts[k]) for k in student):
            return misconception
    return None


def same(one: Transcript, other: Transcript) -> bool:
    """Whether two transcripts hold the same faults and, within the graders' tolerance, the same replies."""
    if len(one) != len(other):
        return False
    return all(kind == kind_ and agree(a, b) for (kind, a), (kind_, b) in zip(one, other, strict=True))


def agree(one: Any, other: Any) -> bool:
    """Whether two replies are alike: structure, numbers within the graders' tolerance, and text but for its case."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(agree(a, b) for a, b in zip(one, other, strict=True))
    if type(one) is float and type(other) is float:
        return one == other or abs(one - other) <= ATOL + RTOL * abs(other) < np.inf or (one != one and other != other)
    if isinstance(one, np.ndarray) and isinstance(other, list | tuple):
        return _reads_as(other, one)
    if isinstance(one, list | tuple) and isinstance(other, np.ndarray):
        return _reads_as(one, other)
    if isinstance(one, np.ndarray | np.generic | int | float) and isinstance(
        other, np.ndarray | np.generic | int | float
    ):
        return _numbers_agree(np.asarray(one), np.asarray(other))
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    if isinstance(one, Opaque) and isinstance(other, Opaque):
        return True
    return type(one) is type(other) and bool(one == other)


def _reads_as(sequence: Any, array: np.ndarray) -> bool:
    """Whether a sequence, of whatever a student put into it, says the same as an array."""
    try:
        return shape_of(sequence) == array.shape and _numbers_agree(as_array(sequence), array)
    except CheckFailed:
        return False


def _numbers_agree(one: np.ndarray, other: np.ndarray) -> bool:
    """As ``np.allclose`` with NaN equal to NaN, in a few operations: thousands of replies are compared."""
    if one.shape != other.shape or one.dtype.kind not in "biufc" or other.dtype.kind not in "biufc":
        return False
    with np.errstate(all="ignore"):
        tolerance = ATOL + RTOL * np.abs(other)
        # An infinite tolerance would let anything pass for infinity. Unsigned numbers have no negative difference.
        close = (np.abs(one - other.astype(complex)) <= tolerance) & (tolerance < np.inf)
        return bool((close | (one == other) | (np.isnan(one) & np.isnan(other))).all())
