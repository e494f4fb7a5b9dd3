"""Pathwise gradients of a Gumbel draw: the derivatives of its quantile at fixed u."""

import numpy as np
import scipy.stats
import torch

from autograder.grading import alternative, inputs, misconception

GRADER = "test_backward.py"


def sum_to_shape(gradient, shape):
    """Add up a gradient over the axes along which a parameter of the given shape was broadcast."""
    gradient = np.asarray(gradient, dtype=float)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.sum(axis=stretched, keepdims=True)


def _gumbel_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def _gumbel_gradients(grad_loc, grad_scale, grad_z, loc, scale):
    grad_loc, grad_scale = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_loc, grad_scale))
    return sum_to_shape(grad_loc, np.shape(loc)), sum_to_shape(grad_scale, np.shape(scale))


def _gumbel_noise(u):
    return -np.log(-np.log(u))


def gumbel_backward(grad_z, u, loc, scale):
    """Send a gradient back through z = gumbel_icdf(u, loc, scale), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u, loc and scale broadcast); number, list or array.
        u: the levels that gave z, 0 < u < 1.
        loc: mode; a number, a list or an array.
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
    noise = -np.log(-np.log(u))
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * noise, scale.shape)


@alternative
def gumbel_backward_from_the_draw(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    z = scipy.stats.gumbel_r.ppf(u, loc, scale)
    return [sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * (z - loc) / scale, scale.shape)]


@alternative
def gumbel_backward_with_differences(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    step = 1e-4 * scale
    further = (scale + step) * np.log(1 / np.log(1 / u))
    nearer = (scale - step) * np.log(1 / np.log(1 / u))
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(grad_z * (further - nearer) / (2 * step), scale.shape)


@alternative
def gumbel_backward_torch(grad_z, u, loc, scale):
    loc, scale = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (loc, scale))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = loc - scale * torch.log(-torch.log(u))
    return torch.autograd.grad(z, (loc, scale), grad_z)


@alternative
def gumbel_backward_single_precision(grad_z, u, loc, scale):
    grad_z, u, loc, scale = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, loc, scale))
    return sum_to_shape(grad_z, loc.shape), sum_to_shape(-grad_z * np.log(-np.log(u)), scale.shape).astype("f4")


@misconception(
    "divided z by the scale without removing the location first", hint="What remains of z after removing loc?"
)
def gumbel_backward_not_centered(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, grad_z * (loc / scale + _gumbel_noise(u)), grad_z, loc, scale)


@misconception(
    "took the derivative with respect to the logarithm of the scale",
    hint="What is the variable of your derivative?",
)
def gumbel_backward_log_scale(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, grad_z * scale * _gumbel_noise(u), grad_z, loc, scale)


@misconception(
    "gave the scale the gradient of the location",
    hint="How fast does a draw far from loc move as scale grows?",
)
def gumbel_backward_same(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, grad_z, grad_z, loc, scale)


@misconception("lost the sign of the noise", hint="Where does a draw below loc go when the scale grows?")
def gumbel_backward_absolute(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, grad_z * np.abs(_gumbel_noise(u)), grad_z, loc, scale)


@misconception(
    "lost the outer minus sign of the noise", hint="A draw far out to the right: where does it go when the scale grows?"
)
def gumbel_backward_sign(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, -grad_z * _gumbel_noise(u), grad_z, loc, scale)


@misconception(
    "took the noise of the Gumbel law of minima",
    hint="To which side should the long tail reach? Put u and your noise into F.",
)
def gumbel_backward_of_minima(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, -grad_z * _gumbel_noise(1 - u), grad_z, loc, scale)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivatives?")
def gumbel_backward_of_the_mean(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, np.euler_gamma * grad_z, grad_z, loc, scale)


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def gumbel_backward_swapped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(grad_z, grad_z * _gumbel_noise(u), grad_z, loc, scale)[::-1]


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def gumbel_backward_no_upstream(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return _gumbel_gradients(1.0, _gumbel_noise(u), grad_z, loc, scale)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def gumbel_backward_score(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    noise = _gumbel_noise(u)
    of_loc = (1 + np.log(u)) / scale
    of_scale = of_loc * noise - 1 / scale
    return _gumbel_gradients(grad_z * of_loc, grad_z * of_scale, grad_z, loc, scale)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def gumbel_backward_unreduced(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    return grad_z, grad_z * _gumbel_noise(u)


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def gumbel_backward_mean(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    of_loc, of_scale = _gumbel_gradients(grad_z, grad_z * _gumbel_noise(u), grad_z, loc, scale)
    return of_loc * loc.size / grad_z.size, of_scale * scale.size / grad_z.size


@misconception(
    "dropped the axes over which you summed, although the parameter has them with length 1",
    hint="A parameter of shape (3, 1): which shape has its gradient?",
)
def gumbel_backward_axes_dropped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    of_loc, of_scale = _gumbel_gradients(grad_z, grad_z * _gumbel_noise(u), grad_z, loc, scale)
    return np.squeeze(of_loc), np.squeeze(of_scale)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def gumbel_backward_one_leading_axis(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z, loc), reduce(grad_z * _gumbel_noise(u), scale)


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def gumbel_backward_in_place(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, u, loc, scale)
    of_loc = sum_to_shape(grad_z, loc.shape)
    grad_z *= _gumbel_noise(u)
    return of_loc, sum_to_shape(grad_z, scale.shape)


@misconception("cut off the tails by clipping u", hint="How far do draws in the tails move when the scale grows?")
def gumbel_backward_clipped(grad_z, u, loc, scale):
    grad_z, u, loc, scale = _gumbel_arrays(grad_z, np.clip(u, 1e-3, 1 - 1e-3), loc, scale)
    return _gumbel_gradients(grad_z, grad_z * _gumbel_noise(u), grad_z, loc, scale)


@inputs
def inputs(rng):
    """Draw levels close to both ends as well, and parameters that all, some or none of the draws share."""
    shapes = [
        ((), (), ()),
        ((5,), (), (1,)),
        ((), (2, 1), (3,)),
        ((4,), (4,), (4,)),
        ((3, 4), (4,), (3, 1)),
        ((1,), (2, 3), ()),
        ((2, 3, 4), (4,), (3, 1)),
        ((2, 3, 4), (2, 1, 4), (4,)),
    ]
    of_u, of_loc, of_scale = shapes[rng.integers(len(shapes))]
    end = 10.0 ** rng.uniform(-4, -0.3, of_u)
    u = np.where(rng.random(of_u) < 0.5, end, 1 - end)
    loc = rng.normal(0, 2, of_loc)
    scale = np.exp(rng.normal(0, 1, of_scale))
    if rng.random() < 0.15:  # whole numbers
        loc, scale = np.ceil(loc).astype(int), np.ceil(scale).astype(int)
    grad_z = rng.normal(0, 2, np.broadcast_shapes(of_u, of_loc, of_scale))
    lists = rng.random() < 0.25
    arguments = [np.array(one) for one in (grad_z, u, loc, scale)]
    return tuple(one.tolist() if lists or one.ndim == 0 else one for one in arguments)
