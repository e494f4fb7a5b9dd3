"""Hidden grader of kl_divergence: quadrature, the sum over latent dimensions, refused arguments."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, assert_raises, assert_shape


@pytest.mark.points(2)
def test_one_latent_dimension(student, variant, kl_of_latent, raw_of):
    """The divergence of one latent dimension agrees with the integral of log q - log p under q."""
    m, s = variant.prior_mean, variant.prior_sd
    # Close to the prior the divergence is small, and it is zero for the prior itself.
    near = [(m - 0.03 * s, 1.04 * s), (m, s)]
    for mu, sigma in [(-0.83, 1.37), (1.9, 0.35), (-2.4, 0.6), (0.7, 2.8), (0.2, 1e-3), (-30.0, 60.0), *near]:
        raw = float(raw_of(sigma))
        assert_close(student.kl_divergence(mu, raw), kl_of_latent(mu, raw))


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_sums_over_the_last_axis(student, moments, kl_of_latent, shape):
    """The latent dimensions, along the last axis, are summed; the axes of a batch remain."""
    mu, raw = moments(shape)
    assert_close(student.kl_divergence(mu, raw), kl_of_latent(mu, raw).sum(axis=-1))


@pytest.mark.points(1)
@pytest.mark.only(lambda variant: variant.parameterization == "sigma")
@pytest.mark.parametrize("bad", [-1.3, 0.0, [0.7, -0.4, 1.8], [[1.2, 0.6], [0.9, 0.0]]])
def test_refuses_a_sigma_that_is_not_positive(student, bad):
    """Any sigma that is zero or negative raises ValueError, and positive ones do not."""
    bad = bad if isinstance(bad, float) else np.array(bad)
    mu = -0.6 if isinstance(bad, float) else np.full(bad.shape, -0.6)
    assert_shape(student.kl_divergence(-0.6, 1e-3), ())
    student.kl_divergence(mu, abs(bad) + 0.25)
    assert_raises(ValueError, student.kl_divergence, mu, bad)


@pytest.mark.points(1)
@pytest.mark.only(lambda variant: variant.parameterization != "sigma")
def test_takes_any_real_spread(student, kl_of_latent):
    """For 0 and for very negative or large <%= variant.spread %> the divergence is right, and finite."""
    for raw in (0.0, -40.0, -15.0, 15.0, 30.0):
        assert_close(student.kl_divergence(-0.6, raw), kl_of_latent(-0.6, raw))
    raw = np.array([[-25.0, 0.0, 12.0], [-0.4, -13.0, -36.0]])
    assert_close(student.kl_divergence([1.5, -0.7, 0.2], raw), kl_of_latent([[1.5, -0.7, 0.2]] * 2, raw).sum(axis=-1))


@pytest.mark.points(1)
def test_takes_lists_broadcasts_and_leaves_arguments_alone(student, moments, kl_of_latent):
    """Lists and whole numbers are fine, shapes broadcast, and the caller's arrays stay what they were."""
    assert_close(student.kl_divergence([1, -2], [3, 2]), kl_of_latent([1, -2], [3, 2]).sum())
    mu, raw = moments((3, 4))[0], moments((4,))[1]
    assert_close(student.kl_divergence(mu, raw), kl_of_latent(*np.broadcast_arrays(mu, raw)).sum(axis=-1))
    assert_close(student.kl_divergence(2, 1), kl_of_latent(2, 1))
    column = mu[:, :1]
    expected = kl_of_latent(*np.broadcast_arrays(column, raw)).sum(axis=-1)
    assert_close(student.kl_divergence(column, raw), expected)
    assert_close(student.kl_divergence(mu, 1.7), kl_of_latent(mu, np.full_like(mu, 1.7)).sum(axis=-1))
    assert_close(student.kl_divergence(-0.4, raw), kl_of_latent(np.full_like(raw, -0.4), raw).sum())
    mean, raws = mu[0], moments((3, 4))[1]
    expected = kl_of_latent(*np.broadcast_arrays(mean, raws)).sum(axis=-1)
    assert_close(student.kl_divergence(mean, raws), expected)
    assert_arguments_unchanged(student.kl_divergence, mu, raw)
