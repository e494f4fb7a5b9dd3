"""Pathwise gradients of a logistic draw: the derivatives of its quantile at fixed u."""

import numpy as np
import scipy.special
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_backward.py"


def sum_to_shape(gradient, shape):
    """Add up a gradient over the axes along which a parameter of the given shape was broadcast."""
    gradient = np.asarray(gradient, dtype=float)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.sum(axis=stretched, keepdims=True)


def _logistic_gradients(grad_loc, grad_scale, grad_z, loc, scale):
    grad_loc, grad_scale = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_loc, grad_scale))
    return sum_to_shape(grad_loc, np.shape(loc)), sum_to_shape(grad_scale, np.shape(scale))


def _logistic_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def logistic_backward(grad_z, u, loc, scale):
    """Send a gradient back through z = logistic_icdf(u, loc, scale), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u, loc and scale broadcast); number, list or array.
        u: the levels that gave z, 0 < u < 1.
        loc: median; a number, a list or an array.
        scale: positive; a number, a list or an array.

    Returns:
        A tuple (dL/dloc, dL/dscale). Each has the shape of its own parameter: where several z share
        a parameter, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, loc, scale = (np.asarray(one, dtype=float) for one in (grad_z, u, loc, scale))
    noise = np.log(u) - np.log1p(-u)
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * noise, scale.shape)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    u = np.asarray(rng.uniform(0.001, 0.999, shape()))
    if rng.random() < 0.2:
        u = np.asarray(rng.choice([1e-4, 0.5, 1 - 1e-4], u.shape))
    loc = np.asarray(rng.normal(0, 3, shape()))
    scale = np.asarray(np.exp(rng.uniform(np.log(0.02), np.log(50), shape())))
    grad_z = np.asarray(rng.normal(0, 2, np.broadcast_shapes(u.shape, loc.shape, scale.shape)))
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (grad_z, u, loc, scale))


@alternative
def logistic_backward_from_the_draw(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    z = loc + scale * np.log(u / (1 - u))
    return [sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * (z - loc) / scale, scale.shape)]


@alternative
def logistic_backward_torch(grad_z, u, loc, scale):
    loc, scale = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (loc, scale))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = loc + scale * torch.logit(u)
    return torch.autograd.grad(z, (loc, scale), grad_z)


@alternative
def logistic_backward_single_precision(grad_z, u, loc, scale):
    grad_z, u, loc, scale = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, loc, scale))
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * np.log(u / (1 - u)), scale.shape).astype("f4")


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def logistic_backward_swapped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return _logistic_gradients(grad_z, grad_z * scipy.special.logit(u), grad_z, loc, scale)[::-1]


@misconception(
    "divided z by the scale without removing the location first", hint="What remains of z after removing loc?"
)
def logistic_backward_not_centered(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return _logistic_gradients(grad_z, grad_z * (loc / scale + scipy.special.logit(u)), grad_z, loc, scale)


@misconception(
    "took the derivative with respect to the logarithm of the scale",
    hint="What is the variable of your derivative?",
)
def logistic_backward_log_scale(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return _logistic_gradients(grad_z, grad_z * scale * scipy.special.logit(u), grad_z, loc, scale)


@misconception(
    "gave the scale the gradient of the location",
    hint="How fast does a draw far from loc move as scale grows?",
)
def logistic_backward_same(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return _logistic_gradients(grad_z, grad_z, grad_z, loc, scale)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def logistic_backward_score(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    of_loc = (2 * u - 1) / scale
    return _logistic_gradients(
        grad_z * of_loc, grad_z * (of_loc * scipy.special.logit(u) - 1 / scale), grad_z, loc, scale
    )


@misconception("lost the sign of the noise", hint="Where does a draw below the median go when the scale grows?")
def logistic_backward_absolute(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return _logistic_gradients(grad_z, grad_z * np.abs(scipy.special.logit(u)), grad_z, loc, scale)


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def logistic_backward_no_upstream(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return _logistic_gradients(1.0, scipy.special.logit(u), grad_z, loc, scale)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def logistic_backward_unreduced(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    return grad_z, grad_z * scipy.special.logit(u)


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def logistic_backward_mean(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    of_loc, of_scale = _logistic_gradients(grad_z, grad_z * scipy.special.logit(u), grad_z, loc, scale)
    return of_loc * loc.size / grad_z.size, of_scale * scale.size / grad_z.size


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def logistic_backward_in_place(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    of_loc = sum_to_shape(grad_z, loc.shape)
    grad_z *= scipy.special.logit(u)
    return of_loc, sum_to_shape(grad_z, scale.shape)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def logistic_backward_one_leading_axis(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z, loc), reduce(grad_z * scipy.special.logit(u), scale)


@misconception("cut off the tails by clipping u", hint="How far do draws in the tail move when the scale grows?")
def logistic_backward_clipped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _logistic_arrays(grad_z, u, loc, scale)
    u = np.clip(u, 1e-3, 1 - 1e-3)
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * scipy.special.logit(u), scale.shape)
