"""Pathwise gradient of an exponential draw: the derivative of its quantile at fixed u."""

import numpy as np
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_backward.py"


def sum_to_shape(gradient, shape):
    """Add up a gradient over the axes along which a parameter of the given shape was broadcast."""
    gradient = np.asarray(gradient, dtype=float)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.sum(axis=stretched, keepdims=True)


def _exponential_draw(grad_z, u, rate):
    grad_z, u, rate = (np.asarray(one, dtype=float) for one in (grad_z, u, rate))
    return grad_z, rate, -np.log1p(-u) / rate


def exponential_backward(grad_z, u, rate):
    """Send a gradient back through z = exponential_icdf(u, rate), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u and rate broadcast); a number, a list or an array.
        u: the levels that gave z, 0 <= u < 1.
        rate: positive; a number, a list or an array.

    Returns:
        dL/drate, with the shape of rate: where several z share a rate, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, rate = (np.asarray(one, dtype=float) for one in (grad_z, u, rate))
    z = -np.log1p(-u) / rate
    return sum_to_shape(-grad_z * z / rate, rate.shape)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    u = np.asarray(rng.uniform(0.001, 0.999, shape()))
    if rng.random() < 0.2:
        u = np.asarray(rng.choice([0.0, 1e-4, 0.5, 1 - 1e-4], u.shape))
    rate = np.asarray(np.exp(rng.uniform(np.log(0.02), np.log(50), shape())))
    grad_z = np.asarray(rng.normal(0, 2, np.broadcast_shapes(u.shape, rate.shape)))
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (grad_z, u, rate))


@alternative
def exponential_backward_of_the_formula(grad_z, u, rate):
    grad_z, u, rate = (np.asarray(one, dtype=float) for one in (grad_z, u, rate))
    return sum_to_shape(grad_z * np.log(1 - u) / rate**2, rate.shape)


@alternative
def exponential_backward_torch(grad_z, u, rate):
    rate = torch.as_tensor(rate, dtype=torch.float64).clone().requires_grad_()
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    (-torch.log1p(-u) / rate).backward(grad_z)
    return rate.grad.numpy()


@alternative
def exponential_backward_single_precision(grad_z, u, rate):
    grad_z, u, rate = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, rate))
    return sum_to_shape(grad_z * np.log1p(-u) / (rate * rate), rate.shape).astype(np.float32)


@alternative
def exponential_backward_loop(grad_z, u, rate):
    total = np.zeros(np.shape(rate))
    grad_z, u, each = np.broadcast_arrays(np.asarray(grad_z), np.asarray(u), np.asarray(rate, dtype=float))
    for place in np.ndindex(each.shape):
        own = place[len(place) - total.ndim :] if total.ndim else ()
        own = tuple(index if length > 1 else 0 for index, length in zip(own, total.shape, strict=True))
        total[own] += grad_z[place] * np.log(1 - u[place]) / each[place] ** 2
    return total.tolist()


@misconception("lost the minus sign", hint="Does the draw grow or shrink when the rate grows?")
def exponential_backward_sign(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(grad_z * z / rate, rate.shape)


@misconception(
    "lost a power of the rate, or took the derivative with respect to its logarithm",
    hint="dz/drate has the units of z divided by those of the rate. Has yours?",
)
def exponential_backward_power(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(-grad_z * z, rate.shape)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivative?")
def exponential_backward_of_the_mean(grad_z, u, rate):
    grad_z, rate, _ = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(-grad_z / rate**2, rate.shape)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two depends on the rate while u stays fixed: the density at z, or z?",
)
def exponential_backward_score(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(grad_z * (1 / rate - z), rate.shape)


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def exponential_backward_no_upstream(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(-z / rate, rate.shape)


@misconception(
    "multiplied by the rate where a division belongs",
    hint="Does a draw react more or less to the rate when the rate is large?",
)
def exponential_backward_product(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(-grad_z * z * rate, rate.shape)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a rate",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def exponential_backward_unreduced(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return -grad_z * z / rate


@misconception(
    "averaged over the draws that share a rate", hint="Do the contributions of several paths add or average?"
)
def exponential_backward_mean(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return sum_to_shape(-grad_z * z / rate, rate.shape) * rate.size / z.size


@misconception("added everything up into one number", hint="Which z does each entry of rate act on?")
def exponential_backward_total(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    return np.sum(-grad_z * z / rate)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def exponential_backward_one_leading_axis(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, u, rate)
    gradient = -grad_z * z / rate
    if rate.ndim == 0:
        return gradient.sum()
    gradient = gradient.sum(axis=0) if gradient.ndim > rate.ndim else gradient
    return gradient.sum(axis=tuple(i for i, n in enumerate(rate.shape) if n == 1), keepdims=True)


@misconception("cut off the tail by clipping u", hint="How far do draws in the tail move when the rate grows?")
def exponential_backward_clipped(grad_z, u, rate):
    grad_z, rate, z = _exponential_draw(grad_z, np.clip(u, 0, 1 - 1e-3), rate)
    return sum_to_shape(-grad_z * z / rate, rate.shape)
