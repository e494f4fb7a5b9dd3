"""Hidden grader of exponential_icdf: scipy's quantiles, shapes, ends, refusals."""

import numpy as np
import pytest
from scipy import stats

from autograder.grading import assert_arguments_unchanged, assert_close, assert_raises

# Single precision keeps two to three digits of 1 - u next to 1; an answer that clips u is off by far more.
TAIL_RTOL = 1e-2


@pytest.mark.points(2)
@pytest.mark.parametrize("rate", [2.7, 0.35])
def test_matches_the_quantiles(student, rate):
    """For u between 0.002 and 0.998 the draws are the quantiles of that rate."""
    u = np.concatenate([[0.002, 0.013, 0.998], np.random.default_rng(11).uniform(0.02, 0.99, 12)])
    assert_close(student.exponential_icdf(u, rate), stats.expon.ppf(u, scale=1 / rate))


@pytest.mark.points(1)
def test_broadcasts(student, reference):
    """Numbers, lists and arrays broadcast as in numpy, and the arguments stay as they are."""
    rng = np.random.default_rng(12)
    u, rate = rng.uniform(0.05, 0.95, (3, 4)), rng.uniform(0.2, 4.0, 4)
    column = np.array([[0.3], [1.0], [5.0]])
    assert_close(student.exponential_icdf(u, rate), reference.exponential_icdf(u, rate))
    assert_close(student.exponential_icdf(0.83, column), stats.expon.ppf(0.83, scale=1 / column))
    assert_close(student.exponential_icdf([0.1, 0.6], [2, 0.5]), reference.exponential_icdf([0.1, 0.6], [2, 0.5]))
    single = u.astype(np.float32)
    assert_close(student.exponential_icdf(single, 3), reference.exponential_icdf(single, 3))
    assert_close(student.exponential_icdf(0.37, 1.6), stats.expon.ppf(0.37, scale=1 / 1.6))
    assert_arguments_unchanged(student.exponential_icdf, u, rate)


@pytest.mark.points(1)
def test_ends(student):
    """At u = 0 the draw is 0, and levels up to 1 - 1e-6 reach as far out as they should, to one percent."""
    u = np.array([1 - 1e-6, 1 - 1e-5, 1e-6, 0.0])
    assert_close(student.exponential_icdf(u, 0.6), stats.expon.ppf(u, scale=1 / 0.6), rtol=TAIL_RTOL)
    # Every right formula gives exactly 0 here; one that clips u, however gently, does not.
    assert_close(student.exponential_icdf(0.0, 2.0), 0.0, atol=0.0)


@pytest.mark.points(1)
def test_refuses(student, reference):
    """A rate that is not positive, or a level outside [0, 1), raises ValueError; valid arguments do not."""
    u, rate = np.array([0.2, 0.7, 0.9]), np.array([0.4, 1.0, 3.0])
    assert_close(student.exponential_icdf(u, rate), reference.exponential_icdf(u, rate))
    for wrong in (0.0, -1.5, np.array([0.4, -1.0, 3.0])):
        assert_raises(ValueError, student.exponential_icdf, u, wrong)
    for wrong in (1.0, -0.1, np.array([0.2, 1.3, 0.9]), np.array([0.2, -0.3, 0.9])):
        assert_raises(ValueError, student.exponential_icdf, wrong, rate)
