"""Quantile function of the Gumbel distribution of maxima."""

import math

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _gumbel_arguments(u, loc, scale, dtype=float):
    u, loc, scale = (np.asarray(one, dtype=dtype) for one in (u, loc, scale))
    if not np.all(scale > 0) or not np.all((u > 0) & (u < 1)):
        raise ValueError("the scale must be positive and u in (0, 1)")
    return u, loc, scale


def gumbel_icdf(u, loc, scale):
    """Quantile function of the Gumbel distribution of maxima: the z with F(z) = u.

    The distribution function is F(z) = exp(-exp(-(z - loc) / scale)). It has a short tail to the left
    and a long one to the right.

    Args:
        u: level, 0 < u < 1; a number, a list or an array.
        loc: mode, in units of z.
        scale: positive, in units of z (the standard deviation is scale * pi / sqrt(6)).
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
    return loc - scale * np.log(-np.log(u))


@alternative
def gumbel_icdf_with_quotients(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return scale * np.log(1 / np.log(1 / u)) + loc


@alternative
def gumbel_icdf_with_the_usual_guards(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    tiny = 1e-20
    return loc - scale * np.log(-np.log(u + tiny) + tiny)


@alternative
def gumbel_icdf_single_precision(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale, np.float32)
    return loc - scale * np.log(-np.log(u))


@alternative
def gumbel_icdf_with_math(u, loc, scale):
    u, loc, scale = np.broadcast_arrays(*_gumbel_arguments(u, loc, scale))
    z = []
    for p, m, b in zip(u.ravel(), loc.ravel(), scale.ravel(), strict=True):
        z.append(m - b * math.log(-math.log(p)))
    return np.reshape(z, u.shape).tolist()


@alternative
def gumbel_icdf_scipy(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return scipy.stats.gumbel_r.ppf(u, loc, scale)


@alternative
def gumbel_icdf_torch(u, loc, scale):
    u, loc, scale = map(torch.as_tensor, _gumbel_arguments(u, loc, scale))
    return torch.distributions.Gumbel(loc, scale, validate_args=False).icdf(u)


@misconception(
    "took the Gumbel law of minima instead of that of maxima",
    hint="To which side should the long tail reach?",
)
def gumbel_icdf_of_minima(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc + scale * np.log(-np.log1p(-u))


@misconception(
    "used 1 - u in place of u: the draws have the right law, but they fall as u rises",
    hint="Should a quantile rise or fall with u?",
)
def gumbel_icdf_mirrored(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc - scale * np.log(-np.log1p(-u))


@misconception("lost the outer minus sign", hint="Put your z back into F. Does u come out?")
def gumbel_icdf_outer_minus_lost(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc + scale * np.log(-np.log(u))


@misconception("lost the minus sign between the two logarithms", hint="Which sign has the logarithm of a level?")
def gumbel_icdf_inner_minus_lost(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    with np.errstate(invalid="ignore"):
        return loc - scale * np.log(np.log(u))


@misconception("took one logarithm where two are due", hint="How many exponentials does F have, one in the other?")
def gumbel_icdf_one_logarithm(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc - scale * np.log(u)


@misconception(
    "used logistic noise", hint="Which of the two laws has the F in the docstring: one with two equal tails?"
)
def gumbel_icdf_logistic(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc + scale * (np.log(u) - np.log1p(-u))


@misconception(
    "took loc for the mean of the law", hint="What does F give at z = loc, and what does the docstring call loc?"
)
def gumbel_icdf_mean(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc - scale * (np.log(-np.log(u)) + np.euler_gamma)


@misconception("divided by the scale", hint="Should a larger scale spread the draws or gather them?")
def gumbel_icdf_inverse_scale(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc - np.log(-np.log(u)) / scale


@misconception("multiplied the location by the scale too", hint="By how much do the draws move when loc rises by 1?")
def gumbel_icdf_location_scaled(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return (loc - np.log(-np.log(u))) * scale


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def gumbel_icdf_forward(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return np.exp(-np.exp(-(u - loc) / scale))


@misconception(
    "cut off the tails by clipping u", hint="How far out can z get now, and how far should it be able to get?"
)
def gumbel_icdf_clipped(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    return loc - scale * np.log(-np.log(np.clip(u, 1e-3, 1 - 1e-3)))


@misconception("worked on u in place, so that the caller's array is another one afterwards", hint="Whose array is u?")
def gumbel_icdf_in_place(u, loc, scale):
    u, loc, scale = _gumbel_arguments(u, loc, scale)
    np.log(u, out=u)
    return loc - scale * np.log(-u)


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def gumbel_icdf_unchecked(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    with np.errstate(all="ignore"):
        return loc - scale * np.log(-np.log(u))


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def gumbel_icdf_checking_all(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    if np.any(scale <= 0) or np.all(u <= 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return loc - scale * np.log(-np.log(u))


@inputs
def inputs(rng):
    """Draw levels close to both ends as well, locations of both signs; now and then a bad entry."""
    shapes = [
        ((), (), ()),
        ((5,), (), ()),
        ((), (2, 1), (3,)),
        ((4,), (4,), (4,)),
        ((3, 4), (4,), (3, 1)),
        ((1,), (2, 3), ()),
        ((2, 3, 4), (3, 1), (4,)),
    ]
    of_u, of_loc, of_scale = shapes[rng.integers(len(shapes))]
    end = 10.0 ** rng.uniform(-6, -0.3, of_u)
    u = np.where(rng.random(of_u) < 0.5, end, 1 - end)
    u = np.where(rng.random(of_u) < 0.1, 0.5, u)
    loc = rng.normal(0, 2, of_loc)
    scale = np.exp(rng.normal(0, 1, of_scale))
    if rng.random() < 0.15:  # whole numbers
        loc, scale = np.ceil(loc).astype(int), np.ceil(scale).astype(int)
    arguments = [np.array(one) for one in (u, loc, scale)]
    if rng.random() < 0.15:
        place = 2 * rng.integers(2)
        wrong = [0, 1, -0.2, 1.3] if place == 0 else [0, -2]
        arguments[place].flat[rng.integers(arguments[place].size)] = rng.choice(wrong)
    lists = rng.random() < 0.25
    return tuple(one.tolist() if lists or one.ndim == 0 else one for one in arguments)
