"""Inputs that several Gaussian graders share. Every one has a fixed seed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import optimize, stats

MOMENTS_SEED = 410
NOISE_SEED = 411


def _alternating(shape: tuple[int, ...]) -> np.ndarray:
    """Plus and minus one in turns: a sample with both signs, however small it is."""
    size = int(np.prod(shape))
    return np.where(np.arange(size) % 2, -1.0, 1.0).reshape(shape)


# By parameterization: sigma as a function of the written number, and back; none of it is what the references say.
SIGMA = {
    "sigma": lambda raw: raw,
    "log sigma": lambda raw: np.e**raw,
    "log-variance": lambda raw: np.sqrt(np.e**raw),
    "softplus": lambda raw: np.maximum(raw, 0) + np.log1p(np.e ** -np.abs(raw)),
}
RAW = {
    "sigma": lambda sigma: sigma,
    "log sigma": np.log,
    "log-variance": lambda sigma: np.log(np.square(sigma)),
    "softplus": lambda sigma: sigma + np.log(-np.expm1(-np.asarray(sigma))),
}


@pytest.fixture
def sigma_of(variant):
    """``sigma_of(raw)``: the standard deviation that the variant writes as ``raw``."""
    return lambda raw: SIGMA[variant.parameterization](np.asarray(raw, dtype=float))


@pytest.fixture
def raw_of(variant):
    """``raw_of(sigma)``: how the variant writes a standard deviation."""
    return lambda sigma: RAW[variant.parameterization](np.asarray(sigma, dtype=float))[()]


@pytest.fixture
def moments(raw_of):
    """``moments(shape)``: means of both signs and, as the variant writes them, sigmas on both sides of 1."""

    def draw(shape=()):
        rng = np.random.default_rng(MOMENTS_SEED)
        side = _alternating(shape)
        mu = -side * rng.uniform(0.3, 2.0, shape)
        sigma = np.exp(side * rng.uniform(0.2, 1.1, shape))
        return mu, raw_of(sigma)

    return draw


@pytest.fixture
def narrow_and_wide(variant, raw_of):
    """Means and spreads of a very narrow law at zero and of a very wide one far from it."""
    # Finite differences in sigma itself need a sigma that is larger than their step.
    narrow = 0.05 if variant.parameterization == "sigma" else 1e-5
    return np.array([0.0, -30.0]), raw_of([narrow, 60.0])


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


@pytest.fixture
def kl_of_latent(variant, sigma_of):
    """KL of each element's Gaussian from the variant's prior, by the same quadrature, as a function of mu and raw."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    weights = weights / weights.sum()

    def divergence(mu, raw):
        mu, sigma = np.asarray(mu, dtype=float), sigma_of(raw)
        z = mu[..., None] + sigma[..., None] * nodes
        prior = stats.norm.logpdf(z, variant.prior_mean, variant.prior_sd)
        # log q by the change of variables: z - mu would lose a very small sigma.
        log_q = stats.norm.logpdf(nodes) - np.log(sigma[..., None])
        return ((log_q - prior) * weights).sum(axis=-1)

    return divergence


@pytest.fixture(scope="session")
def normal_grid():
    """Noise spread evenly over the quantiles of N(0, 1), and the relative error its averages may have."""
    return stats.norm.ppf((np.arange(2000) + 0.5) / 2000), 5e-3


LOCATION = None
SCALE = (0.02, 50.0)
SHAPE = (0.15, 20.0)


@dataclass(frozen=True)
class Law:
    """What the shared graders of the laws know of one: its quantiles come from scipy or from a root finder.

    Attributes:
        quantile: quantile(u, *parameters).
        ranges: from which each parameter is drawn; None is a location, of any sign.
        left: the left end as a function of the parameters, where u = 0 is allowed and gives it.
        farthest: the largest level that is asked for: single precision still knows its quantile to one percent.
        first: the smallest level for which derivatives are asked.
        tail: parameters with which the draws still change far out, where u does.
    """

    quantile: Callable[..., np.ndarray]
    ranges: tuple[tuple[float, float] | None, ...]
    left: Callable[..., float] | None = None
    farthest: float = 1 - 1e-6
    first: float = 0.2
    tail: tuple[float, float] = (0.5, 2.0)

    @property
    def count(self) -> int:
        """How many parameters it has."""
        return len(self.ranges)

    def parameters(self, rng: np.random.Generator, *shapes: tuple[int, ...], narrow: float = 1.0) -> list[np.ndarray]:
        """Draw parameters, evenly in their logarithms; a small ``narrow`` keeps the positive ones closer to 1."""
        return [
            rng.normal(0, 3, shape) if span is LOCATION else np.exp(narrow * rng.uniform(*np.log(span), shape))
            for span, shape in zip(self.ranges, shapes, strict=False)
        ]

    def corners(self) -> list[np.ndarray]:
        """Every combination of the ends of the ranges."""
        ends = [(-4.0, 2.5) if span is LOCATION else span for span in self.ranges]
        return [axis.ravel() for axis in np.meshgrid(*ends, indexing="ij")]

    def well_posed(self, u: np.ndarray, *parameters: np.ndarray) -> list[np.ndarray]:
        """Leave out draws that are small differences of large numbers: single precision has few digits of these."""
        z = self.quantile(u, *parameters)
        keep = np.full(z.shape, True) if self.left else np.abs(z) > 0.05 * np.abs(parameters[0])
        return [one[keep] for one in (u, *parameters)]


@np.vectorize
def _kumaraswamy_quantile(u, a, b):
    """Find the z with F(z) = u, without any inverse."""
    return optimize.brentq(lambda z: 1 - (1 - z**a) ** b - u, 0.0, 1.0, xtol=1e-300, rtol=1e-15)


def _zero(*parameters):
    return 0.0


LAWS = {
    "exponential": Law(lambda u, rate: stats.expon.ppf(u, scale=1 / np.asarray(rate)), (SCALE,), _zero, first=0.0),
    "weibull": Law(
        lambda u, scale, shape: stats.weibull_min.ppf(u, shape, scale=scale), (SCALE, SHAPE), _zero, first=0.0
    ),
    "pareto": Law(
        lambda u, minimum, shape: stats.pareto.ppf(u, shape, scale=minimum),
        (SCALE, SHAPE),
        lambda minimum, shape: minimum,
        1 - 2.0**-18,
        first=0.0,
    ),
    "rayleigh": Law(lambda u, sigma: stats.rayleigh.ppf(u, scale=sigma), (SCALE,), _zero, first=0.0),
    "half_normal": Law(lambda u, sigma: stats.halfnorm.ppf(u, scale=sigma), (SCALE,), _zero, first=0.0),
    "log_normal": Law(lambda u, mu, sigma: stats.lognorm.ppf(u, sigma, scale=np.exp(mu)), (LOCATION, (0.02, 4.0))),
    "logistic": Law(stats.logistic.ppf, (LOCATION, SCALE)),
    "laplace": Law(stats.laplace.ppf, (LOCATION, SCALE)),
    "gumbel": Law(stats.gumbel_r.ppf, (LOCATION, SCALE)),
    "cauchy": Law(stats.cauchy.ppf, (LOCATION, SCALE), None, 1 - 1e-5),
    "kumaraswamy": Law(_kumaraswamy_quantile, (SHAPE, SHAPE), _zero, tail=(0.5, 10.0)),
}


@pytest.fixture
def law(problem):
    """The law that a shared grader asks for: "half_normal" for the problem half_normal_icdf."""
    return LAWS[problem.rpartition("_")[0]]
