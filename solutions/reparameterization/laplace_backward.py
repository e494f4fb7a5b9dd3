"""Pathwise gradients of a Laplace draw: the derivatives of its quantile at fixed u."""

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


def _laplace_gradients(grad_loc, grad_scale, grad_z, loc, scale):
    grad_loc, grad_scale = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_loc, grad_scale))
    return sum_to_shape(grad_loc, np.shape(loc)), sum_to_shape(grad_scale, np.shape(scale))


def _laplace_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def _laplace_noise(u):
    return np.where(u < 0.5, np.log(2 * u), -np.log(2 * (1 - u)))


def laplace_backward(grad_z, u, loc, scale):
    """Send a gradient back through z = laplace_icdf(u, loc, scale), with u held fixed.

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
    noise = np.where(u < 0.5, np.log(2 * u), -np.log(2 * (1 - u)))
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
def laplace_backward_from_the_draw(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    z = loc - scale * np.sign(u - 0.5) * np.log1p(-2 * np.abs(u - 0.5))
    return [sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * (z - loc) / scale, scale.shape)]


@alternative
def laplace_backward_torch(grad_z, u, loc, scale):
    loc, scale = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (loc, scale))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = torch.distributions.Laplace(loc, scale).icdf(u)
    return torch.autograd.grad(z, (loc, scale), grad_z)


@alternative
def laplace_backward_single_precision(grad_z, u, loc, scale):
    grad_z, u, loc, scale = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, loc, scale))
    noise = -np.sign(u - 0.5) * np.log(1 - 2 * np.abs(u - 0.5))
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * noise, scale.shape).astype("f4")


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def laplace_backward_swapped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return _laplace_gradients(grad_z, grad_z * _laplace_noise(u), grad_z, loc, scale)[::-1]


@misconception("lost the sign below the median", hint="Where does a draw below the median go when the scale grows?")
def laplace_backward_absolute(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return _laplace_gradients(grad_z, grad_z * np.abs(_laplace_noise(u)), grad_z, loc, scale)


@misconception(
    "divided z by the scale without removing the location first", hint="What remains of z after removing loc?"
)
def laplace_backward_not_centered(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return _laplace_gradients(grad_z, grad_z * (loc / scale + _laplace_noise(u)), grad_z, loc, scale)


@misconception(
    "took the derivative with respect to the logarithm of the scale",
    hint="What is the variable of your derivative?",
)
def laplace_backward_log_scale(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return _laplace_gradients(grad_z, grad_z * scale * _laplace_noise(u), grad_z, loc, scale)


@misconception(
    "gave every draw above the median +1 and every one below it -1",
    hint="Do two draws on the same side of loc move equally fast when the scale grows?",
)
def laplace_backward_sign_only(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return _laplace_gradients(grad_z, grad_z * np.sign(u - 0.5), grad_z, loc, scale)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def laplace_backward_score(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    of_scale = (np.abs(_laplace_noise(u)) - 1) / scale
    return _laplace_gradients(grad_z * np.sign(u - 0.5) / scale, grad_z * of_scale, grad_z, loc, scale)


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def laplace_backward_no_upstream(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return _laplace_gradients(1.0, _laplace_noise(u), grad_z, loc, scale)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def laplace_backward_unreduced(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    return grad_z, grad_z * _laplace_noise(u)


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def laplace_backward_mean(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    of_loc, of_scale = _laplace_gradients(grad_z, grad_z * _laplace_noise(u), grad_z, loc, scale)
    return of_loc * loc.size / grad_z.size, of_scale * scale.size / grad_z.size


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def laplace_backward_one_leading_axis(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z, loc), reduce(grad_z * _laplace_noise(u), scale)


@misconception("cut off the tails by clipping u", hint="How far do draws in the tail move when the scale grows?")
def laplace_backward_clipped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _laplace_arrays(grad_z, u, loc, scale)
    u = np.clip(u, 1e-3, 1 - 1e-3)
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * _laplace_noise(u), scale.shape)
