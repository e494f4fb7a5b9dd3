"""Hidden grader of reparameterize_backward: finite differences of a loss, shared parameters."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference

GRADIENT_SEED = 421


def differences(mu, raw, eps, grad_z, sigma_of):
    """Gradient of the loss sum(grad_z * z), one parameter element at a time, by moving that element."""
    eps, grad_z = np.asarray(eps, dtype=float), np.asarray(grad_z, dtype=float)
    parameters = [np.asarray(mu, dtype=float), np.asarray(raw, dtype=float)]

    def partial(which, index):
        def loss(step):
            moved = [parameter.copy() for parameter in parameters]
            moved[which][index] += step
            return np.sum(grad_z * (moved[0] + sigma_of(moved[1]) * eps))

        return float(central_difference(loss, 0.0))

    gradients = []
    for which, parameter in enumerate(parameters):
        each = [partial(which, index) for index in np.ndindex(parameter.shape)]
        gradients.append(np.reshape(each, parameter.shape))
    return tuple(gradients)


@pytest.fixture
def check_shapes(student, moments, noise, sigma_of):
    """Compare with finite differences at parameters and noise of the given shapes."""

    def compare(mu_shape, raw_shape, eps_shape):
        (mu, _), (_, raw), eps = moments(mu_shape), moments(raw_shape), noise(eps_shape)
        shape = np.broadcast_shapes(mu_shape, raw_shape, eps_shape)
        grad_z = np.random.default_rng(GRADIENT_SEED).uniform(0.5, 2.5, shape) * np.sign(noise(shape) + mu)
        expected = differences(mu, raw, eps, grad_z, sigma_of)
        assert_close(student.reparameterize_backward(grad_z, mu, raw, eps), expected)

    return compare


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(), (5,), (3, 4)])
def test_follows_the_chain_rule(check_shapes, shape):
    """Both gradients agree with finite differences of a loss when all arguments have one shape."""
    check_shapes(shape, shape, shape)


@pytest.mark.points(1)
def test_sums_over_a_batch(check_shapes):
    """A parameter that all items of a batch share gets the sum of their contributions, in its own shape."""
    check_shapes((4,), (4,), (3, 4))
    check_shapes((3, 4), (4,), (3, 4))
    check_shapes((), (), (5,))
    check_shapes((4,), (3, 4), (2, 3, 4))
    check_shapes((2, 3, 4), (4,), (2, 3, 4))


@pytest.mark.points(1)
def test_keeps_axes_of_length_one(check_shapes):
    """A parameter with axes of length one keeps them: its gradient has the same shape."""
    check_shapes((3, 1), (4,), (3, 4))
    check_shapes((1, 4), (3, 1), (3, 4))
    check_shapes((2, 3, 4), (3, 1), (4,))


@pytest.mark.points(1)
def test_takes_lists_and_leaves_arguments_alone(student, moments, noise, sigma_of, narrow_and_wide):
    """Plain numbers and lists are fine, and the caller's arrays are what they were before the call."""
    assert_close(student.reparameterize_backward(2, 1, 3, -0.5), differences(1, 3, -0.5, 2, sigma_of))
    assert_close(student.reparameterize_backward(1, 2, 1, -3), differences(2, 1, -3, 1, sigma_of))
    # Large gradients, rare noise, very small and very large spreads.
    (mu, raw), eps, grad_z = narrow_and_wide, [1.25, -5.5], [200.0, -35.0]
    assert_close(student.reparameterize_backward(grad_z, mu, raw, eps), differences(mu, raw, eps, grad_z, sigma_of))
    grad_z, mu, raw, eps = [[1.5, -2], [0.5, -3]], [0.3, -0.2], [0.5, 2.5], [[0.5, 1.25], [-2, 0.75]]
    assert_close(student.reparameterize_backward(grad_z, mu, raw, eps), differences(mu, raw, eps, grad_z, sigma_of))
    (mu, raw), eps = moments((3,)), noise((3,))
    assert_arguments_unchanged(student.reparameterize_backward, np.array([1.5, -0.5, 2.0]), mu, raw, eps)
