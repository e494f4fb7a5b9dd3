"""Quantile function of the Cauchy distribution: tails so heavy that no mean exists."""

import math

import numpy as np
import scipy.special
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _cauchy_arguments(u, loc, scale, dtype=float):
    u, loc, scale = (np.asarray(one, dtype=dtype) for one in (u, loc, scale))
    if not np.all(scale > 0) or not np.all((u > 0) & (u < 1)):
        raise ValueError("the scale must be positive and u in (0, 1)")
    return u, loc, scale


def cauchy_icdf(u, loc, scale):
    """Quantile function of the Cauchy distribution: the z with F(z) = u.

    The distribution function is F(z) = 1/2 + arctan((z - loc) / scale) / pi. The law has no mean and
    no variance.

    Args:
        u: level, 0 < u < 1; a number, a list or an array.
        loc: median, in units of z.
        scale: half width of the density at half its height; positive, in units of z.
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
    # tan(pi * (u - 0.5)), written so that no digit of a small u is lost.
    return loc - scale / np.tan(np.pi * u)


@alternative
def cauchy_icdf_with_the_shifted_tangent(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.tan(np.pi * (u - 0.5))


@alternative
def cauchy_icdf_with_the_cotangent(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc - scale * np.cos(np.pi * u) / np.sin(np.pi * u)


@alternative
def cauchy_icdf_single_precision(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale, np.float32)
    return loc + scale * np.tan(np.pi * (u - 0.5))


@alternative
def cauchy_icdf_in_degrees(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * scipy.special.tandg(180 * u - 90)


@alternative
def cauchy_icdf_with_math(u, loc, scale):
    u, loc, scale = np.broadcast_arrays(*_cauchy_arguments(u, loc, scale))
    z = []
    for p, m, g in zip(u.ravel(), loc.ravel(), scale.ravel(), strict=True):
        z.append(m + g * math.tan(math.pi * p - math.pi / 2))
    return np.reshape(z, u.shape).tolist()


@alternative
def cauchy_icdf_scipy(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return scipy.stats.cauchy.ppf(u, loc, scale)


@alternative
def cauchy_icdf_torch(u, loc, scale):
    u, loc, scale = map(torch.as_tensor, _cauchy_arguments(u, loc, scale))
    return torch.distributions.Cauchy(loc, scale).icdf(u)


@misconception(
    "left out the shift by one half", hint="What should come out at u = 0.5, and what does your function give there?"
)
def cauchy_icdf_unshifted(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.tan(np.pi * u)


@misconception("left out the factor pi", hint="Which angles does arctan return, and over which does your u - 1/2 run?")
def cauchy_icdf_without_pi(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.tan(u - 0.5)


@misconception("gave the tangent an angle in degrees", hint="In which unit does np.tan take its angle?")
def cauchy_icdf_degrees(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.tan(180 * (u - 0.5))


@misconception(
    "let the angle run over twice the range of the arctangent",
    hint="How large can an arctangent get? And how large does your angle get at u = 1?",
)
def cauchy_icdf_full_turn(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.tan(2 * np.pi * (u - 0.5))


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def cauchy_icdf_forward(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return 0.5 + np.arctan((u - loc) / scale) / np.pi


@misconception("exchanged u and 1 - u", hint="Should a quantile rise or fall with u?")
def cauchy_icdf_mirrored(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc - scale * np.tan(np.pi * (u - 0.5))


@misconception("lost the sign below the median", hint="On which side of loc should z lie when u is below one half?")
def cauchy_icdf_without_sign(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.abs(np.tan(np.pi * (u - 0.5)))


@misconception(
    "took the scale for the full width of the density at half its height",
    hint="How far from loc is the upper quartile, u = 0.75?",
)
def cauchy_icdf_full_width(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale / 2 * np.tan(np.pi * (u - 0.5))


@misconception("divided by the scale", hint="Should a larger scale spread the draws or gather them?")
def cauchy_icdf_inverse_scale(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + np.tan(np.pi * (u - 0.5)) / scale


@misconception("multiplied the location by the scale too", hint="What should come out at u = 0.5?")
def cauchy_icdf_location_scaled(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return (loc + np.tan(np.pi * (u - 0.5))) * scale


@misconception(
    "cut off the tails by clipping u", hint="How far out can z get now, and how far should it be able to get?"
)
def cauchy_icdf_clipped(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    return loc + scale * np.tan(np.pi * (np.clip(u, 1e-3, 1 - 1e-3) - 0.5))


@misconception("shifted u in place, so that the caller's array is another one afterwards", hint="Whose array is u?")
def cauchy_icdf_in_place(u, loc, scale):
    u, loc, scale = _cauchy_arguments(u, loc, scale)
    u -= 0.5
    return loc + scale * np.tan(np.pi * u)


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def cauchy_icdf_unchecked(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    with np.errstate(all="ignore"):
        return loc + scale * np.tan(np.pi * (u - 0.5))


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def cauchy_icdf_checking_all(u, loc, scale):
    u, loc, scale = (np.asarray(one, dtype=float) for one in (u, loc, scale))
    if np.any(scale <= 0) or np.all(u <= 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return loc + scale * np.tan(np.pi * (u - 0.5))


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
