"""Quantile function of the Laplace distribution."""

import math

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _laplace_arguments(u, loc, scale, dtype=float):
    u, loc, scale = (np.asarray(one, dtype=dtype) for one in (u, loc, scale))
    if not np.all(scale > 0) or not np.all((u > 0) & (u < 1)):
        raise ValueError("the scale must be positive and u in (0, 1)")
    return u, loc, scale


def _standard_laplace(u):
    return np.where(u < 0.5, np.log(2 * u), -np.log(2 * (1 - u)))


def laplace_icdf(u, loc, scale):
    """Quantile function of the Laplace distribution: the z with F(z) = u.

    The distribution function is F(z) = exp((z - loc) / scale) / 2 up to the median loc,
    and F(z) = 1 - exp(-(z - loc) / scale) / 2 from there on.

    Args:
        u: level, 0 < u < 1; a number, a list or an array.
        loc: median, in units of z.
        scale: scale b, positive, in units of z (the variance is 2 * b**2).
            loc and scale are numbers, lists or arrays that broadcast with u.

    Returns:
        z, with the shape to which the three arguments broadcast. It increases with u.

    Raises:
        ValueError: some scale is not positive, or some u is not in (0, 1).
    """
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    if not np.all(scale > 0):
        raise ValueError("scale must be positive")
    if not np.all((u > 0) & (u < 1)):
        raise ValueError("u must be in (0, 1)")
    # 1 - u is exact for u >= 1/2, and no digit of a small u is lost on the other branch.
    return loc + scale * np.where(u < 0.5, np.log(2 * u), -np.log(2 * (1 - u)))


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    u = np.asarray(rng.uniform(0.001, 0.999, shape()))
    if rng.random() < 0.2:
        u = np.asarray(rng.choice([1e-6, 1e-5, 0.5, 1 - 1e-5], u.shape))
    loc = np.asarray(rng.normal(0, 3, shape()))
    scale = np.asarray(np.exp(rng.uniform(np.log(0.02), np.log(50), shape())))
    if rng.random() < 0.15:
        wrong, values = [(u, [-0.1, 0.0, 1.0, 1.3]), (scale, [0.0, -1.5])][rng.integers(2)]
        wrong[tuple(rng.integers(n) for n in wrong.shape)] = rng.choice(values)
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (u, loc, scale))


@alternative
def laplace_icdf_with_sign(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc - scale * np.sign(u - 0.5) * np.log1p(-2 * np.abs(u - 0.5))


@alternative
def laplace_icdf_single_precision(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale, np.float32)
    return loc - scale * np.sign(u - 0.5) * np.log(1 - 2 * np.abs(u - 0.5))


@alternative
def laplace_icdf_with_math(u, loc, scale):
    u, loc, scale = np.broadcast_arrays(*_laplace_arguments(u, loc, scale))
    z = []
    for p, m, b in zip(u.ravel(), loc.ravel(), scale.ravel(), strict=True):
        z.append(m + b * math.log(2 * p) if p <= 0.5 else m - b * math.log(2 - 2 * p))
    return np.reshape(z, u.shape).tolist()


@alternative
def laplace_icdf_scipy(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return scipy.stats.laplace.ppf(u, loc, scale)


@alternative
def laplace_icdf_torch(u, loc, scale):
    u, loc, scale = map(torch.as_tensor, _laplace_arguments(u, loc, scale))
    return torch.distributions.Laplace(loc, scale).icdf(u)


@misconception("lost the sign below the median", hint="On which side of loc should z lie when u is below one half?")
def laplace_icdf_without_sign(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc + scale * np.abs(_standard_laplace(u))


@misconception(
    "used the formula of the lower branch on both sides",
    hint="F has two branches. What happens above the median?",
)
def laplace_icdf_lower_branch(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc + scale * np.log(2 * u)


@misconception("lost the factor 2 inside the logarithm", hint="Put your z back into F. Does u come out?")
def laplace_icdf_without_two(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc - scale * np.sign(u - 0.5) * np.log1p(-np.abs(u - 0.5))


@misconception(
    "took the scale for the standard deviation",
    hint="What is the variance of your draws, compared with the one in the docstring?",
)
def laplace_icdf_standard_deviation(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc + scale / math.sqrt(2) * _standard_laplace(u)


@misconception("divided by the scale", hint="Should a larger scale spread the draws or gather them?")
def laplace_icdf_inverse_scale(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc + _standard_laplace(u) / scale


@misconception("exchanged u and 1 - u", hint="Should a quantile rise or fall with u?")
def laplace_icdf_mirrored(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc - scale * _standard_laplace(u)


@misconception("multiplied the location by the scale too", hint="What should come out at u = 0.5?")
def laplace_icdf_location_scaled(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return (loc + _standard_laplace(u)) * scale


@misconception(
    "cut off the tails by clipping u", hint="How far out can z get now, and how far should it be able to get?"
)
def laplace_icdf_clipped(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    return loc + scale * _standard_laplace(np.clip(u, 1e-3, 1 - 1e-3))


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def laplace_icdf_unchecked(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    with np.errstate(all="ignore"):
        return loc + scale * _standard_laplace(u)


@misconception("shifted u in place, so that the caller's array is another one afterwards", hint="Whose array is u?")
def laplace_icdf_in_place(u, loc, scale):
    u, loc, scale = _laplace_arguments(u, loc, scale)
    u -= 0.5
    return loc - scale * np.sign(u) * np.log1p(-2 * np.abs(u))


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def laplace_icdf_checking_all(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    if np.any(scale <= 0) or np.all(u <= 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return loc + scale * _standard_laplace(u)
