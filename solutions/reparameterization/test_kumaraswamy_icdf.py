"""Hidden grader of kumaraswamy_icdf: the Beta's exact special cases, a root finder, shapes."""

import numpy as np
import pytest
from scipy import optimize, special

from autograder.grading import assert_arguments_unchanged, assert_close

# Single precision keeps two to three digits of 1 - u next to 1; an answer that clips u is off by far more.
TAIL_RTOL = 1e-2


def _solve(u, a, b):
    """Find z with F(z) = u by bisection, without any inverse."""
    return optimize.brentq(lambda z: 1 - (1 - z**a) ** b - u, 0.0, 1.0, xtol=1e-14)


@pytest.mark.points(2)
@pytest.mark.parametrize(("a", "b"), [(2.0, 5.0), (0.7, 1.3), (3.5, 0.6)])
def test_inverts_the_distribution_function(student, a, b):
    """For u between 0.02 and 0.98, F of the draw is u, and the draw rises with u."""
    u = np.random.default_rng(41).uniform(0.02, 0.98, 10)
    assert_close(student.kumaraswamy_icdf(u, a, b), np.array([_solve(one, a, b) for one in u]))


@pytest.mark.points(1)
def test_is_the_beta_when_a_shape_is_one(student):
    """With a = 1 or b = 1 the draws are the quantiles of Beta(a, b); u = 0 gives 0, and u may come close to 1."""
    u = np.array([0.0, 0.04, 0.31, 0.52, 0.88])
    assert_close(student.kumaraswamy_icdf(u, 1.0, 3.4), special.betaincinv(1.0, 3.4, u))
    assert_close(student.kumaraswamy_icdf(u, 0.6, 1.0), special.betaincinv(0.6, 1.0, u))
    # Every right formula gives exactly 0 here; one that clips u, however gently, does not.
    assert_close(student.kumaraswamy_icdf(0.0, 2.0, 5.0), 0.0, atol=0.0)
    u = np.array([1 - 1e-4, 1 - 1e-6])
    assert_close(student.kumaraswamy_icdf(u, 1.0, 6.0), special.betaincinv(1.0, 6.0, u), rtol=TAIL_RTOL)


@pytest.mark.points(1)
def test_broadcasts(student, reference):
    """Numbers, lists and arrays broadcast as in numpy, and the arguments stay as they are."""
    rng = np.random.default_rng(42)
    u, a, b = rng.uniform(0.05, 0.95, (3, 4)), rng.uniform(0.5, 4.0, 4), np.array([[0.6], [2.0], [5.0]])
    assert_close(student.kumaraswamy_icdf(u, a, b), reference.kumaraswamy_icdf(u, a, b))
    assert_close(student.kumaraswamy_icdf(0.17, a, b), reference.kumaraswamy_icdf(0.17, a, b))
    assert_close(student.kumaraswamy_icdf([0.1, 0.6], [2, 3], 4), reference.kumaraswamy_icdf([0.1, 0.6], [2, 3], 4))
    single = u.astype(np.float32)
    assert_close(student.kumaraswamy_icdf(single, 2, 1.5), reference.kumaraswamy_icdf(single, 2, 1.5))
    assert_close(student.kumaraswamy_icdf(0.37, 2.2, 3.1), _solve(0.37, 2.2, 3.1))
    assert_arguments_unchanged(student.kumaraswamy_icdf, u, a, b)
