"""Quantile function of the Rayleigh distribution."""

import math

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _rayleigh_arguments(u, sigma, dtype=float):
    u, sigma = np.asarray(u, dtype=dtype), np.asarray(sigma, dtype=dtype)
    if not np.all(sigma > 0) or not np.all((u >= 0) & (u < 1)):
        raise ValueError("sigma must be positive and u in [0, 1)")
    return u, sigma


def rayleigh_icdf(u, sigma):
    """Quantile function of the Rayleigh distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 - exp(-z**2 / (2 * sigma**2)) for z >= 0.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        sigma: most likely value, positive, in units of z; a number, a list or an array that broadcasts with u.

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
    return sigma * np.sqrt(-2 * np.log1p(-u))


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
def rayleigh_icdf_plain_log(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return np.sqrt(2 * sigma**2 * np.log(1 / (1 - u)))


@alternative
def rayleigh_icdf_single_precision(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma, np.float32)
    return sigma * np.sqrt(-2 * np.log(1 - u))


@alternative
def rayleigh_icdf_with_math(u, sigma):
    u, sigma = np.broadcast_arrays(*_rayleigh_arguments(u, sigma))
    z = [s * math.sqrt(-2 * math.log(1 - p)) for p, s in zip(u.ravel(), sigma.ravel(), strict=True)]
    return np.reshape(z, u.shape).tolist()


@alternative
def rayleigh_icdf_scipy(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return scipy.stats.rayleigh.ppf(u, scale=sigma)


@alternative
def rayleigh_icdf_as_length_of_an_arrow(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return sigma * np.sqrt(scipy.stats.chi2.ppf(u, 2))


@alternative
def rayleigh_icdf_torch(u, sigma):
    u, sigma = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(sigma, dtype=torch.float64)
    if (sigma <= 0).any() or (u < 0).any() or (u >= 1).any():
        raise ValueError("out of range")
    return (sigma * torch.sqrt(-2 * torch.log1p(-u))).numpy()


@misconception(
    "used u where 1 - u belongs: the draws have the right law, but they fall as u rises",
    hint="What should happen to z when u grows?",
)
def rayleigh_icdf_mirrored(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    with np.errstate(divide="ignore"):
        return sigma * np.sqrt(-2 * np.log(u))


@misconception("lost the factor 2 inside the root", hint="Put your z back into F. Does u come out?")
def rayleigh_icdf_without_two(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return sigma * np.sqrt(-np.log1p(-u))


@misconception("left the factor 2 outside the root", hint="Which factors were there when you took the root?")
def rayleigh_icdf_two_outside(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return 2 * sigma * np.sqrt(-np.log1p(-u))


@misconception(
    "solved for the square of z and forgot the root", hint="Double sigma. By how much should the lengths grow?"
)
def rayleigh_icdf_without_root(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return -2 * sigma**2 * np.log1p(-u)


@misconception("left sigma squared in front of the root", hint="Which units has your z when sigma is given in meters?")
def rayleigh_icdf_sigma_squared(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return sigma**2 * np.sqrt(-2 * np.log1p(-u))


@misconception(
    "took sigma for its square, as if it were a variance",
    hint="Double sigma. By how much should the lengths grow?",
)
def rayleigh_icdf_variance(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return np.sqrt(-2 * sigma * np.log1p(-u))


@misconception("divided by sigma", hint="Should a larger sigma make the lengths larger or smaller?")
def rayleigh_icdf_inverse_sigma(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return np.sqrt(-2 * np.log1p(-u)) / sigma


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def rayleigh_icdf_forward(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return -np.expm1(-((u / sigma) ** 2) / 2)


@misconception(
    "cut off the tails by clipping u", hint="How large can z get now, and how large should it be able to get?"
)
def rayleigh_icdf_clipped(u, sigma):
    u, sigma = _rayleigh_arguments(u, sigma)
    return sigma * np.sqrt(-2 * np.log1p(-np.clip(u, 1e-3, 1 - 1e-3)))


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def rayleigh_icdf_unchecked(u, sigma):
    with np.errstate(all="ignore"):
        return np.asarray(sigma, dtype=float) * np.sqrt(-2 * np.log1p(-np.asarray(u, dtype=float)))


@misconception(
    "refused sigma = 0 and let a negative sigma pass", hint="Can a length be negative? Which sigmas lead to one?"
)
def rayleigh_icdf_negative_sigma(u, sigma):
    u, sigma = np.asarray(u, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(sigma == 0) or np.any(u < 0) or np.any(u >= 1):
        raise ValueError("bad arguments")
    return sigma * np.sqrt(-2 * np.log1p(-u))


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def rayleigh_icdf_checking_all(u, sigma):
    u, sigma = np.asarray(u, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(sigma <= 0) or np.all(u < 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return sigma * np.sqrt(-2 * np.log1p(-u))
