"""Hidden grader of beta_implicit_gradient: differences of scipy's quantile at fixed u, shapes."""

import numpy as np
import pytest
from scipy import special

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference

# The first lies so far out that the density is small, too.
LEVELS = np.array([1e-7, 0.01, 0.08, 0.27, 0.5, 0.74, 0.93, 0.99])


def _differences(u, a, b):
    of_a = central_difference(lambda x: special.betaincinv(x, b, u), a, step=1e-3 * np.min(a))
    of_b = central_difference(lambda x: special.betaincinv(a, x, u), b, step=1e-3 * np.min(b))
    return of_a, of_b


@pytest.mark.points(2)
@pytest.mark.parametrize(("a", "b"), [(2.7, 4.1), (0.6, 1.8), (9.0, 7.0), (0.4, 11.0), (11.0, 0.4)])
def test_matches_differences_of_the_quantile(student, a, b):
    """Both derivatives agree with finite differences of the Beta's quantile at fixed u."""
    z = special.betaincinv(a, b, LEVELS)
    assert_close(student.beta_implicit_gradient(z, a, b), _differences(LEVELS, a, b))


@pytest.mark.points(1)
def test_broadcasts(student):
    """Every triple of z, a and b gets its own derivatives, in the shape to which the three broadcast."""
    rng = np.random.default_rng(71)
    u, a, b = rng.uniform(0.05, 0.95, (3, 4)), np.array([0.7, 1.0, 2.4, 5.0]), np.array([[0.8], [1.0], [3.3]])
    expected = _differences(u, a, b)
    assert_close(student.beta_implicit_gradient(special.betaincinv(a, b, u), a, b), expected)
    row = np.array([0.2, 0.37, 0.5, 0.8])
    for z, each_a, each_b in [(0.37, a, b), (row, a, b), (row, a, b[:, None]), (0.37, b[:, None], a)]:
        expected = _differences(special.betainc(each_a, each_b, z), each_a, each_b)
        assert_close(student.beta_implicit_gradient(z, each_a, each_b), expected)


@pytest.mark.points(1)
def test_kinds_of_arguments(student, reference):
    """Numbers, lists and single precision are taken as arrays are, and the arguments stay as they are."""
    rng = np.random.default_rng(72)
    z, a, b = rng.uniform(0.1, 0.9, (3, 4)), rng.uniform(0.5, 4.0, 4), rng.uniform(0.5, 4.0, (3, 1))
    lists, whole = ([0.4, 0.7], [2.0, 0.8], [3, 1.5]), (0.4, np.array([1, 3]), np.array([2, 1]))
    for arguments in (lists, whole, ([0.4, 0.7], 2, 3)):
        assert_close(student.beta_implicit_gradient(*arguments), reference.beta_implicit_gradient(*arguments))
    expected = tuple(float(one) for one in _differences(special.betainc(3.1, 1.6, 0.82), 3.1, 1.6))
    assert_close(student.beta_implicit_gradient(0.82, 3.1, 1.6), expected)
    single = [one.astype(np.float32) for one in (z, a, b)]
    assert_close(student.beta_implicit_gradient(*single), reference.beta_implicit_gradient(*single))
    assert_arguments_unchanged(student.beta_implicit_gradient, z, a, b)
