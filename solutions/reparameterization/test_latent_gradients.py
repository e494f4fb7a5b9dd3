"""Hidden grader of latent_gradients: finite differences of a whole loss, the weight of the KL."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


@pytest.fixture
def case(moments, noise, kl_by_quadrature):
    """Arguments of a shape, and finite differences of the loss sin(2 z) + beta * KL at them."""

    def make(shape, beta=1.0):
        (mu, sigma), eps = moments(shape), noise(shape)

        def loss(mu, sigma):
            return np.sin(2 * (mu + sigma * eps)) + beta * kl_by_quadrature(mu, sigma)

        grad_z = 2 * np.cos(2 * (mu + sigma * eps))
        d_mu = central_difference(lambda moved: loss(moved, sigma), mu)
        d_sigma = central_difference(lambda moved: loss(mu, moved), sigma)
        return (grad_z, mu, sigma, eps), (d_mu, d_sigma)

    return make


def derivative_in_mu(notebook, *arguments):
    """Probe: the first of the two derivatives."""
    d_mu, _ = notebook.latent_gradients(*arguments)
    return d_mu


def derivative_in_sigma(notebook, *arguments):
    """Probe: the second of the two derivatives."""
    _, d_sigma = notebook.latent_gradients(*arguments)
    return d_sigma


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_mu(student, case, shape):
    """What reaches mu along both paths agrees with finite differences of the whole loss."""
    arguments, (d_mu, _) = case(shape)
    assert_close(student.run(derivative_in_mu, *arguments), d_mu)


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_sigma(student, case, shape):
    """What reaches sigma along both paths agrees with finite differences of the whole loss."""
    arguments, (_, d_sigma) = case(shape)
    assert_close(student.run(derivative_in_sigma, *arguments), d_sigma)


@pytest.mark.points(2)
@pytest.mark.parametrize("beta", [0.0, 0.3, 4.0])
def test_beta_weights_the_kl(student, case, beta):
    """The weight beta multiplies the KL's contribution and nothing else."""
    arguments, expected = case((4,), beta)
    assert_close(student.latent_gradients(*arguments, beta), expected)
    assert_close(student.latent_gradients(*arguments, beta=beta), expected)


@pytest.mark.points(1)
def test_is_elementwise(student, case):
    """The pair has the shape of the arguments; numbers, lists and arrays are fine and stay as they were."""
    arguments, expected = case((3, 4))
    assert_close(student.latent_gradients(*arguments), expected)
    assert_close(student.latent_gradients([2, -1], [1, -3], [2, 4], [-1, 1], beta=2), ([4, -7], [1.0, 6.5]))
    assert_close(student.latent_gradients(-1.5, 0.25, 0.5, 2.0), (-1.25, -4.5))
    assert_arguments_unchanged(student.latent_gradients, *arguments)
