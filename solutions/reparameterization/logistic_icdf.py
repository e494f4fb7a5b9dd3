"""Quantile function of the logistic distribution."""

import math

import numpy as np
import scipy.special
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _logistic_arguments(u, loc, scale, dtype=float):
    u, loc, scale = (np.asarray(one, dtype=dtype) for one in (u, loc, scale))
    if not np.all(scale > 0) or not np.all((u > 0) & (u < 1)):
        raise ValueError("the scale must be positive and u in (0, 1)")
    return u, loc, scale


def logistic_icdf(u, loc, scale):
    """Quantile function of the logistic distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 / (1 + exp(-(z - loc) / scale)), on the whole line.

    Args:
        u: level, 0 < u < 1; a number, a list or an array.
        loc: median, in units of z.
        scale: scale s, positive, in units of z (the standard deviation is s * pi / sqrt(3)).
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
    return loc + scale * (np.log(u) - np.log1p(-u))


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
def logistic_icdf_of_the_odds(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc - scale * np.log(1 / u - 1)


@alternative
def logistic_icdf_single_precision(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale, np.float32)
    return loc + scale * np.log(u / (1 - u))


@alternative
def logistic_icdf_with_math(u, loc, scale):
    u, loc, scale = np.broadcast_arrays(*_logistic_arguments(u, loc, scale))
    z = [m + s * math.log(p / (1 - p)) for p, m, s in zip(u.ravel(), loc.ravel(), scale.ravel(), strict=True)]
    return np.reshape(z, u.shape).tolist()


@alternative
def logistic_icdf_scipy(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return scipy.stats.logistic.ppf(u, loc, scale)


@alternative
def logistic_icdf_torch(u, loc, scale):
    u, loc, scale = map(torch.as_tensor, _logistic_arguments(u, loc, scale))
    return loc + scale * torch.logit(u)


@misconception(
    "took the logarithm of u alone and divided it by 1 - u",
    hint="Check which part the logarithm is taken of.",
)
def logistic_icdf_parenthesis(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc + scale * np.log(u) / (1 - u)


@misconception("multiplied the location by the scale too", hint="What should come out at u = 0.5?")
def logistic_icdf_location_scaled(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return (loc + scipy.special.logit(u)) * scale


@misconception("exchanged u and 1 - u", hint="Should a quantile rise or fall with u?")
def logistic_icdf_mirrored(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc - scale * scipy.special.logit(u)


@misconception("divided by the scale", hint="Should a larger scale spread the draws or gather them?")
def logistic_icdf_inverse_scale(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc + scipy.special.logit(u) / scale


@misconception(
    "took the scale for the standard deviation",
    hint="The docstring gives the standard deviation of this law. Is it s?",
)
def logistic_icdf_standard_deviation(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc + scale * math.sqrt(3) / math.pi * scipy.special.logit(u)


@misconception("applied the sigmoid instead of its inverse", hint="Can your z leave the interval from 0 to 1?")
def logistic_icdf_forward(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return scipy.special.expit((u - loc) / scale)


@misconception("lost the part with 1 - u", hint="Put your z back into F. Does u come out?")
def logistic_icdf_half(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc + scale * np.log(u)


@misconception(
    "cut off the tails by clipping u", hint="How far out can z get now, and how far should it be able to get?"
)
def logistic_icdf_clipped(u, loc, scale):
    u, loc, scale = _logistic_arguments(u, loc, scale)
    return loc + scale * scipy.special.logit(np.clip(u, 1e-3, 1 - 1e-3))


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def logistic_icdf_unchecked(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    return loc + scale * scipy.special.logit(u)


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def logistic_icdf_checking_all(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    if np.any(scale <= 0) or np.all(u <= 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return loc + scale * scipy.special.logit(u)
