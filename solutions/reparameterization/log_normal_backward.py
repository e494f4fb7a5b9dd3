"""Pathwise gradients of a log-normal draw: the derivatives of its quantile at fixed u."""

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


def _log_normal_arrays(*values):
    return (np.asarray(one, dtype=float) for one in values)


def _log_normal_slopes(u, mu, sigma):
    z = np.exp(mu + sigma * special.ndtri(u))
    return z, z * special.ndtri(u)


def _log_normal_gradients(grad_mu, grad_sigma, grad_z, mu, sigma):
    grad_mu, grad_sigma = (np.broadcast_to(one, np.shape(grad_z)) for one in (grad_mu, grad_sigma))
    return sum_to_shape(grad_mu, np.shape(mu)), sum_to_shape(grad_sigma, np.shape(sigma))


def log_normal_backward(grad_z, u, mu, sigma):
    """Send a gradient back through z = log_normal_icdf(u, mu, sigma), with u held fixed.

    Args:
        grad_z: dL/dz, with the shape of z (to which u, mu and sigma broadcast); number, list or array.
        u: the levels that gave z, 0 < u < 1.
        mu: mean of log(z); a number, a list or an array.
        sigma: standard deviation of log(z), positive; a number, a list or an array.

    Returns:
        A tuple (dL/dmu, dL/dsigma). Each has the shape of its own parameter: where several z share
        a parameter, their contributions are added.
    """

    def sum_to_shape(gradient, shape):
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, u, mu, sigma = (np.asarray(one, dtype=float) for one in (grad_z, u, mu, sigma))
    noise = special.ndtri(u)
    z = np.exp(mu + sigma * noise)
    return sum_to_shape(grad_z * z, mu.shape), sum_to_shape(grad_z * z * noise, sigma.shape)


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
    of_z, of_u, of_mu, of_sigma = shapes[rng.integers(len(shapes))]
    near = 10 ** rng.uniform(-6, -1, of_u)
    u = np.choose(rng.integers(0, 4, of_u), [rng.uniform(size=of_u), rng.uniform(size=of_u), near, 1 - near])
    args = rng.normal(0, 2, of_z), u, rng.normal(0, 2, of_mu), np.exp(rng.uniform(np.log(0.02), np.log(4), of_sigma))
    as_list = rng.random() < 0.3
    return tuple(one.tolist() if as_list or np.ndim(one) == 0 else one for one in map(np.asarray, args))


