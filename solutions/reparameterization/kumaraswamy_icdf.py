"""Quantile function of the Kumaraswamy distribution, a tractable stand-in for the Beta (Kumaraswamy 1980)."""

import math

import numpy as np
import scipy.special
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_icdf.py"


def _kumaraswamy_arguments(u, a, b, dtype=float):
    u, a, b = (np.asarray(one, dtype=dtype) for one in (u, a, b))
    if not np.all(a > 0) or not np.all(b > 0) or not np.all((u >= 0) & (u < 1)):
        raise ValueError("both shapes must be positive and u in [0, 1)")
    return u, a, b


def kumaraswamy_icdf(u, a, b):
    """Quantile function of the Kumaraswamy distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 - (1 - z**a)**b for 0 <= z <= 1. The law resembles Beta(a, b),
    and is the Beta when a or b is 1.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        a: first shape, positive.
        b: second shape, positive. a and b are numbers, lists or arrays that broadcast with u.

    Returns:
        z, between 0 and 1, with the shape to which the three arguments broadcast. It increases with u
        and is 0 at u = 0.

    Raises:
        ValueError: some a or b is not positive, or some u is not in [0, 1).
    """
    u, a, b = (np.asarray(one, dtype=float) for one in (u, a, b))
    if not np.all(a > 0) or not np.all(b > 0):
        raise ValueError("a and b must be positive")
    if not np.all((u >= 0) & (u < 1)):
        raise ValueError("u must be in [0, 1)")
    return (-np.expm1(np.log1p(-u) / b)) ** (1 / a)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    u = np.asarray(rng.uniform(0.001, 0.999, shape()))
    if rng.random() < 0.2:
        u = np.asarray(rng.choice([0.0, 1e-5, 0.5, 1 - 1e-5], u.shape))
    a = np.asarray(np.exp(rng.uniform(np.log(0.2), np.log(15), shape())))
    b = np.asarray(np.exp(rng.uniform(np.log(0.2), np.log(15), shape())))
    if rng.random() < 0.15:
        wrong, values = [(u, [-0.1, 1.0, 1.3]), (a, [0.0, -1.5]), (b, [0.0, -1.5])][rng.integers(3)]
        wrong[tuple(rng.integers(n) for n in wrong.shape)] = rng.choice(values)
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (u, a, b))


@alternative
def kumaraswamy_icdf_with_powers(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return (1 - (1 - u) ** (1 / b)) ** (1 / a)


@alternative
def kumaraswamy_icdf_single_precision(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b, np.float32)
    return np.power(1 - np.power(1 - u, 1 / b), 1 / a)


@alternative
def kumaraswamy_icdf_with_math(u, a, b):
    u, a, b = np.broadcast_arrays(*_kumaraswamy_arguments(u, a, b))
    z = []
    for p, one, other in zip(u.ravel(), a.ravel(), b.ravel(), strict=True):
        z.append(math.pow(1 - math.pow(1 - p, 1 / other), 1 / one))
    return np.reshape(z, u.shape).tolist()


@alternative
def kumaraswamy_icdf_through_the_beta(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return scipy.special.betaincinv(1, b, u) ** (1 / a)


@alternative
def kumaraswamy_icdf_torch(u, a, b):
    u, a, b = (torch.as_tensor(one, dtype=torch.float64) for one in (u, a, b))
    if (a <= 0).any() or (b <= 0).any() or (u < 0).any() or (u >= 1).any():
        raise ValueError("out of range")
    return torch.pow(1 - torch.pow(1 - u, 1 / b), 1 / a)


@misconception("used u where 1 - u belongs: the law is right, but z falls as u rises", hint="Which z belongs to u = 0?")
def kumaraswamy_icdf_mirrored(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return (1 - u ** (1 / b)) ** (1 / a)


@misconception("exchanged the two shapes", hint="Which of the two powers did you undo first, and which stands outside?")
def kumaraswamy_icdf_swapped(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return (1 - (1 - u) ** (1 / a)) ** (1 / b)


@misconception("used the powers themselves where roots belong", hint="How do you undo a power?")
def kumaraswamy_icdf_powers_kept(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return (1 - (1 - u) ** b) ** a


@misconception('lost the inner or outer "one minus"', hint="Put your z back into F. Does u come out?")
def kumaraswamy_icdf_one_minus_lost(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return ((1 - u) ** (1 / b)) ** (1 / a)


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def kumaraswamy_icdf_forward(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return 1 - (1 - u**a) ** b


@misconception("returned the quantile of the Beta itself", hint="Which of the two laws has the F in the docstring?")
def kumaraswamy_icdf_of_the_beta(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return scipy.special.betaincinv(a, b, u)


@misconception("undid only one of the two powers", hint="F raises something to a power twice. Did you undo both?")
def kumaraswamy_icdf_one_power(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return 1 - (1 - u) ** (1 / b) + 0 * a


@misconception(
    "cut off the ends by clipping u", hint="Which z does your function give for u = 0, and for u close to 1?"
)
def kumaraswamy_icdf_clipped(u, a, b):
    u, a, b = _kumaraswamy_arguments(u, a, b)
    return (1 - (1 - np.clip(u, 1e-3, 1 - 1e-3)) ** (1 / b)) ** (1 / a)


@misconception("left out the checks of the arguments", hint="Which arguments does the docstring refuse, and how?")
def kumaraswamy_icdf_unchecked(u, a, b):
    u, a, b = (np.asarray(one, dtype=float) for one in (u, a, b))
    with np.errstate(all="ignore"):
        return (1 - (1 - u) ** (1 / b)) ** (1 / a)


@misconception("checked one of the two shapes only", hint="Which of the arguments does the docstring call positive?")
def kumaraswamy_icdf_one_shape_checked(u, a, b):
    u, a, b = (np.asarray(one, dtype=float) for one in (u, a, b))
    if np.any(a <= 0) or np.any(u < 0) or np.any(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return (1 - (1 - u) ** (1 / b)) ** (1 / a)


@misconception("complained only when every level is bad", hint="One bad level among good ones: any or all?")
def kumaraswamy_icdf_checking_all(u, a, b):
    u, a, b = (np.asarray(one, dtype=float) for one in (u, a, b))
    if np.any(a <= 0) or np.any(b <= 0) or np.all(u < 0) or np.all(u >= 1):
        raise ValueError("bad arguments")
    with np.errstate(all="ignore"):
        return (1 - (1 - u) ** (1 / b)) ** (1 / a)
