"""Quantile function of the Pareto distribution: sizes without a typical size."""

import math

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _pareto_arguments(u, minimum, shape, dtype=float):
    u, minimum, shape = (np.asarray(one, dtype=dtype) for one in (u, minimum, shape))
    if not np.all((minimum > 0) & (shape > 0)) or not np.all((u >= 0) & (u < 1)):
        raise ValueError("minimum and shape must be positive and u in [0, 1)")
    return u, minimum, shape


def pareto_icdf(u, minimum, shape):
    """Quantile function of the Pareto distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 - (minimum / z)**shape for z >= minimum.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        minimum: the least value that z can take; positive, in units of z.
        shape: tail index, positive, without units: the larger it is, the thinner is the tail.
            minimum and shape are numbers, lists or arrays that broadcast with u.

    Returns:
        z, with the shape to which the three arguments broadcast. It increases with u and is the minimum
        at u = 0.

    Raises:
        ValueError: some minimum or some shape is not positive, or some u is not in [0, 1).
    """
    u, minimum, shape = (np.asarray(one, dtype=float) for one in (u, minimum, shape))
    if not (np.all(minimum > 0) and np.all(shape > 0)):
        raise ValueError("minimum and shape must be positive")
    if not np.all((u >= 0) & (u < 1)):
        raise ValueError("u must be in [0, 1)")
    return minimum * np.exp(-np.log1p(-u) / shape)


@alternative
def pareto_icdf_with_a_power(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum * (1 - u) ** (-1 / shape)


@alternative
def pareto_icdf_with_a_root(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum / np.power(1 - u, 1 / shape)


@alternative
def pareto_icdf_single_precision(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape, np.float32)
    return minimum * np.exp(-np.log1p(-u) / shape)


@alternative
def pareto_icdf_with_math(u, minimum, shape):
    u, minimum, shape = np.broadcast_arrays(*_pareto_arguments(u, minimum, shape))
    z = []
    for p, one, other in zip(u.ravel(), minimum.ravel(), shape.ravel(), strict=True):
        z.append(one / math.pow(1 - p, 1 / other))
    return np.reshape(z, u.shape).tolist()


@alternative
def pareto_icdf_scipy(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return scipy.stats.pareto.ppf(u, shape, scale=minimum)


@alternative
def pareto_icdf_torch(u, minimum, shape):
    u, minimum, shape = (torch.as_tensor(one, dtype=torch.float64) for one in (u, minimum, shape))
    if (minimum <= 0).any() or (shape <= 0).any() or (u < 0).any() or (u >= 1).any():
        raise ValueError("out of range")
    return torch.distributions.Pareto(minimum, shape, validate_args=False).icdf(u).numpy()


@misconception(
    "used u where 1 - u belongs: the draws have the right law, but they fall as u rises",
    hint="Which z belongs to u = 0?",
)
def pareto_icdf_mirrored(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    with np.errstate(divide="ignore"):
        return minimum * u ** (-1 / shape)


@misconception("used the power itself where its root belongs", hint="How do you undo a power?")
def pareto_icdf_power_kept(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum * (1 - u) ** (-shape)


@misconception("exchanged minimum and shape", hint="Which of the two has the units of z?")
def pareto_icdf_swapped(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return shape * (1 - u) ** (-1 / minimum)


@misconception("lost the minus sign in the exponent", hint="Can a draw be smaller than the minimum?")
def pareto_icdf_below_the_minimum(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum * (1 - u) ** (1 / shape)


@misconception(
    "drew from the law that begins at 0 (the Lomax, which some libraries call Pareto)",
    hint="What is F at the minimum, and which z should u = 0 give?",
)
def pareto_icdf_lomax(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum * np.expm1(-np.log1p(-u) / shape)


@misconception(
    "added the minimum where a factor belongs",
    hint="The minimum in meters or in feet: does every draw change by the same ratio?",
)
def pareto_icdf_shifted(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum + np.expm1(-np.log1p(-u) / shape)


@misconception(
    "stopped at the logarithm of z / minimum and added it to the minimum",
    hint="Which function undoes the logarithm that you took?",
)
def pareto_icdf_exponential_tail(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum - np.log1p(-u) / shape


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def pareto_icdf_forward(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    with np.errstate(divide="ignore"):
        return 1 - (minimum / u) ** shape


@misconception(
    "cut off the ends by clipping u", hint="Which z does your function give for u = 0, and for u close to 1?"
)
def pareto_icdf_clipped(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    return minimum * (1 - np.clip(u, 1e-3, 1 - 1e-3)) ** (-1 / shape)


@misconception("worked on u in place, so that the caller's array is another one afterwards", hint="Whose array is u?")
def pareto_icdf_in_place(u, minimum, shape):
    u, minimum, shape = _pareto_arguments(u, minimum, shape)
    np.subtract(1, u, out=u)
    return minimum * u ** (-1 / shape)


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def pareto_icdf_unchecked(u, minimum, shape):
    u, minimum, shape = (np.asarray(one, dtype=float) for one in (u, minimum, shape))
    with np.errstate(all="ignore"):
        return minimum * (1 - u) ** (-1 / shape)


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def pareto_icdf_checking_all(u, minimum, shape):
    u, minimum, shape = (np.asarray(one, dtype=float) for one in (u, minimum, shape))
    if np.any(minimum <= 0) or np.any(shape <= 0) or np.all(u < 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return minimum * (1 - u) ** (-1 / shape)


@misconception(
    "checked the minimum and the levels, but not the shape", hint="Which arguments does the docstring refuse?"
)
def pareto_icdf_shape_unchecked(u, minimum, shape):
    u, minimum, shape = (np.asarray(one, dtype=float) for one in (u, minimum, shape))
    if np.any(minimum <= 0) or np.any((u < 0) | (u >= 1)):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return minimum * (1 - u) ** (-1 / shape)


@inputs
def inputs(rng):
    """Draw levels close to both ends as well, minima and shapes on both sides of 1; now and then a bad entry."""
    shapes = [
        ((), (), ()),
        ((5,), (), ()),
        ((), (2, 1), (3,)),
        ((4,), (4,), (4,)),
        ((3, 4), (4,), (3, 1)),
        ((1,), (2, 3), ()),
        ((2, 3, 4), (3, 1), (4,)),
    ]
    of_u, of_minimum, of_shape = shapes[rng.integers(len(shapes))]
    end = 10.0 ** rng.uniform(-6, -0.3, of_u)
    u = np.where(rng.random(of_u) < 0.5, end, 1 - end)
    u = np.where(rng.random(of_u) < 0.1, 0.0, u)
    minimum = np.exp(rng.normal(0, 1, of_minimum))
    shape = np.exp(rng.normal(0.5, 0.7, of_shape))
    if rng.random() < 0.15:  # whole numbers
        minimum, shape = np.ceil(minimum).astype(int), np.ceil(shape).astype(int)
    arguments = [np.array(one) for one in (u, minimum, shape)]
    if rng.random() < 0.15:
        place = rng.integers(3)
        wrong = [1, -0.2, 1.3] if place == 0 else [0, -2]
        arguments[place].flat[rng.integers(arguments[place].size)] = rng.choice(wrong)
    lists = rng.random() < 0.25
    return tuple(one.tolist() if lists or one.ndim == 0 else one for one in arguments)
