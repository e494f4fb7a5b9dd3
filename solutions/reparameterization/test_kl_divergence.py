"""Hidden grader of kl_divergence: quadrature, the sum over latent dimensions, refused arguments."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, assert_raises, assert_shape


@pytest.mark.points(2)
def test_one_latent_dimension(student, kl_by_quadrature):
    """The divergence of one latent dimension agrees with the integral of log q - log p under q."""
    for mu, sigma in [(-0.83, 1.37), (1.9, 0.35), (-2.4, 0.6), (0.7, 2.8), (0.2, 1e-3)]:
        assert_close(student.kl_divergence(mu, sigma), kl_by_quadrature(mu, sigma))


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_sums_over_the_last_axis(student, moments, kl_by_quadrature, shape):
    """The latent dimensions, along the last axis, are summed; the axes of a batch remain."""
    mu, sigma = moments(shape)
    assert_close(student.kl_divergence(mu, sigma), kl_by_quadrature(mu, sigma).sum(axis=-1))


@pytest.mark.points(1)
@pytest.mark.parametrize("bad", [-1.3, 0.0, [0.7, -0.4, 1.8], [[1.2, 0.6], [0.9, 0.0]]])
def test_refuses_a_sigma_that_is_not_positive(student, bad):
    """Any sigma that is zero or negative raises ValueError, and positive ones do not."""
    bad = bad if isinstance(bad, float) else np.array(bad)
    mu = -0.6 if isinstance(bad, float) else np.full(bad.shape, -0.6)
    assert_shape(student.kl_divergence(-0.6, 1e-3), ())
    student.kl_divergence(mu, abs(bad) + 0.25)
    assert_raises(ValueError, student.kl_divergence, mu, bad)


@pytest.mark.points(1)
def test_takes_lists_broadcasts_and_leaves_arguments_alone(student, moments, kl_by_quadrature):
    """Lists and whole numbers are fine, shapes broadcast, and the caller's arrays stay what they were."""
    assert_close(student.kl_divergence([1, -2], [3, 2]), kl_by_quadrature([1, -2], [3, 2]).sum())
    mu, sigma = moments((3, 4))[0], moments((4,))[1]
    assert_close(student.kl_divergence(mu, sigma), kl_by_quadrature(*np.broadcast_arrays(mu, sigma)).sum(axis=-1))
    assert_close(student.kl_divergence(mu, 1.7), kl_by_quadrature(mu, np.full_like(mu, 1.7)).sum(axis=-1))
    assert_close(student.kl_divergence(-0.4, sigma), kl_by_quadrature(np.full_like(sigma, -0.4), sigma).sum())
    mean, spread = mu[0], moments((3, 4))[1]
    expected = kl_by_quadrature(*np.broadcast_arrays(mean, spread)).sum(axis=-1)
    assert_close(student.kl_divergence(mean, spread), expected)
    assert_arguments_unchanged(student.kl_divergence, mu, sigma)
