"""Quantile function of the Kumaraswamy distribution, a tractable stand-in for the Beta (Kumaraswamy 1980)."""

import math

import numpy as np
import scipy.special
import torch

from autograder.grading import alternative, misconception


def _kumaraswamy_arrays(u, a, b, dtype=float):
    return (np.asarray(one, dtype=dtype) for one in (u, a, b))


def kumaraswamy_icdf(u, a, b):
    """Quantile function of the Kumaraswamy distribution: the z with F(z) = u.

    The distribution function is F(z) = 1 - (1 - z**a)**b for 0 <= z <= 1. The law resembles Beta(a, b),
    and is the Beta when a or b is 1.

    Args:
        u: level, 0 <= u < 1; a number, a list or an array.
        a: first shape, positive.
        b: second shape, positive. a and b are numbers, lists or arrays that broadcast with u.

    Returns:
        z, between 0 and 1, with the shape to which the three arguments broadcast. It increases with u.
    """
    u, a, b = (np.asarray(one, dtype=float) for one in (u, a, b))
    return (-np.expm1(np.log1p(-u) / b)) ** (1 / a)


@alternative
def kumaraswamy_icdf_with_powers(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return (1 - (1 - u) ** (1 / b)) ** (1 / a)


@alternative
def kumaraswamy_icdf_single_precision(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b, np.float32)
    return np.power(1 - np.power(1 - u, 1 / b), 1 / a)


@alternative
def kumaraswamy_icdf_with_math(u, a, b):
    u, a, b = np.broadcast_arrays(*_kumaraswamy_arrays(u, a, b))
    z = []
    for p, one, other in zip(u.ravel(), a.ravel(), b.ravel(), strict=True):
        z.append(math.pow(1 - math.pow(1 - p, 1 / other), 1 / one))
    return np.reshape(z, u.shape).tolist()


@alternative
def kumaraswamy_icdf_through_the_beta(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return scipy.special.betaincinv(1, b, u) ** (1 / a)


@alternative
def kumaraswamy_icdf_torch(u, a, b):
    u, a, b = (torch.as_tensor(one, dtype=torch.float64) for one in (u, a, b))
    return torch.pow(1 - torch.pow(1 - u, 1 / b), 1 / a)


@misconception("used u where 1 - u belongs: the law is right, but z falls as u rises", hint="Which z belongs to u = 0?")
def kumaraswamy_icdf_mirrored(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return (1 - u ** (1 / b)) ** (1 / a)


@misconception("exchanged the two shapes", hint="Which of the two powers did you undo first, and which stands outside?")
def kumaraswamy_icdf_swapped(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return (1 - (1 - u) ** (1 / a)) ** (1 / b)


@misconception("used the powers themselves where roots belong", hint="How do you undo a power?")
def kumaraswamy_icdf_powers_kept(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return (1 - (1 - u) ** b) ** a


@misconception('lost the inner or outer "one minus"', hint="Put your z back into F. Does u come out?")
def kumaraswamy_icdf_one_minus_lost(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return ((1 - u) ** (1 / b)) ** (1 / a)


@misconception("computed F itself instead of its inverse", hint="Which of the two, u or z, did you begin with?")
def kumaraswamy_icdf_forward(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return 1 - (1 - u**a) ** b


@misconception("returned the quantile of the Beta itself", hint="Which of the two laws has the F in the docstring?")
def kumaraswamy_icdf_of_the_beta(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return scipy.special.betaincinv(a, b, u)


@misconception("undid only one of the two powers", hint="F raises something to a power twice. Did you undo both?")
def kumaraswamy_icdf_one_power(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return 1 - (1 - u) ** (1 / b) + 0 * a


@misconception(
    "cut off the ends by clipping u", hint="Which z does your function give for u = 0, and for u close to 1?"
)
def kumaraswamy_icdf_clipped(u, a, b):
    u, a, b = _kumaraswamy_arrays(u, a, b)
    return (1 - (1 - np.clip(u, 1e-3, 1 - 1e-3)) ** (1 / b)) ** (1 / a)
