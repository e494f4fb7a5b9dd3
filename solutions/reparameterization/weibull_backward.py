"""Pathwise gradients of a Weibull draw: the derivatives of its quantile at fixed u."""

import numpy as np
import scipy.special
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


def _weibull_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def _weibull_gradients(grad_scale, grad_shape, grad_z, scale, shape):
    grad_scale, grad_shape = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_scale, grad_shape))
    return sum_to_shape(grad_scale, np.shape(scale)), sum_to_shape(grad_shape, np.shape(shape))


def _weibull_slopes(u, scale, shape):
    wait = -np.log1p(-u)
    ratio = wait ** (1 / shape)
    return ratio, -scale * ratio * np.log(np.where(wait > 0, wait, 1.0)) / shape**2


def weibull_backward(grad_z, u, scale, shape):
    """Send a gradient back through z = weibull_icdf(u, scale, shape), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u, scale and shape broadcast); number, list or array.
        u: the levels that gave z, 0 <= u < 1.
        scale: positive, in units of z; a number, a list or an array.
        shape: positive; a number, a list or an array.

    Returns:
        A tuple (dL/dscale, dL/dshape). Each has the shape of its own parameter: where several z share
        a parameter, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, scale, shape = (np.asarray(one, dtype=float) for one in (grad_z, u, scale, shape))
    ratio = (-np.log1p(-u)) ** (1 / shape)  # z / scale
    # At u = 0 the draw is 0 whatever the shape is, so its logarithm must not make a NaN of 0.
    log_ratio = np.log(np.where(ratio > 0, ratio, 1.0))
    of_scale, of_shape = ratio, -scale * ratio * log_ratio / shape
    return sum_to_shape(grad_z * of_scale, scale.shape), sum_to_shape(grad_z * of_shape, shape.shape)


@alternative
def weibull_backward_of_the_formula(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    wait = -np.log(1 - u)
    root = wait ** (1 / shape)
    of_shape = -scale * scipy.special.xlogy(root, wait) / shape**2
    return [sum_to_shape(grad_z * root, scale.shape), sum_to_shape(grad_z * of_shape, shape.shape)]


@alternative
def weibull_backward_implicit(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    z = scipy.stats.weibull_min.ppf(u, shape, scale=scale)
    positive = np.where(z > 0, z, scale)
    rest = np.exp(-((positive / scale) ** shape)) * (positive / scale) ** shape
    density = rest * shape / positive
    of_scale, of_shape = rest * shape / scale / density, -rest * np.log(positive / scale) / density
    of_scale, of_shape = np.where(z > 0, of_scale, 0.0), np.where(z > 0, of_shape, 0.0)
    return sum_to_shape(grad_z * of_scale, scale.shape), sum_to_shape(grad_z * of_shape, shape.shape)


@alternative
def weibull_backward_torch(grad_z, u, scale, shape):
    scale, shape = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (scale, shape))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = scale * torch.pow(-torch.log1p(-u), 1 / shape)
    return torch.autograd.grad(z, (scale, shape), grad_z)


@alternative
def weibull_backward_single_precision(grad_z, u, scale, shape):
    grad_z, u, scale, shape = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, scale, shape))
    wait = np.maximum(-np.log1p(-u), np.finfo(np.float32).tiny)
    z = scale * wait ** (1 / shape)
    of_scale, of_shape = grad_z * z / scale, -grad_z * z * np.log(wait) / shape**2
    return sum_to_shape(of_scale, scale.shape).astype("f4"), sum_to_shape(of_shape, shape.shape).astype("f4")


@misconception(
    "lost the minus sign of the shape's gradient", hint="Where does a draw above the scale go when the shape grows?"
)
def weibull_backward_sign(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return _weibull_gradients(grad_z * of_scale, -grad_z * of_shape, grad_z, scale, shape)


@misconception(
    "took the derivatives with respect to the logarithms of the parameters",
    hint="dz/dscale has the units of z divided by those of the scale. Has yours?",
)
def weibull_backward_of_logarithms(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return _weibull_gradients(grad_z * scale * of_scale, grad_z * shape * of_shape, grad_z, scale, shape)


@misconception(
    "differentiated with respect to 1 / shape and stopped there",
    hint="The exponent depends on the shape. How fast, and in which direction?",
)
def weibull_backward_of_the_exponent(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return _weibull_gradients(grad_z * of_scale, -grad_z * shape**2 * of_shape, grad_z, scale, shape)


@misconception(
    "took the logarithm of z itself, without dividing by the scale",
    hint="Does the logarithm of a length mean anything? Which z stays where it is when the shape changes?",
)
def weibull_backward_unscaled_logarithm(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    ratio = _weibull_slopes(u, scale, shape)[0]
    of_shape = -scipy.special.xlogy(scale * ratio, scale * ratio) / shape
    return _weibull_gradients(grad_z * ratio, grad_z * of_shape, grad_z, scale, shape)


@misconception(
    "differentiated a power of the shape, although the shape stands in the exponent",
    hint="Which rule holds when the variable stands in the exponent: that of x**n, or that of a**x?",
)
def weibull_backward_power_rule(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    wait = -np.log1p(-u)
    with np.errstate(divide="ignore"):
        of_shape = scale * wait ** (1 / shape - 1) / shape
    return _weibull_gradients(grad_z * wait ** (1 / shape), grad_z * of_shape, grad_z, scale, shape)


@misconception(
    "multiplied 0 by the logarithm of 0 where u is 0, which gives NaN",
    hint="Where does the draw of u = 0 lie, and how far does it move when the shape grows?",
)
def weibull_backward_logarithm_of_zero(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    wait = -np.log1p(-u)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_scale, of_shape = wait ** (1 / shape), -scale * wait ** (1 / shape) * np.log(wait) / shape**2
        return _weibull_gradients(grad_z * of_scale, grad_z * of_shape, grad_z, scale, shape)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivatives?")
def weibull_backward_of_the_mean(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    mean = scipy.special.gamma(1 + 1 / shape)
    of_shape = -scale * mean * scipy.special.digamma(1 + 1 / shape) / shape**2
    return _weibull_gradients(grad_z * mean, grad_z * of_shape, grad_z, scale, shape)


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def weibull_backward_swapped(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return _weibull_gradients(grad_z * of_scale, grad_z * of_shape, grad_z, scale, shape)[::-1]


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def weibull_backward_no_upstream(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return _weibull_gradients(of_scale, of_shape, grad_z, scale, shape)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def weibull_backward_score(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    wait = -np.log1p(-u)
    with np.errstate(divide="ignore"):
        of_scale, of_shape = (wait - 1) * shape / scale, (1 + (1 - wait) * np.log(wait)) / shape
    return _weibull_gradients(grad_z * of_scale, grad_z * of_shape, grad_z, scale, shape)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def weibull_backward_unreduced(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return grad_z * of_scale, grad_z * of_shape


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def weibull_backward_mean(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    of_scale, of_shape = _weibull_gradients(grad_z * of_scale, grad_z * of_shape, grad_z, scale, shape)
    return of_scale * scale.size / grad_z.size, of_shape * shape.size / grad_z.size


@misconception(
    "dropped the axes over which you summed, although the parameter has them with length 1",
    hint="A parameter of shape (3, 1): which shape has its gradient?",
)
def weibull_backward_axes_dropped(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    of_scale, of_shape = _weibull_gradients(grad_z * of_scale, grad_z * of_shape, grad_z, scale, shape)
    return np.squeeze(of_scale), np.squeeze(of_shape)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def weibull_backward_one_leading_axis(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return reduce(grad_z * of_scale, scale), reduce(grad_z * of_shape, shape)


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def weibull_backward_in_place(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, u, scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    at_shape = sum_to_shape(grad_z * of_shape, shape.shape)
    grad_z *= of_scale
    return sum_to_shape(grad_z, scale.shape), at_shape


@misconception(
    "cut off the tails by clipping u", hint="How far do draws close to either end move when a parameter grows?"
)
def weibull_backward_clipped(grad_z, u, scale, shape):
    grad_z, u, scale, shape = _weibull_arrays(grad_z, np.clip(u, 1e-3, 1 - 1e-3), scale, shape)
    of_scale, of_shape = _weibull_slopes(u, scale, shape)
    return _weibull_gradients(grad_z * of_scale, grad_z * of_shape, grad_z, scale, shape)


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
    of_u, of_scale, of_shape = shapes[rng.integers(len(shapes))]
    end = 10.0 ** rng.uniform(-4, -0.3, of_u)
    u = np.where(rng.random(of_u) < 0.5, end, 1 - end)
    u = np.where(rng.random(of_u) < 0.1, 0.0, u)
    scale = np.exp(rng.normal(0, 1, of_scale))
    shape = np.exp(rng.normal(0, 0.7, of_shape))
    if rng.random() < 0.15:  # whole numbers
        scale, shape = np.ceil(scale).astype(int), np.ceil(shape).astype(int)
    grad_z = rng.normal(0, 2, np.broadcast_shapes(of_u, of_scale, of_shape))
    lists = rng.random() < 0.25
    arguments = [np.array(one) for one in (grad_z, u, scale, shape)]
    return tuple(one.tolist() if lists or one.ndim == 0 else one for one in arguments)
