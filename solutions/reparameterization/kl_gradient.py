"""Gradient of the KL divergence of a Gaussian from N(0, 1) (Kingma and Welling 2013, appendix B)."""

import numpy as np

from autograder.grading import alternative, misconception


def kl_gradient(mu, sigma):
    """Gradient of the KL divergence of N(mu, sigma^2) from N(0, 1), element by element.

    Nothing is summed: each element of mu and sigma gets its own derivative.
    The arguments may be numbers, lists or arrays of one shape; none of them is changed.

    Args:
        mu: mean.
        sigma: standard deviation, positive.

    Returns:
        The pair (dKL/dmu, dKL/dsigma), each of the shape of the arguments.
    """
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    return mu.copy(), sigma - 1 / sigma


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


@alternative
def kl_gradient_common_denominator(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return [1.0 * mu, (sigma - 1) * (sigma + 1) / sigma]


@alternative
def kl_gradient_autograd(mu, sigma):
    import torch
    from torch.distributions import Normal, kl_divergence

    mu, sigma = (torch.tensor(np.array(a), dtype=torch.float32, requires_grad=True) for a in (mu, sigma))
    kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).sum().backward()
    return mu.grad, sigma.grad


@alternative
def kl_gradient_of_plain_numbers(mu, sigma):
    if isinstance(mu, int | float):
        return mu, sigma - 1 / sigma
    pairs = [kl_gradient_of_plain_numbers(m, s) for m, s in zip(mu, sigma, strict=True)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@misconception("turned the sign of dKL/dsigma around", hint="Should the KL push a small sigma up or down?")
def kl_gradient_with_sigma_sign(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, 1 / sigma - sigma


@misconception("returned the direction of descent", hint="A gradient points uphill. Where does the divergence grow?")
def kl_gradient_downhill(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return -mu, 1 / sigma - sigma


@misconception("took the derivative with respect to log sigma", hint="With respect to which variable?")
def kl_gradient_of_log_sigma(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, sigma**2 - 1


@misconception("took the derivative with respect to the log-variance", hint="With respect to which variable?")
def kl_gradient_of_log_variance(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, 0.5 * (sigma**2 - 1)


@misconception("took the derivative with respect to the variance", hint="With respect to which variable?")
def kl_gradient_of_variance(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, 0.5 * (1 - 1 / sigma**2)


@misconception(
    "lost the factor 1/2 of the divergence",
    hint="Which factor stands in front of the squares that you differentiate?",
)
def kl_gradient_without_half(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return 2 * mu, 2 * (sigma - 1 / sigma)


@misconception(
    "differentiated only half of the logarithm",
    hint="How many sigmas are inside the logarithm of sigma squared?",
)
def kl_gradient_with_half_logarithm(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, sigma - 1 / (2 * sigma)


@misconception("forgot the logarithm in the divergence", hint="Where is your dKL/dsigma zero, and where should it be?")
def kl_gradient_without_logarithm(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, sigma + 0.0


@misconception(
    "left a plus before the logarithm's derivative",
    hint="Where is your dKL/dsigma zero, and where should it be?",
)
def kl_gradient_with_plus(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu, sigma + 1 / sigma


@misconception(
    "differentiated the divergence of the prior from q",
    hint="Under which of the two distributions do you average?",
)
def kl_gradient_reversed(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return mu / sigma**2, 1 / sigma - (1 + mu**2) / sigma**3


@misconception(
    "returned the two derivatives in the wrong order",
    hint="Compare your return statement with the docstring.",
)
def kl_gradient_swapped(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return sigma - 1 / sigma, mu


@misconception(
    "summed the derivatives over the latent dimensions",
    hint="How many means are there, and how many derivatives?",
)
def kl_gradient_summed(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    return np.sum(mu, axis=-1) if mu.ndim else mu, np.sum(sigma - 1 / sigma, axis=-1) if mu.ndim else sigma - 1 / sigma


@misconception("changed the caller's sigma", hint="Is the caller's array still what it was?")
def kl_gradient_in_place(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    inverse = 1 / sigma
    sigma -= inverse
    return mu, sigma


@misconception(
    "kept sigma away from zero by clipping it", hint="How steep is the divergence for a very small sigma, and is yours?"
)
def kl_gradient_clipped(mu, sigma):
    mu, sigma = _floats(mu, sigma)
    sigma = np.maximum(sigma, 0.1)
    return mu, sigma - 1 / sigma