@alternative
def log_normal_backward_from_the_draw(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z = scipy.stats.lognorm.ppf(u, s=sigma, scale=np.exp(mu))
    return [sum_to_shape(grad_z * z, mu.shape), sum_to_shape(grad_z * z * (np.log(z) - mu) / sigma, sigma.shape)]


@alternative
def log_normal_backward_torch(grad_z, u, mu, sigma):
    mu, sigma = (torch.as_tensor(one, dtype=torch.float64).clone().requires_grad_() for one in (mu, sigma))
    u, grad_z = torch.as_tensor(u, dtype=torch.float64), torch.as_tensor(grad_z, dtype=torch.float64)
    z = torch.exp(mu + sigma * torch.special.ndtri(u))
    return torch.autograd.grad(z, (mu, sigma), grad_z)


@alternative
def log_normal_backward_single_precision(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = (np.asarray(one, dtype=np.float32) for one in (grad_z, u, mu, sigma))
    noise = special.ndtri(u)
    of_mu = grad_z * np.exp(mu + sigma * noise)
    return sum_to_shape(of_mu, mu.shape), sum_to_shape(of_mu * noise, sigma.shape).astype("f4")


@alternative
def log_normal_backward_loop(grad_z, u, mu, sigma):
    totals = np.zeros(np.shape(mu)), np.zeros(np.shape(sigma))
    arrays = np.broadcast_arrays(*_log_normal_arrays(grad_z, u, mu, sigma))
    for place in np.ndindex(arrays[0].shape):
        grad, level, m, s = (float(one[place]) for one in arrays)
        noise = statistics.NormalDist().inv_cdf(level)
        for total, slope in zip(totals, (1, noise), strict=True):
            own = place[len(place) - total.ndim :] if total.ndim else ()
            own = tuple(index if length > 1 else 0 for index, length in zip(own, total.shape, strict=True))
            total[own] += grad * math.exp(m + s * noise) * slope
    return tuple(total.tolist() for total in totals)


@misconception(
    "forgot the factor z: these are the gradients for a loss of log(z)",
    hint="The loss looks at z. Which link of the chain leads from log(z) to z?",
)
def log_normal_backward_of_the_logarithm(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    return _log_normal_gradients(grad_z * np.ones_like(u), grad_z * special.ndtri(u), grad_z, mu, sigma)


@misconception(
    "took the derivative with respect to the logarithm of sigma", hint="What is the variable of your derivative?"
)
def log_normal_backward_of_the_logarithm_of_sigma(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z, _ = _log_normal_slopes(u, mu, sigma)
    return _log_normal_gradients(grad_z * z, grad_z * z * sigma * special.ndtri(u), grad_z, mu, sigma)


@misconception("gave sigma the gradient of mu", hint="Where does a draw below the median go when sigma grows?")
def log_normal_backward_same(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z, _ = _log_normal_slopes(u, mu, sigma)
    return _log_normal_gradients(grad_z * z, grad_z * z, grad_z, mu, sigma)


@misconception("lost the sign of the noise", hint="Where does a draw below the median go when sigma grows?")
def log_normal_backward_absolute(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z, _ = _log_normal_slopes(u, mu, sigma)
    return _log_normal_gradients(grad_z * z, grad_z * z * np.abs(special.ndtri(u)), grad_z, mu, sigma)


@misconception("divided log(z) by sigma without removing mu first", hint="What remains of log(z) after removing mu?")
def log_normal_backward_not_centered(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z, _ = _log_normal_slopes(u, mu, sigma)
    return _log_normal_gradients(grad_z * z, grad_z * z * np.log(z) / sigma, grad_z, mu, sigma)


@misconception("took sigma for the variance of log(z)", hint="Is sigma a standard deviation or a variance?")
def log_normal_backward_variance(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z = np.exp(mu + np.sqrt(sigma) * special.ndtri(u))
    return _log_normal_gradients(grad_z * z, grad_z * z * special.ndtri(u) / (2 * np.sqrt(sigma)), grad_z, mu, sigma)


@misconception("differentiated the mean of the law instead of the draw", hint="Where does u stand in your derivatives?")
def log_normal_backward_of_the_mean(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    mean = np.exp(mu + sigma**2 / 2)
    return _log_normal_gradients(grad_z * mean, grad_z * mean * sigma, grad_z, mu, sigma)


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two moves while u stays fixed, and by how much: the density at z, or z?",
)
def log_normal_backward_score(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    noise = special.ndtri(u)
    return _log_normal_gradients(grad_z * noise / sigma, grad_z * (noise**2 - 1) / sigma, grad_z, mu, sigma)


@misconception(
    "used the level 1 - u: these are the gradients of other draws",
    hint="Which draw moves faster, one at a high or one at a low level?",
)
def log_normal_backward_mirrored(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z, of_sigma = _log_normal_slopes(1 - u, mu, sigma)
    return _log_normal_gradients(grad_z * z, grad_z * of_sigma, grad_z, mu, sigma)


@misconception("multiplied by mu as well", hint="If mu grows by a little, by how much does log(z) grow?")
def log_normal_backward_mu_inside(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    z, of_sigma = _log_normal_slopes(u, mu, sigma)
    return _log_normal_gradients(grad_z * mu * z, grad_z * of_sigma, grad_z, mu, sigma)


@misconception("exchanged the two gradients", hint="In which order does the docstring name them?")
def log_normal_backward_swapped(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    of_mu, of_sigma = _log_normal_slopes(u, mu, sigma)
    return _log_normal_gradients(grad_z * of_mu, grad_z * of_sigma, grad_z, mu, sigma)[::-1]


@misconception("left out dL/dz", hint="Which factor of the chain rule comes from the loss?")
def log_normal_backward_no_upstream(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    return _log_normal_gradients(*_log_normal_slopes(u, mu, sigma), grad_z, mu, sigma)


@misconception(
    "returned one gradient per draw, without adding up over the draws that share a parameter",
    hint="Which shape must a parameter's gradient have, so that a step can be taken?",
)
def log_normal_backward_unreduced(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    of_mu, of_sigma = _log_normal_slopes(u, mu, sigma)
    return grad_z * of_mu, grad_z * of_sigma


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def log_normal_backward_mean(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    slope_mu, slope_sigma = _log_normal_slopes(u, mu, sigma)
    of_mu, of_sigma = _log_normal_gradients(grad_z * slope_mu, grad_z * slope_sigma, grad_z, mu, sigma)
    return of_mu * mu.size / grad_z.size, of_sigma * sigma.size / grad_z.size


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and a parameter one: how many axes has its gradient?",
)
def log_normal_backward_one_leading_axis(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    of_mu, of_sigma = _log_normal_slopes(u, mu, sigma)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z * of_mu, mu), reduce(grad_z * of_sigma, sigma)


@misconception(
    "lost the axes of length 1 while adding up", hint="Which shape has the gradient of a parameter of shape (3, 1)?"
)
def log_normal_backward_without_keepdims(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    of_mu, of_sigma = _log_normal_slopes(u, mu, sigma)
    gradients = _log_normal_gradients(grad_z * of_mu, grad_z * of_sigma, grad_z, mu, sigma)
    return tuple(one if one.size == 1 else np.squeeze(one) for one in gradients)


@misconception("cut off the tails by clipping u", hint="How far do draws in the tail move when sigma grows?")
def log_normal_backward_clipped(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    of_mu, of_sigma = _log_normal_slopes(np.clip(u, 1e-3, 1 - 1e-3), mu, sigma)
    return _log_normal_gradients(grad_z * of_mu, grad_z * of_sigma, grad_z, mu, sigma)


@misconception(
    "multiplied grad_z in place, so that the caller's array is another one afterwards",
    hint="Whose array is it?",
)
def log_normal_backward_in_place(grad_z, u, mu, sigma):
    grad_z, u, mu, sigma = _log_normal_arrays(grad_z, u, mu, sigma)
    of_mu, of_sigma = _log_normal_slopes(u, mu, sigma)
    gradient = sum_to_shape(grad_z * of_mu, mu.shape)
    grad_z *= of_sigma
    return gradient, sum_to_shape(grad_z, sigma.shape)
