"""Pathwise gradients of a Pareto draw: the derivatives of its quantile at fixed u."""

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


def _pareto_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def _pareto_gradients(grad_minimum, grad_shape, grad_z, minimum, shape):
    grad_minimum, grad_shape = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_minimum, grad_shape))
    return sum_to_shape(grad_minimum, np.shape(minimum)), sum_to_shape(grad_shape, np.shape(shape))


def _pareto_slopes(u, minimum, shape):
    ratio = np.exp(-np.log1p(-u) / shape)
    return ratio, -minimum * ratio * np.log(ratio) / shape


def pareto_backward(grad_z, u, minimum, shape):
    """Send a gradient back through z = pareto_icdf(u, minimum, shape), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u, minimum and shape broadcast); number, list or array.
        u: the levels that gave z, 0 <= u < 1.
        minimum: positive, in units of z; a number, a list or an array.
        shape: positive; a number, a list or an array.

    Returns:
        A tuple (dL/dminimum, dL/dshape). Each has the shape of its own parameter: where several z share
        a parameter, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, minimum, shape = (np.asarray(one, dtype=float) for one in (grad_z, u, minimum, shape))
    log_ratio = -np.log1p(-u) / shape  # ln(z / minimum)
    of_minimum = np.exp(log_ratio)
    of_shape = -minimum * np.exp(log_ratio) * log_ratio / shape
    return sum_to_shape(grad_z * of_minimum, minimum.shape), sum_to_shape(grad_z * of_shape, shape.shape)


@alternative
def pareto_backward_of_the_formula(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    power = (1 - u) ** (-1 / shape)
    of_shape = minimum * power * np.log(1 - u) / shape**2
    return [sum_to_shape(grad_z * power, minimum.shape), sum_to_shape(grad_z * of_shape, shape.shape)]


@alternative
def pareto_backward_implicit(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    z = scipy.stats.pareto.ppf(u, shape, scale=minimum)
    density = shape * minimum**shape / z ** (shape + 1)
    of_minimum = shape * minimum ** (shape - 1) / z**shape / density
    of_shape = (minimum / z) ** shape * np.log(minimum / z) / density
    return sum_to_shape(grad_z * of_minimum, minimum.shape), sum_to_shape(grad_z * of_shape, shape.shape)


@alternative
def pareto_backward_torch(grad_z, u, minimum, shape):
    minimum, shape = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (minimum, shape))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = minimum / torch.pow(1 - u, 1 / shape)
    return torch.autograd.grad(z, (minimum, shape), grad_z)


@alternative
def pareto_backward_single_precision(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, minimum, shape))
    z = minimum * np.exp(-np.log1p(-u) / shape)
    of_minimum, of_shape = grad_z * z / minimum, grad_z * z * np.log1p(-u) / shape**2
    return sum_to_shape(of_minimum, minimum.shape).astype("f4"), sum_to_shape(of_shape, shape.shape).astype("f4")


@misconception(
    "lost the minus sign of the shape's gradient", hint="Does a larger shape pull draws in or push them out?"
)
def pareto_backward_sign(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return _pareto_gradients(grad_z * of_minimum, -grad_z * of_shape, grad_z, minimum, shape)


@misconception(
    "took the derivatives with respect to the logarithms of the parameters",
    hint="dz/dminimum has the units of z divided by those of the minimum. Has yours?",
)
def pareto_backward_of_logarithms(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return _pareto_gradients(grad_z * minimum * of_minimum, grad_z * shape * of_shape, grad_z, minimum, shape)


@misconception(
    "differentiated with respect to 1 / shape and stopped there",
    hint="The exponent depends on the shape. How fast, and in which direction?",
)
def pareto_backward_of_the_exponent(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return _pareto_gradients(grad_z * of_minimum, -grad_z * shape**2 * of_shape, grad_z, minimum, shape)


@misconception(
    "took the logarithm of z itself, without dividing by the minimum",
    hint="Does the logarithm of a length mean anything? Which z stays where it is when the shape changes?",
)
def pareto_backward_unscaled_logarithm(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    ratio = _pareto_slopes(u, minimum, shape)[0]
    z = minimum * ratio
    return _pareto_gradients(grad_z * ratio, -grad_z * z * np.log(z) / shape, grad_z, minimum, shape)


@misconception(
    "treated the minimum as a location that shifts every draw alike",
    hint="When the minimum doubles, by how much does a draw move that lies far out?",
)
def pareto_backward_location(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    return _pareto_gradients(grad_z, grad_z * _pareto_slopes(u, minimum, shape)[1], grad_z, minimum, shape)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivatives?")
def pareto_backward_of_the_mean(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    with np.errstate(divide="ignore"):
        of_minimum, of_shape = shape / (shape - 1), -minimum / (shape - 1) ** 2
    return _pareto_gradients(grad_z * of_minimum, grad_z * of_shape, grad_z, minimum, shape)


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def pareto_backward_swapped(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return _pareto_gradients(grad_z * of_minimum, grad_z * of_shape, grad_z, minimum, shape)[::-1]


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def pareto_backward_no_upstream(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return _pareto_gradients(of_minimum, of_shape, grad_z, minimum, shape)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def pareto_backward_score(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = shape / minimum, (1 + np.log1p(-u)) / shape
    return _pareto_gradients(grad_z * of_minimum, grad_z * of_shape, grad_z, minimum, shape)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def pareto_backward_unreduced(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return grad_z * of_minimum, grad_z * of_shape


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def pareto_backward_mean(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    of_minimum, of_shape = _pareto_gradients(grad_z * of_minimum, grad_z * of_shape, grad_z, minimum, shape)
    return of_minimum * minimum.size / grad_z.size, of_shape * shape.size / grad_z.size


@misconception(
    "dropped the axes over which you summed, although the parameter has them with length 1",
    hint="A parameter of shape (3, 1): which shape has its gradient?",
)
def pareto_backward_axes_dropped(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    of_minimum, of_shape = _pareto_gradients(grad_z * of_minimum, grad_z * of_shape, grad_z, minimum, shape)
    return np.squeeze(of_minimum), np.squeeze(of_shape)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def pareto_backward_one_leading_axis(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return reduce(grad_z * of_minimum, minimum), reduce(grad_z * of_shape, shape)


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def pareto_backward_in_place(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, u, minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    at_shape = sum_to_shape(grad_z * of_shape, shape.shape)
    grad_z *= of_minimum
    return sum_to_shape(grad_z, minimum.shape), at_shape


@misconception("cut off the tails by clipping u", hint="How far do draws in the tail move when a parameter grows?")
def pareto_backward_clipped(grad_z, u, minimum, shape):
    grad_z, u, minimum, shape = _pareto_arrays(grad_z, np.clip(u, 1e-3, 1 - 1e-3), minimum, shape)
    of_minimum, of_shape = _pareto_slopes(u, minimum, shape)
    return _pareto_gradients(grad_z * of_minimum, grad_z * of_shape, grad_z, minimum, shape)


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
    of_u, of_minimum, of_shape = shapes[rng.integers(len(shapes))]
    end = 10.0 ** rng.uniform(-4, -0.3, of_u)
    u = np.where(rng.random(of_u) < 0.5, end, 1 - end)
    u = np.where(rng.random(of_u) < 0.1, 0.0, u)
    minimum = np.exp(rng.normal(0, 1, of_minimum))
    shape = np.exp(rng.normal(0.5, 0.7, of_shape))
    if rng.random() < 0.15:  # whole numbers
        minimum, shape = np.ceil(minimum).astype(int), np.ceil(shape).astype(int)
    grad_z = rng.normal(0, 2, np.broadcast_shapes(of_u, of_minimum, of_shape))
    lists = rng.random() < 0.25
    arguments = [np.array(one) for one in (grad_z, u, minimum, shape)]
    return tuple(one.tolist() if lists or one.ndim == 0 else one for one in arguments)
