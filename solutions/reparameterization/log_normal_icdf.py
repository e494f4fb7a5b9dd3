"""Quantile function of the log-normal distribution: the logarithm of z is Gaussian."""

import math
import statistics

import numpy as np
import scipy.stats
import torch
from scipy import special

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _log_normal_arguments(u, mu, sigma, dtype=float):
    u, mu, sigma = (np.asarray(one, dtype=dtype) for one in (u, mu, sigma))
    if not np.all(sigma > 0) or not np.all((u > 0) & (u < 1)):
        raise ValueError("sigma must be positive and u in (0, 1)")
    return u, mu, sigma


def log_normal_icdf(u, mu, sigma):
    """Quantile function of the log-normal distribution: the z with F(z) = u.

    The logarithm of z is Gaussian with mean mu and standard deviation sigma; the distribution
    function is F(z) = Phi((log(z) - mu) / sigma) for z > 0, where Phi is that of the standard Gaussian.

    Args:
        u: level, 0 < u < 1; a number, a list or an array.
        mu: mean of log(z).
        sigma: standard deviation of log(z), positive.
            mu and sigma are numbers, lists or arrays that broadcast with u.

    Returns:
        z, positive, with the shape to which the three arguments broadcast. It increases with u.

    Raises:
        ValueError: some sigma is not positive, or some u is not in (0, 1).
    """
    u, mu, sigma = (np.asarray(one, dtype=float) for one in (u, mu, sigma))
    if not np.all(sigma > 0):
        raise ValueError("sigma must be positive")
    if not np.all((u > 0) & (u < 1)):
        raise ValueError("u must be in (0, 1)")
    return np.exp(mu + sigma * special.ndtri(u))


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shapes = [
        ((), (), ()),
        ((5,), (), ()),
        ((), (4,), ()),
        ((3,), (3,), (3,)),
        ((3, 4), (4,), (3, 1)),
        ((4,), (3, 1), ()),
        ((2, 1, 3), (2, 1), (3,)),
    ]
    of_u, of_mu, of_sigma = shapes[rng.integers(len(shapes))]
    near = 10 ** rng.uniform(-6, -1, of_u)
    u = np.choose(rng.integers(0, 4, of_u), [rng.uniform(size=of_u), rng.uniform(size=of_u), near, 1 - near])
    mu, sigma = rng.normal(0, 2, of_mu), np.exp(rng.uniform(np.log(0.02), np.log(4), of_sigma))
    if rng.uniform() < 0.15:
        bad_u, bad_sigma = rng.choice([0.0, 1.0, -0.1, 1.3]), rng.choice([0.0, -1.0, -0.2])
        where = rng.integers(0, 2)
        # One bad value, or bad values only.
        u = np.where(rng.uniform(size=of_u) < 0.5, u, bad_u) if where else u
        sigma = sigma if where else np.where(rng.uniform(size=of_sigma) < 0.5, sigma, bad_sigma)
    as_list = rng.uniform() < 0.3
    return tuple(one.tolist() if as_list or np.ndim(one) == 0 else one for one in map(np.asarray, (u, mu, sigma)))


@alternative
def log_normal_icdf_median_times_factor(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu) * np.exp(special.ndtri(u)) ** sigma


@alternative
def log_normal_icdf_error_function(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu + np.sqrt(2) * sigma * special.erfinv(2 * u - 1))


@alternative
def log_normal_icdf_single_precision(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma, np.float32)
    return np.exp(mu + sigma * special.ndtri(u)).astype(np.float32)


@alternative
def log_normal_icdf_with_statistics(u, mu, sigma):
    u, mu, sigma = np.broadcast_arrays(*_log_normal_arguments(u, mu, sigma))
    z = []
    for p, m, s in zip(u.ravel(), mu.ravel(), sigma.ravel(), strict=True):
        z.append(math.exp(statistics.NormalDist(m, s).inv_cdf(p)))
    return np.reshape(z, u.shape).tolist()


@alternative
def log_normal_icdf_scipy(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return scipy.stats.lognorm.ppf(u, s=sigma, scale=np.exp(mu))


@alternative
def log_normal_icdf_torch(u, mu, sigma):
    u, mu, sigma = map(torch.as_tensor, _log_normal_arguments(u, mu, sigma))
    return torch.distributions.Normal(mu, sigma).icdf(u).exp().numpy()


@misconception("left out the exponential: this is log(z)", hint="Can your z be negative?")
def log_normal_icdf_without_exp(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return mu + sigma * special.ndtri(u)


@misconception("took the exponential of mu twice", hint="Which z belongs to u = 0.5 when mu is 0?")
def log_normal_icdf_exp_of_mu_twice(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(np.exp(mu) + sigma * special.ndtri(u))


@misconception("took sigma for the variance of log(z)", hint="Is sigma a standard deviation or a variance?")
def log_normal_icdf_variance(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu + np.sqrt(sigma) * special.ndtri(u))


@misconception("squared sigma", hint="Double sigma. By how much should the draws of log(z) spread?")
def log_normal_icdf_sigma_squared(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu + sigma**2 * special.ndtri(u))


@misconception("took exp(mu) for the mean of z", hint="Which z belongs to u = 0.5, and does it depend on sigma?")
def log_normal_icdf_mean_at_exp_of_mu(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu - sigma**2 / 2 + sigma * special.ndtri(u))


@misconception(
    "shifted and stretched exp(noise) instead of the noise itself",
    hint="Which of the two is Gaussian with mean mu: z or its logarithm?",
)
def log_normal_icdf_shifted_outside(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return mu + sigma * np.exp(special.ndtri(u))


@misconception(
    "multiplied by sigma outside the exponential",
    hint="Which z belongs to u = 0.5, and does it depend on sigma?",
)
def log_normal_icdf_sigma_outside(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return sigma * np.exp(mu + special.ndtri(u))


@misconception("exchanged u and 1 - u", hint="Should a quantile rise or fall with u?")
def log_normal_icdf_mirrored(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu - sigma * special.ndtri(u))


@misconception("exchanged mu and sigma", hint="In which order does the docstring name them?")
def log_normal_icdf_swapped(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(sigma + mu * special.ndtri(u))


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def log_normal_icdf_forward(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return special.ndtr((np.log(u) - mu) / sigma)


@misconception(
    "cut off the tails by clipping u", hint="How far out can z get now, and how far should it be able to get?"
)
def log_normal_icdf_clipped(u, mu, sigma):
    u, mu, sigma = _log_normal_arguments(u, mu, sigma)
    return np.exp(mu + sigma * special.ndtri(np.clip(u, 1e-3, 1 - 1e-3)))


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def log_normal_icdf_unchecked(u, mu, sigma):
    u, mu, sigma = (np.asarray(one, dtype=float) for one in (u, mu, sigma))
    with np.errstate(all="ignore"):
        return np.exp(mu + sigma * special.ndtri(u))


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def log_normal_icdf_checking_all(u, mu, sigma):
    u, mu, sigma = (np.asarray(one, dtype=float) for one in (u, mu, sigma))
    if np.any(sigma <= 0) or np.all(u <= 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return np.exp(mu + sigma * special.ndtri(u))
