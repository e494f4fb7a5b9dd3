"""Pathwise gradient of a half-normal draw: the derivative of its quantile at fixed u."""

import math
import statistics

import numpy as np
import scipy.stats
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


def _half_normal_draw(grad_z, u, sigma):
    grad_z, u, sigma = (np.asarray(one, dtype=float) for one in (grad_z, u, sigma))
    return grad_z, sigma, sigma * math.sqrt(2) * special.erfinv(u)


def half_normal_backward(grad_z, u, sigma):
    """Send a gradient back through z = half_normal_icdf(u, sigma), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u and sigma broadcast); a number, a list or an array.
        u: the levels that gave z, 0 <= u < 1.
        sigma: positive; a number, a list or an array.

    Returns:
        dL/dsigma, with the shape of sigma: where several z share a sigma, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, sigma = (np.asarray(one, dtype=float) for one in (grad_z, u, sigma))
    return sum_to_shape(grad_z * np.abs(special.ndtri((1 - u) / 2)), sigma.shape)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shapes = [
        ((), (), ()),
        ((5,), (5,), ()),
        ((5,), (5,), (1,)),
        ((4,), (), (4,)),
        ((3, 4), (3, 4), (4,)),
        ((3, 4), (4,), (3, 1)),
        ((3, 4), (3, 1), (4,)),
        ((2, 3, 4), (2, 3, 4), (4,)),
        ((2, 3, 4), (3, 4), (2, 1, 1)),
        ((2, 3, 4), (2, 3, 4), (1, 3, 1)),
    ]
    of_z, of_u, of_sigma = shapes[rng.integers(len(shapes))]
    near = 10 ** rng.uniform(-6, -1, of_u)
    u = np.choose(rng.integers(0, 5, of_u), [rng.uniform(size=of_u), rng.uniform(size=of_u), near, 1 - near, 0.0])
    args = rng.normal(0, 2, of_z), u, np.exp(rng.uniform(np.log(0.02), np.log(50), of_sigma))
    as_list = rng.uniform() < 0.3
    return tuple(one.tolist() if as_list or np.ndim(one) == 0 else one for one in map(np.asarray, args))


@alternative
def half_normal_backward_from_the_draw(grad_z, u, sigma):
    grad_z, u, sigma = (np.asarray(one, dtype=float) for one in (grad_z, u, sigma))
    z = scipy.stats.halfnorm.ppf(u, scale=sigma)
    return sum_to_shape(grad_z * z / sigma, sigma.shape)


@alternative
def half_normal_backward_torch(grad_z, u, sigma):
    sigma = torch.as_tensor(sigma, dtype=torch.float64).clone().requires_grad_()
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    torch.distributions.HalfNormal(sigma).icdf(u).backward(grad_z)
    return sigma.grad.numpy()


@alternative
def half_normal_backward_single_precision(grad_z, u, sigma):
    grad_z, u, sigma = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, sigma))
    return sum_to_shape(grad_z * np.sqrt(np.float32(2)) * special.erfinv(u), sigma.shape).astype(np.float32)


@alternative
def half_normal_backward_loop(grad_z, u, sigma):
    total = np.zeros(np.shape(sigma))
    grad_z, u, _ = np.broadcast_arrays(np.asarray(grad_z), np.asarray(u), np.asarray(sigma))
    for place in np.ndindex(u.shape):
        own = place[len(place) - total.ndim :] if total.ndim else ()
        own = tuple(index if length > 1 else 0 for index, length in zip(own, total.shape, strict=True))
        total[own] += grad_z[place] * statistics.NormalDist().inv_cdf(0.5 + u[place] / 2)
    return total.tolist()


@misconception(
    "took the derivative with respect to the logarithm of sigma",
    hint="dz/dsigma has the units of z divided by those of sigma. Has yours?",
)
def half_normal_backward_log_sigma(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(grad_z * z, sigma.shape)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivative?")
def half_normal_backward_of_the_mean(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(np.broadcast_to(grad_z * math.sqrt(2 / math.pi), z.shape), sigma.shape)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two depends on sigma while u stays fixed, and how: the density at z, or z?",
)
def half_normal_backward_score(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(grad_z * (z**2 / sigma**3 - 1 / sigma), sigma.shape)


@misconception(
    "differentiated F itself instead of its inverse",
    hint="Which is held fixed on the way back through a draw, u or z?",
)
def half_normal_backward_of_the_cdf(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(
        -grad_z * z / sigma * math.sqrt(2 / math.pi) / sigma * np.exp(-((z / sigma) ** 2) / 2), sigma.shape
    )


@misconception("got the sign wrong", hint="Does a draw grow or shrink when sigma grows?")
def half_normal_backward_sign(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(-grad_z * z / sigma, sigma.shape)


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def half_normal_backward_no_upstream(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(z / sigma + 0 * grad_z, sigma.shape)


@misconception(
    "took the derivative with respect to the square of sigma", hint="What is the variable of your derivative?"
)
def half_normal_backward_of_the_square(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(grad_z * z / (2 * sigma**2), sigma.shape)


@misconception(
    "took u for a level of the Gaussian itself",
    hint="Which draw belongs to u = 0.5, and does it stay when sigma grows?",
)
def half_normal_backward_unfolded(grad_z, u, sigma):
    grad_z, u, sigma = (np.asarray(one, dtype=float) for one in (grad_z, u, sigma))
    with np.errstate(invalid="ignore"):
        return sum_to_shape(grad_z * special.ndtri(u), sigma.shape)


@misconception("lost the root of 2 that belongs to the inverse error function", hint="Does your z solve F(z) = u?")
def half_normal_backward_without_root_of_two(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(grad_z * z / sigma / math.sqrt(2), sigma.shape)


@misconception(
    "used u where 1 - u belongs: these are the gradients of other draws",
    hint="Which draw moves faster, one at a high or one at a low level?",
)
def half_normal_backward_mirrored(grad_z, u, sigma):
    with np.errstate(invalid="ignore"):
        grad_z, sigma, z = _half_normal_draw(grad_z, 1 - np.asarray(u, dtype=float), sigma)
        return sum_to_shape(grad_z * z / sigma, sigma.shape)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a sigma",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def half_normal_backward_unreduced(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return grad_z * z / sigma


@misconception(
    "averaged over the draws that share a sigma", hint="Do the contributions of several paths add or average?"
)
def half_normal_backward_mean(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return sum_to_shape(grad_z * z / sigma, sigma.shape) * sigma.size / np.size(grad_z * z)


@misconception("added everything up into one number", hint="Which z does each entry of sigma act on?")
def half_normal_backward_total(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    return np.sum(grad_z * z / sigma)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def half_normal_backward_one_leading_axis(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    gradient = grad_z * z / sigma
    if sigma.ndim == 0:
        return gradient.sum()
    gradient = gradient.sum(axis=0) if gradient.ndim > sigma.ndim else gradient
    return gradient.sum(axis=tuple(i for i, n in enumerate(sigma.shape) if n == 1), keepdims=True)


@misconception(
    "lost the axes of length 1 while adding up", hint="Which shape has the gradient of a sigma of shape (3, 1)?"
)
def half_normal_backward_without_keepdims(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    gradient = sum_to_shape(grad_z * z / sigma, sigma.shape)
    return gradient if sigma.size == 1 else np.squeeze(gradient)


@misconception("cut off the tail by clipping u", hint="How far do draws in the tail move when sigma grows?")
def half_normal_backward_clipped(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, np.clip(u, 1e-3, 1 - 1e-3), sigma)
    return sum_to_shape(grad_z * z / sigma, sigma.shape)


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def half_normal_backward_in_place(grad_z, u, sigma):
    grad_z, sigma, z = _half_normal_draw(grad_z, u, sigma)
    if grad_z.shape == z.shape:
        grad_z *= z / sigma
        return sum_to_shape(grad_z, sigma.shape)
    return sum_to_shape(grad_z * z / sigma, sigma.shape)
