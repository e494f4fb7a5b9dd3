"""Inputs that several Gaussian graders share. Every one has a fixed seed."""

import numpy as np
import pytest
from scipy import stats

MOMENTS_SEED = 410
NOISE_SEED = 411


def _alternating(shape: tuple[int, ...]) -> np.ndarray:
    """Plus and minus one in turns: a sample with both signs, however small it is."""
    size = int(np.prod(shape))
    return np.where(np.arange(size) % 2, -1.0, 1.0).reshape(shape)


@pytest.fixture
def moments():
    """``moments(shape)``: means of both signs and standard deviations on both sides of 1, never near it."""

    def draw(shape=()):
        rng = np.random.default_rng(MOMENTS_SEED)
        side = _alternating(shape)
        mu = -side * rng.uniform(0.3, 2.0, shape)
        sigma = np.exp(side * rng.uniform(0.2, 1.1, shape))
        return mu, sigma

    return draw


@pytest.fixture
def noise():
    """``noise(shape)``: standard normal numbers; signs in pairs, so that each goes with either sign of mu."""

    def draw(shape=()):
        size = int(np.prod(shape))
        signs = np.where(np.arange(size) // 2 % 2, -1.0, 1.0).reshape(shape)
        return signs * (0.1 + np.abs(np.random.default_rng(NOISE_SEED).standard_normal(shape)))

    return draw


@pytest.fixture
def kl_by_quadrature():
    """KL(N(mu, sigma^2) || N(0, 1)) of each element as an integral of log q - log p; no closed form enters.

    Gauss-Hermite quadrature with a few nodes is exact here: the integrand is a polynomial of degree 2.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    weights = weights / weights.sum()

    def divergence(mu, sigma):
        mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
        z = mu[..., None] + sigma[..., None] * nodes
        log_ratio = stats.norm.logpdf(z, mu[..., None], sigma[..., None]) - stats.norm.logpdf(z)
        return (log_ratio * weights).sum(axis=-1)

    return divergence


@pytest.fixture(scope="session")
def normal_grid():
    """Noise spread evenly over the quantiles of N(0, 1), and the relative error its averages may have."""
    return stats.norm.ppf((np.arange(2000) + 0.5) / 2000), 5e-3
