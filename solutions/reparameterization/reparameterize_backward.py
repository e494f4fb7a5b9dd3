"""The backward pass through z = mu + sigma * eps."""

import numpy as np

from autograder.grading import alternative, misconception


def reparameterize_backward(grad_z, mu, sigma, eps):
    """Carry the gradient of a loss from z back to mu and sigma.

    mu, sigma and eps are those of the forward pass. Where a parameter was broadcast, it reaches the loss
    along several paths: its gradient has the parameter's own shape and holds the sum over those paths.
    The arguments may be numbers, lists or arrays; none of them is changed.

    Args:
        grad_z: dL/dz, with the shape of z.
        mu: mean.
        sigma: standard deviation.
        eps: noise, the same as in the forward pass.

    Returns:
        The pair (grad_mu, grad_sigma): dL/dmu with the shape of mu, dL/dsigma with the shape of sigma.
    """

    def sum_to_shape(gradient, shape):
        leading = tuple(range(gradient.ndim - len(shape)))
        gradient = gradient.sum(axis=leading)
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, eps = np.asarray(grad_z, dtype=float), np.asarray(eps, dtype=float)
    return sum_to_shape(grad_z, np.shape(mu)), sum_to_shape(grad_z * eps, np.shape(sigma))


def _sum_to_shape(gradient, shape, reduce=np.sum):
    gradient = reduce(gradient, axis=tuple(range(np.ndim(gradient) - len(shape))))
    return reduce(gradient, axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


@alternative
def reparameterize_backward_autograd(grad_z, mu, sigma, eps):
    import torch

    mu, sigma, eps, grad_z = (torch.as_tensor(np.array(a), dtype=torch.float64) for a in (mu, sigma, eps, grad_z))
    mu.requires_grad_()
    sigma.requires_grad_()
    (mu + sigma * eps).backward(grad_z)
    return mu.grad.numpy(), sigma.grad.numpy()


@alternative
def reparameterize_backward_counting(grad_z, mu, sigma, eps):
    """Each element of z adds its share to the element of the parameter that it was made from."""
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)

    def collect(share, parameter):
        owner = np.broadcast_to(np.arange(parameter.size).reshape(parameter.shape), grad_z.shape)
        share = np.broadcast_to(share, grad_z.shape)
        return np.bincount(owner.ravel(), share.ravel(), minlength=parameter.size).reshape(parameter.shape)

    return [collect(grad_z, mu), collect(grad_z * eps, sigma)]


@misconception("left out the gradient that comes from the loss", hint="Which factor comes from the loss?")
def reparameterize_backward_without_upstream(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    ones = np.ones(grad_z.shape)
    return _sum_to_shape(ones, mu.shape), _sum_to_shape(ones * eps, sigma.shape)


@misconception("left out dz/dsigma", hint="How fast does z move when sigma grows?")
def reparameterize_backward_without_noise(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return _sum_to_shape(grad_z, mu.shape), _sum_to_shape(grad_z, sigma.shape)


@misconception("multiplied by sigma where eps belongs", hint="dz/dsigma is what multiplies sigma in the forward pass.")
def reparameterize_backward_with_sigma(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return _sum_to_shape(grad_z, mu.shape), _sum_to_shape(grad_z * sigma, sigma.shape)


@misconception("took the derivative with respect to log sigma", hint="With respect to which variable?")
def reparameterize_backward_of_log_sigma(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return _sum_to_shape(grad_z, mu.shape), _sum_to_shape(grad_z * sigma * eps, sigma.shape)


@misconception("multiplied by mu on the way to mu", hint="Move mu by 0.1. How far does z move, whatever mu is?")
def reparameterize_backward_times_mu(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return _sum_to_shape(grad_z * mu, mu.shape), _sum_to_shape(grad_z * eps, sigma.shape)


@misconception(
    "returned the two gradients in the wrong order", hint="Compare your return statement with the docstring."
)
def reparameterize_backward_swapped(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return _sum_to_shape(grad_z * eps, sigma.shape), _sum_to_shape(grad_z, mu.shape)


@misconception("gave a shared parameter one gradient for each draw", hint="A gradient has the shape of its parameter.")
def reparameterize_backward_not_summed(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z, grad_z * eps


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def reparameterize_backward_averaged(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return _sum_to_shape(grad_z, mu.shape, np.mean), _sum_to_shape(grad_z * eps, sigma.shape, np.mean)


@misconception(
    "summed over the first axis only", hint="Along which axes was each parameter stretched to the shape of z?"
)
def reparameterize_backward_first_axis(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)

    def reduce(gradient, parameter):
        return gradient if gradient.shape == parameter.shape else gradient.sum(axis=0)

    return reduce(grad_z, mu), reduce(grad_z * eps, sigma)


@misconception(
    "multiplied grad_z in place, which changes grad_mu and the caller's array as well",
    hint="After `a = b`, do the two names stand for one array or for two?",
)
def reparameterize_backward_in_place(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    grad_mu = grad_z
    grad_z *= eps
    return _sum_to_shape(grad_mu, mu.shape), _sum_to_shape(grad_z, sigma.shape)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and mu one: how many axes has your grad_mu?",
)
def reparameterize_backward_one_leading_axis(grad_z, mu, sigma, eps):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z, mu), reduce(grad_z * eps, sigma)
