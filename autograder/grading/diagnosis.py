"""Which named mistake explains a submission: the one that answers every hidden question as the student did."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.box.wire import Opaque
from autograder.grading.catalogue import Misconception
from autograder.grading.checks import ATOL, RTOL
from autograder.grading.implementation import Transcript

# Transcripts by the pytest id of the hidden test that wrote them.
Transcripts = Mapping[str, Transcript]


def diagnose(student: Transcripts, known: Sequence[tuple[Misconception, Transcripts]]) -> Misconception | None:
    """Find the misconception whose replies are the student's on all hidden inputs.

    Args:
        student: what the submission replied.
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
    """Whether two replies are alike: structure, text, and numbers within the graders' tolerance."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(agree(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray | np.generic | int | float) and isinstance(
        other, np.ndarray | np.generic | int | float
    ):
        return _numbers_agree(np.asarray(one), np.asarray(other))
    if isinstance(one, Opaque) and isinstance(other, Opaque):
        return True
    return type(one) is type(other) and bool(one == other)


def _numbers_agree(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape or one.dtype == object or other.dtype == object:
        return False
    with np.errstate(all="ignore"):
        return bool(np.allclose(one, other, rtol=RTOL, atol=ATOL, equal_nan=True))
