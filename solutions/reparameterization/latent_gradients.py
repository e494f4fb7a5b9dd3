"""Both contributions to the encoder's gradient: through the draw, and from the KL directly."""

import numpy as np

from autograder.grading import alternative, misconception


def latent_gradients(grad_z, mu, sigma, eps, beta=1.0):
    """Gradient of reconstruction + beta * KL with respect to mu and sigma, element by element.

    The reconstruction depends on mu and sigma through z, which was made from them and the noise eps;
    the KL divergence from N(0, 1) depends on mu and sigma directly.
    The arguments may be numbers, lists or arrays of one shape; none of them is changed.

    Args:
        grad_z: derivative of the reconstruction with respect to z.
        mu: mean.
        sigma: standard deviation, positive.
        eps: the noise of the forward pass.
        beta: weight of the KL, a number; 0 switches it off.

    Returns:
        The pair (derivative with respect to mu, derivative with respect to sigma), each of the shape
        of the arguments.
    """
    grad_z, mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (grad_z, mu, sigma, eps))
    through_draw = (grad_z, grad_z * eps)
    from_kl = (mu, sigma - 1 / sigma)
    return through_draw[0] + beta * from_kl[0], through_draw[1] + beta * from_kl[1]


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


@alternative
def latent_gradients_autograd(grad_z, mu, sigma, eps, beta=1.0):
    """A surrogate loss that is linear in z has the wanted derivative with respect to z."""
    import torch
    from torch.distributions import Normal, kl_divergence

    grad_z, mu, sigma, eps = (torch.tensor(np.array(a), dtype=torch.float32) for a in (grad_z, mu, sigma, eps))
    mu.requires_grad_()
    sigma.requires_grad_()
    z = mu + sigma * eps
    loss = (grad_z * z).sum() + beta * kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0)).sum()
    loss.backward()
    return mu.grad, sigma.grad


@alternative
def latent_gradients_stacked(grad_z, mu, sigma, eps, beta=1):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    through_draw = np.stack([grad_z, eps * grad_z])
    from_kl = np.stack([mu, (sigma**2 - 1) / sigma])
    d_mu, d_sigma = through_draw + beta * from_kl
    return d_mu, d_sigma


@misconception("forgot the KL", hint="How many paths lead from mu to the loss?")
def latent_gradients_without_kl(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z, grad_z * eps


@misconception("forgot the reconstruction", hint="How many paths lead from mu to the loss?")
def latent_gradients_without_reconstruction(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return beta * mu, beta * (sigma - 1 / sigma)


@misconception("added the KL to the mean only", hint="Does the KL depend on mu alone?")
def latent_gradients_kl_in_mu_only(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z + beta * mu, grad_z * eps


@misconception("left beta out", hint="What should beta = 0 switch off?")
def latent_gradients_without_beta(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z + mu, grad_z * eps + sigma - 1 / sigma


@misconception("weighted the reconstruction by beta instead of the KL", hint="What should beta = 0 switch off?")
def latent_gradients_beta_on_reconstruction(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return beta * grad_z + mu, beta * grad_z * eps + sigma - 1 / sigma


@misconception("weighted both contributions by beta", hint="What should remain when beta = 0?")
def latent_gradients_beta_on_both(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return beta * (grad_z + mu), beta * (grad_z * eps + sigma - 1 / sigma)


@misconception(
    "weighted only the logarithm's part by beta",
    hint="Which terms belong to the KL? Look at your parentheses.",
)
def latent_gradients_missing_parentheses(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z + beta * mu, grad_z * eps + sigma - beta / sigma


@misconception("subtracted the KL", hint="The loss is minimized. Should a larger divergence make it larger or smaller?")
def latent_gradients_subtracted(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z - beta * mu, grad_z * eps - beta * (sigma - 1 / sigma)


@misconception("turned the sign of dKL/dsigma around", hint="Should the KL push a small sigma up or down?")
def latent_gradients_with_kl_sign(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z + beta * mu, grad_z * eps + beta * (1 / sigma - sigma)


@misconception("multiplied the two contributions", hint="What does the chain rule do with two paths to the same loss?")
def latent_gradients_multiplied(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z * beta * mu, grad_z * eps * beta * (sigma - 1 / sigma)


@misconception("sent the KL's gradient through z", hint="Does the KL depend on the draw z, or on mu and sigma alone?")
def latent_gradients_kl_through_z(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    at_z = grad_z + beta * (mu + sigma * eps)
    return at_z, at_z * eps


@misconception("left out dz/dsigma", hint="How fast does z move when sigma grows?")
def latent_gradients_without_noise(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z + beta * mu, grad_z + beta * (sigma - 1 / sigma)


@misconception(
    "took the derivatives with respect to log sigma",
    hint="With respect to which variable did you differentiate?",
)
def latent_gradients_of_log_sigma(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return grad_z + beta * mu, grad_z * sigma * eps + beta * (sigma**2 - 1)


@misconception("summed over the latent dimensions", hint="How many means are there, and how many derivatives?")
def latent_gradients_summed(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    return np.sum(grad_z + beta * mu), np.sum(grad_z * eps + beta * (sigma - 1 / sigma))


@misconception("added the KL into the caller's grad_z", hint="Is the caller's array still what it was?")
def latent_gradients_in_place(grad_z, mu, sigma, eps, beta=1.0):
    grad_z, mu, sigma, eps = _floats(grad_z, mu, sigma, eps)
    d_sigma = grad_z * eps + beta * (sigma - 1 / sigma)
    grad_z += beta * mu
    return grad_z, d_sigma
