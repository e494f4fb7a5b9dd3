"""Quantile function of the exponential distribution (inverse transform sampling)."""

import math

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _exponential_arguments(u, rate, dtype=float):
    u, rate = np.asarray(u, dtype=dtype), np.asarray(rate, dtype=dtype)
    if not np.all(rate > 0) or not np.all((u >= 0) & (u < 1)):
        raise ValueError("the rate must be positive and u in [0, 1)")
    return u, rate


def exponential_icdf(u, rate):
    """Quantile function of the exponential distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 - exp(-rate * z) for z >= 0, and the mean is 1 / rate.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        rate: events per unit of z, positive; a number, a list or an array that broadcasts with u.

    Returns:
        z, in units of 1 / rate, with the shape to which u and rate broadcast. It increases with u
        and is 0 at u = 0.

    Raises:
        ValueError: some rate is not positive, or some u is not in [0, 1).
    """
    u, rate = np.asarray(u, dtype=float), np.asarray(rate, dtype=float)
    if not np.all(rate > 0):
        raise ValueError("rate must be positive")
    if not np.all((u >= 0) & (u < 1)):
        raise ValueError("u must be in [0, 1)")
    return -np.log1p(-u) / rate


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    u = np.asarray(rng.uniform(0.001, 0.999, shape()))
    if rng.random() < 0.2:
        u = np.asarray(rng.choice([0.0, 1e-5, 0.5, 1 - 1e-5], u.shape))
    rate = np.asarray(np.exp(rng.uniform(np.log(0.02), np.log(50), shape())))
    if rng.random() < 0.15:
        wrong, values = [(u, [-0.1, 1.0, 1.3]), (rate, [0.0, -1.5])][rng.integers(2)]
        wrong[tuple(rng.integers(n) for n in wrong.shape)] = rng.choice(values)
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (u, rate))


@alternative
def exponential_icdf_plain_log(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return np.log(1 / (1 - u)) * (1 / rate)


@alternative
def exponential_icdf_single_precision(u, rate):
    u, rate = _exponential_arguments(u, rate, np.float32)
    return -np.log(1 - u) / rate


@alternative
def exponential_icdf_with_math(u, rate):
    u, rate = np.broadcast_arrays(*_exponential_arguments(u, rate))
    z = [-math.log(1 - float(one)) / float(other) for one, other in zip(u.ravel(), rate.ravel(), strict=True)]
    return np.reshape(z, u.shape).tolist()


@alternative
def exponential_icdf_scipy(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return scipy.stats.expon.ppf(u, scale=1 / rate)


@alternative
def exponential_icdf_torch(u, rate):
    u, rate = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(rate, dtype=torch.float64)
    if (rate <= 0).any() or (u < 0).any() or (u >= 1).any():
        raise ValueError("out of range")
    return torch.distributions.Exponential(rate, validate_args=False).icdf(u).numpy()


@misconception(
    "used u where 1 - u belongs: the draws have the right law, but they fall as u rises",
    hint="What should happen to z when u grows?",
)
def exponential_icdf_mirrored(u, rate):
    u, rate = _exponential_arguments(u, rate)
    with np.errstate(divide="ignore"):
        return -np.log(u) / rate


@misconception("treated the rate as a scale", hint="What happens to the mean when the rate doubles?")
def exponential_icdf_scale_for_rate(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return -np.log1p(-u) * rate


@misconception("lost a minus sign in front of the logarithm", hint="Can a waiting time be negative?")
def exponential_icdf_negative(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return np.log1p(-u) / rate


@misconception(
    "lost the minus sign inside the logarithm",
    hint="Put your z back into F. Does u come out, for u near 1 as well?",
)
def exponential_icdf_sign_inside(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return np.log1p(u) / rate


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def exponential_icdf_forward(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return -np.expm1(-rate * u)


@misconception(
    "cut off the tails by clipping u", hint="How large can z get now, and how large should it be able to get?"
)
def exponential_icdf_clipped(u, rate):
    u, rate = _exponential_arguments(u, rate)
    return -np.log1p(-np.clip(u, 1e-3, 1 - 1e-3)) / rate


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def exponential_icdf_unchecked(u, rate):
    with np.errstate(all="ignore"):
        return -np.log1p(-np.asarray(u, dtype=float)) / np.asarray(rate, dtype=float)


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def exponential_icdf_checking_all(u, rate):
    u, rate = np.asarray(u, dtype=float), np.asarray(rate, dtype=float)
    if np.any(rate <= 0) or np.all(u < 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return -np.log1p(-u) / rate
