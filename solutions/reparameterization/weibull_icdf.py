"""Quantile function of the Weibull distribution: lifetimes, strengths, wind speeds."""

import math

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _weibull_arguments(u, scale, shape, dtype=float):
    u, scale, shape = (np.asarray(one, dtype=dtype) for one in (u, scale, shape))
    if not np.all((scale > 0) & (shape > 0)) or not np.all((u >= 0) & (u < 1)):
        raise ValueError("scale and shape must be positive and u in [0, 1)")
    return u, scale, shape


def weibull_icdf(u, scale, shape):
    """Quantile function of the Weibull distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 - exp(-(z / scale)**shape) for z >= 0. With shape 1 it is the
    exponential law of mean scale.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        scale: the level of z below which a part 1 - 1/e of all draws lies; positive, in units of z.
        shape: positive, without units. scale and shape are numbers, lists or arrays that broadcast with u.

    Returns:
        z, with the shape to which the three arguments broadcast. It increases with u and is 0 at u = 0.

    Raises:
        ValueError: some scale or some shape is not positive, or some u is not in [0, 1).
    """
    u, scale, shape = (np.asarray(one, dtype=float) for one in (u, scale, shape))
    if not (np.all(scale > 0) and np.all(shape > 0)):
        raise ValueError("scale and shape must be positive")
    if not np.all((u >= 0) & (u < 1)):
        raise ValueError("u must be in [0, 1)")
    return scale * (-np.log1p(-u)) ** (1 / shape)


@alternative
def weibull_icdf_plain_log(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return np.power(np.log(1 / (1 - u)), 1 / shape) * scale


@alternative
def weibull_icdf_through_logarithms(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    with np.errstate(divide="ignore"):
        return np.exp(np.log(scale) + np.log(-np.log1p(-u)) / shape)


@alternative
def weibull_icdf_single_precision(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape, np.float32)
    return scale * (-np.log1p(-u)) ** (1 / shape)


@alternative
def weibull_icdf_with_math(u, scale, shape):
    u, scale, shape = np.broadcast_arrays(*_weibull_arguments(u, scale, shape))
    z = []
    for p, one, other in zip(u.ravel(), scale.ravel(), shape.ravel(), strict=True):
        z.append(one * math.pow(-math.log1p(-p), 1 / other))
    return np.reshape(z, u.shape).tolist()


@alternative
def weibull_icdf_scipy(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return scipy.stats.weibull_min.ppf(u, shape, scale=scale)


@alternative
def weibull_icdf_torch(u, scale, shape):
    u, scale, shape = (torch.as_tensor(one, dtype=torch.float64) for one in (u, scale, shape))
    if (scale <= 0).any() or (shape <= 0).any() or (u < 0).any() or (u >= 1).any():
        raise ValueError("out of range")
    return torch.distributions.Weibull(scale, shape, validate_args=False).icdf(u).numpy()


@misconception(
    "used u where 1 - u belongs: the draws have the right law, but they fall as u rises",
    hint="Which z belongs to u = 0?",
)
def weibull_icdf_mirrored(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    with np.errstate(divide="ignore"):
        return scale * (-np.log(u)) ** (1 / shape)


@misconception("used the power itself where its root belongs", hint="How do you undo a power?")
def weibull_icdf_power_kept(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return scale * (-np.log1p(-u)) ** shape


@misconception("exchanged scale and shape", hint="Which of the two has the units of z?")
def weibull_icdf_swapped(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return shape * (-np.log1p(-u)) ** (1 / scale)


@misconception("treated the scale as a rate", hint="What happens to every draw when the scale doubles?")
def weibull_icdf_rate(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return (-np.log1p(-u)) ** (1 / shape) / scale


@misconception(
    "drew the root of the scale too",
    hint="In F, does the power act on z alone or on z / scale? And what happens to z when the scale doubles?",
)
def weibull_icdf_scale_under_the_root(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return (-np.log1p(-u) * scale) ** (1 / shape)


@misconception("divided by the shape where a root is due", hint="How do you undo a power?")
def weibull_icdf_divided(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return -scale * np.log1p(-u) / shape


@misconception("drew the root of the logarithm without turning its sign first", hint="What is the sign of ln(1 - u)?")
def weibull_icdf_minus_lost(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    with np.errstate(invalid="ignore"):
        return scale * np.log1p(-u) ** (1 / shape)


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def weibull_icdf_forward(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return -np.expm1(-((u / scale) ** shape))


@misconception(
    "cut off the ends by clipping u", hint="Which z does your function give for u = 0, and for u close to 1?"
)
def weibull_icdf_clipped(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    return scale * (-np.log1p(-np.clip(u, 1e-3, 1 - 1e-3))) ** (1 / shape)


@misconception("worked on u in place, so that the caller's array is another one afterwards", hint="Whose array is u?")
def weibull_icdf_in_place(u, scale, shape):
    u, scale, shape = _weibull_arguments(u, scale, shape)
    u *= -1
    return scale * (-np.log1p(u)) ** (1 / shape)


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def weibull_icdf_unchecked(u, scale, shape):
    u, scale, shape = (np.asarray(one, dtype=float) for one in (u, scale, shape))
    with np.errstate(all="ignore"):
        return scale * (-np.log1p(-u)) ** (1 / shape)


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def weibull_icdf_checking_all(u, scale, shape):
    u, scale, shape = (np.asarray(one, dtype=float) for one in (u, scale, shape))
    if np.any(scale <= 0) or np.any(shape <= 0) or np.all(u < 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return scale * (-np.log1p(-u)) ** (1 / shape)


@misconception("checked the scale and the levels, but not the shape", hint="Which arguments does the docstring refuse?")
def weibull_icdf_shape_unchecked(u, scale, shape):
    u, scale, shape = (np.asarray(one, dtype=float) for one in (u, scale, shape))
    if np.any(scale <= 0) or np.any((u < 0) | (u >= 1)):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return scale * (-np.log1p(-u)) ** (1 / shape)


@inputs
def inputs(rng):
    """Draw levels close to both ends as well, scales and shapes on both sides of 1; now and then a bad entry."""
    shapes = [
        ((), (), ()),
        ((5,), (), ()),
        ((), (2, 1), (3,)),
        ((4,), (4,), (4,)),
        ((3, 4), (4,), (3, 1)),
        ((1,), (2, 3), ()),
        ((2, 3, 4), (3, 1), (4,)),
    ]
    of_u, of_scale, of_shape = shapes[rng.integers(len(shapes))]
    end = 10.0 ** rng.uniform(-6, -0.3, of_u)
    u = np.where(rng.random(of_u) < 0.5, end, 1 - end)
    u = np.where(rng.random(of_u) < 0.1, 0.0, u)
    scale = np.exp(rng.normal(0, 1, of_scale))
    shape = np.exp(rng.normal(0, 0.7, of_shape))
    if rng.random() < 0.15:  # whole numbers
        scale, shape = np.ceil(scale).astype(int), np.ceil(shape).astype(int)
    arguments = [np.array(one) for one in (u, scale, shape)]
    if rng.random() < 0.15:
        place = rng.integers(3)
        wrong = [1, -0.2, 1.3] if place == 0 else [0, -2]
        arguments[place].flat[rng.integers(arguments[place].size)] = rng.choice(wrong)
    lists = rng.random() < 0.25
    return tuple(one.tolist() if lists or one.ndim == 0 else one for one in arguments)
