"""Hidden grader of gamma_implicit_gradient: differences of scipy's quantile at fixed u, shapes."""

import numpy as np
import pytest
from scipy import special

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference

# The first lies so far out that the density is small, too.
LEVELS = np.array([1e-6, 0.004, 0.06, 0.23, 0.5, 0.77, 0.95, 0.996])


def _differences(u, alpha):
    return central_difference(lambda a: special.gammaincinv(a, u), alpha, step=1e-3 * np.min(alpha))


@pytest.mark.points(2)
@pytest.mark.parametrize("alpha", [2.3, 0.35, 14.0])
def test_matches_differences_of_the_quantile(student, alpha):
    """It agrees with differences of the Gamma's quantile at fixed u, for small and large shapes."""
    z = special.gammaincinv(alpha, LEVELS)
    assert_close(student.gamma_implicit_gradient(z, alpha), _differences(LEVELS, alpha))


@pytest.mark.points(1)
def test_broadcasts(student):
    """Every pair of z and alpha gets its own derivative, in the shape to which they broadcast."""
    rng = np.random.default_rng(61)
    u, alpha = rng.uniform(0.05, 0.95, (3, 4)), np.array([0.6, 1.0, 2.9, 7.5])
    expected = _differences(u, alpha)
    assert_close(student.gamma_implicit_gradient(special.gammaincinv(alpha, u), alpha), expected)
    column, row = np.array([[0.8], [1.9], [5.0]]), np.array([0.6, 1.4, 2.2, 3.7])
    for z, alpha in [(1.4, column), (row, column), (row, column[:, None])]:
        expected = _differences(special.gammainc(alpha, z), alpha)
        assert_close(student.gamma_implicit_gradient(z, alpha), expected)


@pytest.mark.points(1)
def test_kinds_of_arguments(student, reference):
    """Numbers, lists and single precision are taken as arrays are, and the arguments stay as they are."""
    rng = np.random.default_rng(62)
    z, alpha = rng.uniform(0.3, 4.0, (3, 4)), rng.uniform(0.5, 5.0, 4)
    for arguments in (([0.4, 1.7], [2, 0.8]), (2, 3), (np.array([1, 2]), np.array([2, 1]))):
        assert_close(student.gamma_implicit_gradient(*arguments), reference.gamma_implicit_gradient(*arguments))
    expected = float(_differences(special.gammainc(3.1, 2.2), 3.1))
    assert_close(student.gamma_implicit_gradient(2.2, 3.1), expected)
    single = (z.astype(np.float32), alpha.astype(np.float32))
    assert_close(student.gamma_implicit_gradient(*single), reference.gamma_implicit_gradient(*single))
    assert_arguments_unchanged(student.gamma_implicit_gradient, z, alpha)
