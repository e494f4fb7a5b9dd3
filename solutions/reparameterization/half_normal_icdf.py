"""Quantile function of the half-normal distribution: a Gaussian around zero without its sign."""

import math
import statistics

import numpy as np
import scipy.stats
import torch
from scipy import special

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _half_normal_arguments(u, sigma, dtype=float):
    u, sigma = np.asarray(u, dtype=dtype), np.asarray(sigma, dtype=dtype)
    if not np.all(sigma > 0) or not np.all((u >= 0) & (u < 1)):
        raise ValueError("sigma must be positive and u in [0, 1)")
    return u, sigma


def _standard_half_normal(u):
    return math.sqrt(2) * special.erfinv(u)


def half_normal_icdf(u, sigma):
    """Quantile function of the half-normal distribution: the z with F(z) = u.

    z is the absolute value of a Gaussian with mean 0 and standard deviation sigma; the distribution
    function is F(z) = 2 * Phi(z / sigma) - 1 for z >= 0, where Phi is that of the standard Gaussian.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        sigma: standard deviation of the Gaussian, positive, in units of z (that of z is smaller);
            a number, a list or an array that broadcasts with u.

    Returns:
        z, with the shape to which u and sigma broadcast. It increases with u and is 0 at u = 0.

    Raises:
        ValueError: some sigma is not positive, or some u is not in [0, 1).
    """
    u, sigma = np.asarray(u, dtype=float), np.asarray(sigma, dtype=float)
    if not np.all(sigma > 0):
        raise ValueError("sigma must be positive")
    if not np.all((u >= 0) & (u < 1)):
        raise ValueError("u must be in [0, 1)")
    # The same as ndtri((1 + u) / 2); but 1 - u is exact next to u = 1, where 1 + u would be rounded to 2.
    return sigma * np.abs(special.ndtri((1 - u) / 2))


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shapes = [((), ()), ((5,), ()), ((), (4,)), ((3,), (3,)), ((3, 4), (4,)), ((4,), (3, 1)), ((2, 1, 3), (2, 1))]
    of_u, of_sigma = shapes[rng.integers(len(shapes))]
    near = 10 ** rng.uniform(-6, -1, of_u)
    u = np.choose(rng.integers(0, 5, of_u), [rng.uniform(0, 1, of_u), rng.uniform(0, 1, of_u), near, 1 - near, 0.0])
    sigma = np.exp(rng.uniform(np.log(0.02), np.log(50), of_sigma))
    if rng.uniform() < 0.15:
        bad_u, bad_sigma = rng.choice([1.0, -0.1, 1.3, -1e-6]), rng.choice([0.0, -1.0, -0.2])
        where = rng.integers(0, 2)
        # One bad value, or bad values only.
        u = np.where(rng.uniform(size=of_u) < 0.5, u, bad_u) if where else u
        sigma = sigma if where else np.where(rng.uniform(size=of_sigma) < 0.5, sigma, bad_sigma)
    as_list = rng.uniform() < 0.3
    return tuple(one.tolist() if as_list or np.ndim(one) == 0 else one for one in map(np.asarray, (u, sigma)))


@alternative
def half_normal_icdf_upper_half(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * special.ndtri((1 + u) / 2)


@alternative
def half_normal_icdf_single_precision(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma, np.float32)
    return sigma * np.sqrt(np.float32(2)) * special.erfinv(u)


@alternative
def half_normal_icdf_with_statistics(u, sigma):
    u, sigma = np.broadcast_arrays(*_half_normal_arguments(u, sigma))
    gaussian = statistics.NormalDist()
    z = [s * gaussian.inv_cdf(0.5 + p / 2) for p, s in zip(u.ravel(), sigma.ravel(), strict=True)]
    return np.reshape(z, u.shape).tolist()


@alternative
def half_normal_icdf_scipy(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return scipy.stats.halfnorm.ppf(u, scale=sigma)


@alternative
def half_normal_icdf_from_the_square(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * np.sqrt(2 * special.gammaincinv(0.5, u))


@alternative
def half_normal_icdf_torch(u, sigma):
    u, sigma = map(torch.as_tensor, _half_normal_arguments(u, sigma))
    return torch.distributions.HalfNormal(sigma, validate_args=False).icdf(u).numpy()


@misconception(
    "took u for a level of the Gaussian itself: half of your draws are negative",
    hint="Which z belongs to u = 0.5, and can z be negative?",
)
def half_normal_icdf_unfolded(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * special.ndtri(u)


@misconception(
    "took the Gaussian's quantile and dropped its sign: the law is right, but the map falls before it rises",
    hint="How many levels lead to the same z, and how many should?",
)
def half_normal_icdf_absolute(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * np.abs(special.ndtri(u))


@misconception("took the lower half of the Gaussian", hint="Can a z without a sign be negative?")
def half_normal_icdf_lower_half(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * special.ndtri(u / 2)


@misconception(
    "used u where 1 - u belongs: the draws have the right law, but they fall as u rises",
    hint="What should happen to z when u grows?",
)
def half_normal_icdf_mirrored(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * np.abs(special.ndtri(u / 2))


@misconception("took sigma for a variance", hint="Double sigma. By how much should the draws grow?")
def half_normal_icdf_variance(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return np.sqrt(sigma) * _standard_half_normal(u)


@misconception(
    "took sigma for the standard deviation of z itself",
    hint="Is sigma the spread before or after the sign is dropped?",
)
def half_normal_icdf_own_spread(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma / math.sqrt(1 - 2 / math.pi) * _standard_half_normal(u)


@misconception("took sigma for the mean of z", hint="The mean of z is not sigma. What is sigma?")
def half_normal_icdf_mean(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * math.sqrt(math.pi / 2) * _standard_half_normal(u)


@misconception(
    "lost the root of 2 that belongs to the inverse error function",
    hint="Put your z back into F. Does u come out?",
)
def half_normal_icdf_without_root_of_two(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * special.erfinv(u)


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def half_normal_icdf_forward(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return 2 * special.ndtr(u / sigma) - 1


@misconception(
    "cut off the tails by clipping u", hint="How large can z get now, and how large should it be able to get?"
)
def half_normal_icdf_clipped(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    return sigma * _standard_half_normal(np.clip(u, 1e-3, 1 - 1e-3))


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def half_normal_icdf_unchecked(u, sigma):
    u, sigma = np.asarray(u, dtype=float), np.asarray(sigma, dtype=float)
    return sigma * special.ndtri((1 + u) / 2)


@misconception("moved u in place, so that the caller's array is another one afterwards", hint="Whose array is u?")
def half_normal_icdf_in_place(u, sigma):
    u, sigma = _half_normal_arguments(u, sigma)
    u += 1
    return sigma * special.ndtri(u / 2)


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def half_normal_icdf_checking_all(u, sigma):
    u, sigma = np.asarray(u, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(sigma <= 0) or np.all(u < 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    return sigma * special.ndtri((1 + u) / 2)
