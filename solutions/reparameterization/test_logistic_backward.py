"""Hidden grader of logistic_backward: differences of scipy's quantiles, shapes of shared parameters."""

import numpy as np
import pytest
from scipy import stats

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


def _differences(grad_z, u, loc, scale):
    """Gradients of the loss sum(grad_z * z) for parameters that are shared by nobody."""
    of_loc = central_difference(lambda x: stats.logistic.ppf(u, x, scale), loc)
    of_scale = central_difference(lambda x: stats.logistic.ppf(u, loc, x), scale)
    return grad_z * of_loc, grad_z * of_scale


@pytest.mark.points(2)
def test_matches_finite_differences(student):
    """Both gradients agree with differences of the quantile at fixed u, on both sides of the median."""
    rng = np.random.default_rng(31)
    grad_z, u = rng.normal(0, 2, 9), np.append(rng.uniform(0.03, 0.97, 8), 3e-4)
    loc, scale = rng.normal(0, 2, 9), rng.uniform(0.3, 3.0, 9)
    assert_close(student.logistic_backward(grad_z, u, loc, scale), _differences(grad_z, u, loc, scale))
    expected = tuple(float(one) for one in _differences(-2.15, 0.13, 1.7, 2.4))
    assert_close(student.logistic_backward(-2.15, 0.13, 1.7, 2.4), expected)


@pytest.mark.points(1)
def test_shared_parameters(student):
    """A parameter that several draws share gets the sum of their contributions, in its own shape."""
    rng = np.random.default_rng(32)
    grad_z, u = rng.normal(0, 2, (3, 4)), rng.uniform(0.03, 0.97, (3, 4))
    loc, scale = rng.normal(0, 2, 4), np.array([[0.3], [1.4], [2.9]])
    of_loc, of_scale = _differences(grad_z, u, loc + 0 * u, scale + 0 * u)
    expected = of_loc.sum(axis=0), of_scale.sum(axis=1, keepdims=True)
    assert_close(student.logistic_backward(grad_z, u, loc, scale), expected)
    of_loc, of_scale = _differences(grad_z, u, -0.6, 1.3)
    assert_close(student.logistic_backward(grad_z, u, -0.6, 1.3), (of_loc.sum(), of_scale.sum()))
    # Two axes before the parameter's own.
    grad_z, u = rng.normal(0, 2, (2, 3, 4)), rng.uniform(0.03, 0.97, (2, 3, 4))
    of_loc, of_scale = _differences(grad_z, u, loc + 0 * u, scale + 0 * u)
    expected = of_loc.sum(axis=(0, 1)), of_scale.sum(axis=(0, 2))[:, None]
    assert_close(student.logistic_backward(grad_z, u, loc, scale), expected)
    grad_z, u = grad_z[0], u[0]
    # One level for all draws: u broadcasts, too.
    of_loc, of_scale = _differences(grad_z[0], 0.21, loc, 0.8 + 0 * loc)
    assert_close(student.logistic_backward(grad_z[0], 0.21, loc, [0.8]), (of_loc, of_scale.sum(keepdims=True)))


@pytest.mark.points(1)
def test_kinds_of_arguments(student, reference):
    """Lists and single precision are taken as arrays are, and the arguments stay as they are."""
    rng = np.random.default_rng(33)
    grad_z, u = rng.normal(0, 2, (3, 4)), rng.uniform(0.05, 0.95, (3, 4))
    loc, scale = rng.normal(0, 2, (3, 4)), rng.uniform(0.3, 3.0, 4)
    lists = ([1.5, -0.4], [0.2, 0.7], [3.0, -1.0], [2.0, 0.5])
    assert_close(student.logistic_backward(*lists), reference.logistic_backward(*lists))
    single = [one.astype(np.float32) for one in (grad_z, u, loc, scale)]
    assert_close(student.logistic_backward(*single), reference.logistic_backward(*single))
    assert_arguments_unchanged(student.logistic_backward, grad_z, u, loc, scale)
