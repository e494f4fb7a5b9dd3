"""Hidden grader of exponential_backward: differences of scipy's quantiles, shapes of shared parameters."""

import numpy as np
import pytest
from scipy import stats

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


def _differences(grad_z, u, rate):
    """Gradient of the loss sum(grad_z * z) for a rate that is shared by nobody."""
    return grad_z * central_difference(lambda x: stats.expon.ppf(u, scale=1 / x), rate)


@pytest.mark.points(2)
def test_matches_finite_differences(student):
    """The gradient agrees with finite differences of the quantile at fixed u, for small and large rates."""
    rng = np.random.default_rng(31)
    grad_z, u, rate = (
        rng.normal(0, 2, 9),
        np.append(rng.uniform(0.03, 0.97, 8), 0.9995),
        np.append(rng.uniform(0.3, 3.0, 8), 6.5),
    )
    assert_close(student.exponential_backward(grad_z, u, rate), _differences(grad_z, u, rate))
    assert_close(student.exponential_backward(-2.15, 0.63, 0.7), float(_differences(-2.15, 0.63, 0.7)))


@pytest.mark.points(1)
def test_shared_parameters(student):
    """A rate that several draws share gets the sum of their contributions, in its own shape."""
    rng = np.random.default_rng(32)
    grad_z, u, rate = (
        rng.normal(0, 2, (3, 4)),
        rng.uniform(0.03, 0.97, (3, 4)),
        np.array([0.4, 1.3, 2.2, 3.9]),
    )
    expected = _differences(grad_z, u, rate + 0 * u).sum(axis=0)
    assert_close(student.exponential_backward(grad_z, u, rate), expected)
    column = np.array([[0.5], [1.4], [2.9]])
    expected = _differences(grad_z, u, column + 0 * u).sum(axis=1, keepdims=True)
    assert_close(student.exponential_backward(grad_z, u, column), expected)
    assert_close(student.exponential_backward(grad_z, u, 0.8), _differences(grad_z, u, 0.8).sum())
    # Two axes before the parameter's own.
    grad_z, u = rng.normal(0, 2, (2, 3, 4)), rng.uniform(0.03, 0.97, (2, 3, 4))
    expected = _differences(grad_z, u, rate + 0 * u).sum(axis=(0, 1))
    assert_close(student.exponential_backward(grad_z, u, rate), expected)
    grad_z = grad_z[0]
    # One level for all draws: u broadcasts, too.
    assert_close(student.exponential_backward(grad_z[0], 0.21, rate), _differences(grad_z[0], 0.21, rate))


@pytest.mark.points(1)
def test_kinds_of_arguments(student, reference):
    """Lists and single precision are taken as arrays are, u = 0 too, and the arguments stay as they are."""
    rng = np.random.default_rng(33)
    grad_z, u, rate = rng.normal(0, 2, (3, 4)), rng.uniform(0.05, 0.95, (3, 4)), rng.uniform(0.4, 3.0, 4)
    lists = ([1.5, -0.4, 0.9], [0.2, 0.7, 0.0], [2, 0.5, 1.1])
    assert_close(student.exponential_backward(*lists), reference.exponential_backward(*lists))
    single = [one.astype(np.float32) for one in (grad_z, u, rate)]
    assert_close(student.exponential_backward(*single), reference.exponential_backward(*single))
    assert_arguments_unchanged(student.exponential_backward, grad_z, u, rate)
