"""Hidden grader of logistic_icdf: scipy's quantiles, shapes, tails, refusals."""

import numpy as np
import pytest
from scipy import stats

from autograder.grading import assert_arguments_unchanged, assert_close, assert_raises

# Single precision keeps two to three digits of 1 - u next to 1; an answer that clips u is off by far more.
TAIL_RTOL = 1e-2


@pytest.mark.points(1)
@pytest.mark.parametrize(("loc", "scale"), [(-0.83, 2.6), (1.9, 0.37)])
def test_matches_the_quantiles(student, loc, scale):
    """For u between 0.002 and 0.998 the draws are the quantiles of that location and scale."""
    u = np.concatenate([[0.002, 0.021, 0.5, 0.998], np.random.default_rng(21).uniform(0.02, 0.98, 12)])
    assert_close(student.logistic_icdf(u, loc, scale), stats.logistic.ppf(u, loc, scale))


@pytest.mark.points(1)
def test_broadcasts(student, reference):
    """Numbers, lists and arrays broadcast as in numpy, and the arguments stay as they are."""
    rng = np.random.default_rng(22)
    u, loc, scale = rng.uniform(0.05, 0.95, (3, 4)), rng.normal(0, 3, 4), np.array([[0.3], [1.0], [4.0]])
    assert_close(student.logistic_icdf(u, loc, scale), reference.logistic_icdf(u, loc, scale))
    assert_close(student.logistic_icdf(0.17, loc, scale), stats.logistic.ppf(0.17, loc, scale))
    lists = ([0.1, 0.6], [2, -3], 1.5)
    assert_close(student.logistic_icdf(*lists), reference.logistic_icdf(*lists))
    single = u.astype(np.float32)
    assert_close(student.logistic_icdf(single, 7, 0.4), reference.logistic_icdf(single, 7, 0.4))
    assert_close(student.logistic_icdf(0.37, -1.2, 2.0), stats.logistic.ppf(0.37, -1.2, 2.0))
    assert_arguments_unchanged(student.logistic_icdf, u, loc, scale)


@pytest.mark.points(1)
def test_tails(student):
    """Levels from 1e-6 to 1 - 1e-6 reach as far out as they should, to one percent."""
    u = np.array([1e-6, 1e-5, 1 - 1e-5, 1 - 1e-6])
    assert_close(student.logistic_icdf(u, 0.4, 1.7), stats.logistic.ppf(u, 0.4, 1.7), rtol=TAIL_RTOL)


@pytest.mark.points(1)
def test_refuses(student, reference):
    """A scale that is not positive, or a level outside (0, 1), raises ValueError; valid arguments do not."""
    u, loc, scale = np.array([0.2, 0.7, 0.9]), np.array([-1.0, 0.0, 2.0]), np.array([0.4, 1.0, 3.0])
    assert_close(student.logistic_icdf(u, loc, scale), reference.logistic_icdf(u, loc, scale))
    for wrong in (0.0, -1.5, np.array([0.4, -1.0, 3.0])):
        assert_raises(ValueError, student.logistic_icdf, u, loc, wrong)
    for wrong in (0.0, 1.0, -0.1, np.array([0.2, 1.3, 0.9]), np.array([0.2, -0.3, 0.9])):
        assert_raises(ValueError, student.logistic_icdf, wrong, loc, scale)
