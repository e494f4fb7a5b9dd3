"""Pathwise gradients of a Kumaraswamy draw: the derivatives of its quantile at fixed u."""

import numpy as np
import torch
from scipy import special

from autograder.grading import alternative, inputs, misconception

GRADER = "test_backward.py"


def sum_to_shape(gradient, shape):
    """Add up a gradient over the axes along which a parameter of the given shape was broadcast."""
    gradient = np.asarray(gradient, dtype=float)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.sum(axis=stretched, keepdims=True)


def _kumaraswamy_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def _kumaraswamy_slopes(u, a, b):
    root = np.log1p(-u) / b
    power = -np.expm1(root)
    z = power ** (1 / a)
    return -z * np.log(power) / a**2, z / (a * power) * np.exp(root) * root / b


def _kumaraswamy_gradients(grad_a, grad_b, grad_z, a, b):
    grad_a, grad_b = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_a, grad_b))
    return sum_to_shape(grad_a, np.shape(a)), sum_to_shape(grad_b, np.shape(b))


def kumaraswamy_backward(grad_z, u, a, b):
    """Send a gradient back through z = kumaraswamy_icdf(u, a, b), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u, a and b broadcast); number, list or array.
        u: the levels that gave z, 0 < u < 1.
        a: first shape, positive; a number, a list or an array.
        b: second shape, positive; a number, a list or an array.

    Returns:
        A tuple (dL/da, dL/db). Each has the shape of its own parameter: where several z share
        a parameter, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, a, b = (np.asarray(one, dtype=float) for one in (grad_z, u, a, b))
    log_rest = np.log1p(-u) / b  # ln(1 - z**a)
    # ln(z**a) without cancellation, whether z is small or close to 1.
    log_power = np.where(log_rest < -0.7, np.log1p(-np.exp(log_rest)), np.log(-np.expm1(log_rest)))
    z = np.exp(log_power / a)
    of_a = -z * log_power / a**2
    of_b = z * np.exp(log_rest - log_power) * log_rest / (a * b)
    return sum_to_shape(grad_z * of_a, a.shape), sum_to_shape(grad_z * of_b, b.shape)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shapes = [
        ((), (), (), ()),
        ((5,), (5,), (), (5,)),
        ((5,), (5,), (1,), ()),
        ((4,), (), (4,), (4,)),
        ((3, 4), (3, 4), (4,), (3, 1)),
        ((3, 4), (4,), (3, 1), (4,)),
        ((3, 4), (), (3, 1), (1, 4)),
        ((2, 3, 4), (2, 3, 4), (4,), (3, 1)),
        ((2, 3, 4), (3, 4), (2, 1, 1), (1, 3, 1)),
        ((2, 3, 4), (2, 3, 4), (), (2, 3, 4)),
    ]
    of_z, of_u, of_a, of_b = shapes[rng.integers(len(shapes))]
    near = 10 ** rng.uniform(-6, -1, of_u)
    u = np.choose(rng.integers(0, 4, of_u), [rng.uniform(size=of_u), rng.uniform(size=of_u), near, 1 - near])
    args = rng.normal(0, 2, of_z), u, *(0.2 * 75 ** rng.uniform(size=one) for one in (of_a, of_b))
    as_list = rng.random() < 0.3
    return tuple(one.tolist() if as_list or np.ndim(one) == 0 else one for one in map(np.asarray, args))


@alternative
def kumaraswamy_backward_through_the_draw(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    z = (1 - (1 - u) ** (1 / b)) ** (1 / a)
    of_b = z ** (1 - a) * (1 - z**a) * np.log(1 - z**a) / (a * b)
    return [sum_to_shape(-grad_z * z * np.log(z) / a, a.shape), sum_to_shape(grad_z * of_b, b.shape)]


@alternative
def kumaraswamy_backward_implicit(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    z = special.betaincinv(1, b, u) ** (1 / a)
    power = z**a
    # Minus dF/dparameter over the density; the common factor (1 - z**a)**(b - 1) is cancelled.
    density = a * b * power / z
    of_a = -b * power * np.log(z) / density
    of_b = (1 - power) * np.log1p(-power) / density
    return sum_to_shape(grad_z * of_a, a.shape), sum_to_shape(grad_z * of_b, b.shape)


@alternative
def kumaraswamy_backward_torch(grad_z, u, a, b):
    a, b = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (a, b))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = (-torch.expm1(torch.log1p(-u) / b)) ** (1 / a)
    return torch.autograd.grad(z, (a, b), grad_z)


@alternative
def kumaraswamy_backward_single_precision(grad_z, u, a, b):
    grad_z, u, a, b = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, a, b))
    root = np.log1p(-u) / b
    power = -np.expm1(root)
    z = power ** (1 / a)
    of_a, of_b = -z * np.log(power) / a**2, z / (a * power) * np.exp(root) * root / b
    return sum_to_shape(grad_z * of_a, a.shape).astype("f4"), sum_to_shape(grad_z * of_b, b.shape).astype("f4")


@misconception("exchanged the two shapes in z", hint="Put your z back into F. Does u come out?")
def kumaraswamy_backward_shapes_swapped(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_b, of_a = _kumaraswamy_slopes(u, b, a)
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)


@misconception(
    "took the derivatives with respect to the logarithms of the shapes",
    hint="What are the variables of your derivatives?",
)
def kumaraswamy_backward_logarithms(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    return _kumaraswamy_gradients(grad_z * a * of_a, grad_z * b * of_b, grad_z, a, b)


@misconception("got the sign of the derivative with respect to a wrong", hint="Does a draw rise or fall when a grows?")
def kumaraswamy_backward_sign_of_a(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    return _kumaraswamy_gradients(grad_z * -of_a, grad_z * of_b, grad_z, a, b)


@misconception("got both signs wrong", hint="Which way does a draw go when a grows, and which way when b grows?")
def kumaraswamy_backward_both_signs(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    return _kumaraswamy_gradients(grad_z * -of_a, grad_z * -of_b, grad_z, a, b)


@misconception(
    "lost the inner derivative: b stands in an exponent inside of a root",
    hint="How many links has the chain from b to z?",
)
def kumaraswamy_backward_inner_lost(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, _ = _kumaraswamy_slopes(u, a, b)
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * np.log1p(-u) / b**2 * (1 - u) ** (1 / b), grad_z, a, b)


@misconception(
    "differentiated F itself instead of its inverse", hint="Which is held fixed on the way back through a draw, u or z?"
)
def kumaraswamy_backward_of_the_cdf(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    power = -np.expm1(np.log1p(-u) / b)
    of_a = b * (1 - power) ** (b - 1) * power * np.log(power) / a
    of_b = -(1 - u) * np.log1p(-u) / b
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivatives?")
def kumaraswamy_backward_of_the_mean(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    mean = b * special.beta(1 + 1 / a, b)
    of_a = mean * (special.digamma(1 + 1 / a + b) - special.digamma(1 + 1 / a)) / a**2
    of_b = mean * (1 / b + special.digamma(b) - special.digamma(1 + 1 / a + b))
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def kumaraswamy_backward_score(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    rest, log_z = np.exp(np.log1p(-u) / b), np.log(-np.expm1(np.log1p(-u) / b)) / a
    of_a = 1 / a + log_z - (b - 1) * (1 - rest) * log_z / rest
    of_b = 1 / b + np.log(rest)
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)


@misconception(
    "used the level 1 - u: these are the gradients of other draws", hint="Which z belongs to a level next to 0?"
)
def kumaraswamy_backward_mirrored(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(1 - u, a, b)
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)


@misconception(
    "lost a division by a, which belongs to the root", hint="What does the chain rule make of a root of order a?"
)
def kumaraswamy_backward_power_lost(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    return _kumaraswamy_gradients(grad_z * a * of_a, grad_z * a * of_b, grad_z, a, b)


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def kumaraswamy_backward_swapped(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)[::-1]


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def kumaraswamy_backward_no_upstream(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    return _kumaraswamy_gradients(*_kumaraswamy_slopes(u, a, b), grad_z, a, b)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def kumaraswamy_backward_unreduced(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    return grad_z * of_a, grad_z * of_b


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def kumaraswamy_backward_mean(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    slope_a, slope_b = _kumaraswamy_slopes(u, a, b)
    of_a, of_b = _kumaraswamy_gradients(grad_z * slope_a, grad_z * slope_b, grad_z, a, b)
    return of_a * a.size / grad_z.size, of_b * b.size / grad_z.size


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def kumaraswamy_backward_one_leading_axis(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z * of_a, a), reduce(grad_z * of_b, b)


@misconception(
    "lost the axes of length 1 while adding up", hint="Which shape has the gradient of a parameter of shape (3, 1)?"
)
def kumaraswamy_backward_without_keepdims(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    gradients = _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)
    return tuple(one if one.size == 1 else np.squeeze(one) for one in gradients)


@misconception("cut off the tails by clipping u", hint="How far do draws in the tail move when b grows?")
def kumaraswamy_backward_clipped(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(np.clip(u, 1e-3, 1 - 1e-3), a, b)
    return _kumaraswamy_gradients(grad_z * of_a, grad_z * of_b, grad_z, a, b)


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def kumaraswamy_backward_in_place(grad_z, u, a, b):
    grad_z, u, a, b = _kumaraswamy_arrays(grad_z, u, a, b)
    of_a, of_b = _kumaraswamy_slopes(u, a, b)
    gradient = sum_to_shape(grad_z * of_a, a.shape)
    grad_z *= of_b
    return gradient, sum_to_shape(grad_z, b.shape)
