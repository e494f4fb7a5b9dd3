"""Hidden grader of latent_gradients: finite differences of a whole loss, the weight of the KL."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


@pytest.fixture
def differences(kl_of_latent, sigma_of):
    """Finite differences of a loss whose reconstruction has the derivative grad_z at z, by moving mu and the spread."""

    def both(grad_z, mu, raw, eps, beta=1.0):
        grad_z, mu, raw, eps = (np.asarray(argument, dtype=float) for argument in (grad_z, mu, raw, eps))

        def loss(mu_now, raw_now):
            return grad_z * (mu_now + sigma_of(raw_now) * eps) + beta * kl_of_latent(mu_now, raw_now)

        d_mu = central_difference(lambda moved: loss(moved, raw), mu)
        d_raw = central_difference(lambda moved: loss(mu, moved), raw)
        return d_mu, d_raw

    return both


@pytest.fixture
def case(moments, noise, kl_of_latent, sigma_of):
    """Arguments of a shape, and finite differences of the loss sin(2 z) + beta * KL at them."""

    def make(shape, beta=1.0):
        (mu, raw), eps = moments(shape), noise(shape)

        def loss(mu, raw):
            return np.sin(2 * (mu + sigma_of(raw) * eps)) + beta * kl_of_latent(mu, raw)

        grad_z = 2 * np.cos(2 * (mu + sigma_of(raw) * eps))
        d_mu = central_difference(lambda moved: loss(moved, raw), mu)
        d_raw = central_difference(lambda moved: loss(mu, moved), raw)
        return (grad_z, mu, raw, eps), (d_mu, d_raw)

    return make


def derivative_in_mu(notebook, *arguments):
    """Probe: the first of the two derivatives."""
    d_mu, _ = notebook.latent_gradients(*arguments)
    return d_mu


def derivative_in_spread(notebook, *arguments):
    """Probe: the second of the two derivatives."""
    _, d_raw = notebook.latent_gradients(*arguments)
    return d_raw


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_mu(student, case, shape):
    """What reaches mu along both paths agrees with finite differences of the whole loss."""
    arguments, (d_mu, _) = case(shape)
    assert_close(student.run(derivative_in_mu, *arguments), d_mu)


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_spread(student, case, shape):
    """What reaches <%= variant.spread_text %> along both paths agrees with finite differences of the whole loss."""
    arguments, (_, d_raw) = case(shape)
    assert_close(student.run(derivative_in_spread, *arguments), d_raw)


@pytest.mark.points(2)
@pytest.mark.parametrize("beta", [0.0, 0.3, 4.0])
def test_beta_weights_the_kl(student, case, beta):
    """The weight beta multiplies the KL's contribution and nothing else."""
    arguments, expected = case((4,), beta)
    assert_close(student.latent_gradients(*arguments, beta), expected)
    assert_close(student.latent_gradients(*arguments, beta=beta), expected)


@pytest.mark.points(1)
def test_is_elementwise(student, case, differences, narrow_and_wide):
    """The pair has the shape of the arguments; numbers, lists and arrays are fine and stay as they were."""
    arguments, expected = case((2, 3, 4))
    assert_close(student.latent_gradients(*arguments), expected)
    # Large gradients, rare noise, very small and very large spreads.
    extreme = np.array([200.0, -35.0]), *narrow_and_wide, np.array([1.25, -5.5])
    for each in (extreme, (2, -1, 1, -3)):
        assert_close(student.latent_gradients(*each), differences(*each))
    lists = [2, -1], [1, -3], [2, 4], [-1, 1]
    assert_close(student.latent_gradients(*lists, beta=2), differences(*lists, beta=2))
    assert_close(student.latent_gradients(-1.5, 0.25, 0.5, 2.0), differences(-1.5, 0.25, 0.5, 2.0))
    assert_arguments_unchanged(student.latent_gradients, *arguments)
