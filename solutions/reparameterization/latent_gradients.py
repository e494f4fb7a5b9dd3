"""Both contributions to the encoder's gradient: through the draw, and from the KL directly."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def latent_gradients(grad_z, mu, spread, eps, beta=1.0):
    """Gradient of reconstruction + beta * KL with respect to mu and <%= variant.spread %>, element by element.

    The reconstruction depends on mu and <%= variant.spread %> through z, which was made from them and the noise eps;
    the KL divergence from <%= variant.prior_text %> depends on mu and <%= variant.spread %> directly.
    The arguments may be numbers, lists or arrays of one shape; none of them is changed.

    Args:
        grad_z: derivative of the reconstruction with respect to z.
        mu: mean.
        <%= variant.spread %>: <%= variant.spread_long %>.
        eps: the noise of the forward pass.
        beta: weight of the KL, a number; 0 switches it off.

    Returns:
        The pair (derivative with respect to mu, derivative with respect to <%= variant.spread %>), each of the shape
        of the arguments.
    """
    grad_z, mu, spread, eps = (np.asarray(argument, dtype=float) for argument in (grad_z, mu, spread, eps))
    m, s = variant.prior_mean, variant.prior_sd
    kl_sigma = variant.sigma_of(spread) / s**2 - 1 / variant.sigma_of(spread)
    through_draw = (grad_z, variant.chain(grad_z * eps))
    from_kl = ((mu - m) / s**2, variant.chain(kl_sigma))
    return through_draw[0] + beta * from_kl[0], through_draw[1] + beta * from_kl[1]


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shape = [(), (5,), (1,), (3, 4), (2, 3, 2)][rng.integers(5)]
    grad_z, mu, spread, eps = (rng.normal(0, width, shape) for width in (2, 3, 1.5, 1.5))
    spread = np.exp(spread) if variant.parameterization == "sigma" else spread
    kind = rng.integers(4)
    if kind == 0:
        grad_z, mu, spread, eps = (argument.tolist() for argument in map(np.asarray, (grad_z, mu, spread, eps)))
    if kind == 1:
        mu, spread = np.round(mu).astype(int), np.ceil(np.abs(spread)).astype(int)
    weight = [(), (0,), (0.0,), (4,), (float(rng.exponential(2)),)][rng.integers(5)]
    return grad_z, mu, spread, eps, *weight


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


def _chain(d_sigma, spread):
    return variant.chain(d_sigma)


def _kl(mu, spread, m=variant.prior_mean, s=variant.prior_sd):
    """The derivatives of the KL with respect to mu and sigma."""
    sigma = variant.sigma_of(spread)
    return (mu - m) / s**2, sigma / s**2 - 1 / sigma


def _sum(parts, kl, beta, spread):
    """Weight the KL, add the contributions, both with respect to sigma, and go on to the written number."""
    return parts[0] + beta * kl[0], _chain(parts[1] + beta * kl[1], spread)


@alternative
def latent_gradients_autograd(grad_z, mu, spread, eps, beta=1.0):
    """A surrogate loss that is linear in z has the wanted derivative with respect to z."""
    import torch
    from torch.distributions import Normal, kl_divergence

    grad_z, mu, spread, eps = (torch.tensor(np.array(a), dtype=torch.float32) for a in (grad_z, mu, spread, eps))
    mu.requires_grad_()
    spread.requires_grad_()
    sigma = variant.torch_sigma_of(spread)
    prior = Normal(variant.prior_mean, variant.prior_sd)
    loss = (grad_z * (mu + sigma * eps)).sum() + beta * kl_divergence(Normal(mu, sigma), prior).sum()
    loss.backward()
    return mu.grad, spread.grad


@alternative
def latent_gradients_stacked(grad_z, mu, spread, eps, beta=1):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    through_draw = np.stack([grad_z, eps * grad_z])
    d_mu, d_sigma = through_draw + beta * np.stack(_kl(mu, spread))
    return d_mu, _chain(d_sigma, spread)


@misconception("forgot the KL", hint="How many paths lead from mu to the loss?")
def latent_gradients_without_kl(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return grad_z, _chain(grad_z * eps, spread)


@misconception("forgot the reconstruction", hint="How many paths lead from mu to the loss?")
def latent_gradients_without_reconstruction(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((0 * mu, 0 * mu), _kl(mu, spread), beta, spread)


@misconception("added the KL to the mean only", hint="Does the KL depend on mu alone?")
def latent_gradients_kl_in_mu_only(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), (_kl(mu, spread)[0], 0.0), beta, spread)


@misconception("left beta out", hint="What should beta = 0 switch off?")
def latent_gradients_without_beta(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), _kl(mu, spread), 1.0, spread)


@misconception("weighted the reconstruction by beta instead of the KL", hint="What should beta = 0 switch off?")
def latent_gradients_beta_on_reconstruction(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum(_kl(mu, spread), (grad_z, grad_z * eps), beta, spread)


@misconception("weighted both contributions by beta", hint="What should remain when beta = 0?")
def latent_gradients_beta_on_both(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    d_mu, d_spread = _sum((grad_z, grad_z * eps), _kl(mu, spread), 1.0, spread)
    return beta * d_mu, beta * d_spread


@misconception(
    "weighted only the logarithm's part by beta",
    hint="Which terms belong to the KL? Look at your parentheses.",
)
def latent_gradients_missing_parentheses(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    sigma = variant.sigma_of(spread)
    d_sigma = grad_z * eps + sigma / variant.prior_sd**2 - beta / sigma
    return grad_z + beta * _kl(mu, spread)[0], _chain(d_sigma, spread)


@misconception("subtracted the KL", hint="The loss is minimized. Should a larger divergence make it larger or smaller?")
def latent_gradients_subtracted(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), _kl(mu, spread), -beta, spread)


@misconception("turned the sign of dKL/dsigma around", hint="Should the KL push a small sigma up or down?")
def latent_gradients_with_kl_sign(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    kl_mu, kl_sigma = _kl(mu, spread)
    return _sum((grad_z, grad_z * eps), (kl_mu, -kl_sigma), beta, spread)


@misconception("multiplied the two contributions", hint="What does the chain rule do with two paths to the same loss?")
def latent_gradients_multiplied(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    kl_mu, kl_sigma = _kl(mu, spread)
    return grad_z * beta * kl_mu, _chain(grad_z * eps, spread) * beta * _chain(kl_sigma, spread)


@misconception("sent the KL's gradient through z", hint="Does the KL depend on the draw z, or on mu and sigma alone?")
def latent_gradients_kl_through_z(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    z = mu + variant.sigma_of(spread) * eps
    at_z = grad_z + beta * _kl(z, spread)[0]
    return at_z, _chain(at_z * eps, spread)


@misconception("left out dz/dsigma", hint="How fast does z move when sigma grows?")
def latent_gradients_without_noise(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z), _kl(mu, spread), beta, spread)


@misconception(
    "took the derivatives with respect to log sigma",
    hint="With respect to which variable did you differentiate?",
    when=variant.parameterization != "log sigma",
)
def latent_gradients_of_log_sigma(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    kl_mu, kl_sigma = _kl(mu, spread)
    return grad_z + beta * kl_mu, (grad_z * eps + beta * kl_sigma) * variant.sigma_of(spread)


@misconception(
    "took the derivatives with respect to the log-variance",
    hint="With respect to which variable did you differentiate?",
    when=variant.parameterization == "log sigma",
)
def latent_gradients_of_log_variance(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    d_mu, d_spread = _sum((grad_z, grad_z * eps), _kl(mu, spread), beta, spread)
    return d_mu, 0.5 * d_spread


@misconception(
    "stopped at sigma, one step before <%= variant.spread_text %>",
    hint="Both contributions reach sigma first. Which factor lies between sigma and the encoder's number?",
    when=variant.parameterization != "sigma",
)
def latent_gradients_of_sigma(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    kl_mu, kl_sigma = _kl(mu, spread)
    return grad_z + beta * kl_mu, grad_z * eps + beta * kl_sigma


@misconception(
    "carried only what came through the draw on from sigma to <%= variant.spread_text %>",
    hint="Which of your two contributions are derivatives with respect to sigma still?",
    when=variant.parameterization != "sigma",
)
def latent_gradients_kl_of_sigma(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    kl_mu, kl_sigma = _kl(mu, spread)
    return grad_z + beta * kl_mu, _chain(grad_z * eps, spread) + beta * kl_sigma


@misconception(
    "carried only the KL's part on from sigma to <%= variant.spread_text %>",
    hint="Which of your two contributions are derivatives with respect to sigma still?",
    when=variant.parameterization != "sigma",
)
def latent_gradients_draw_of_sigma(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    kl_mu, kl_sigma = _kl(mu, spread)
    return grad_z + beta * kl_mu, grad_z * eps + beta * _chain(kl_sigma, spread)


@misconception(
    "took the prior for N(0, 1)",
    hint="At which mu and sigma does your KL stop pulling, and where should it?",
    when=variant.prior_mean != 0 and variant.prior_sd != 1,
)
def latent_gradients_from_standard_normal(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), _kl(mu, spread, m=0.0, s=1.0), beta, spread)


@misconception(
    "left out the prior's mean",
    hint="At which mu does your KL stop pulling, and where should it?",
    when=variant.prior_mean != 0,
)
def latent_gradients_without_prior_mean(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), _kl(mu, spread, m=0.0), beta, spread)


@misconception(
    "left out the prior's standard deviation",
    hint="At which sigma does your KL stop pulling, and where should it?",
    when=variant.prior_sd != 1,
)
def latent_gradients_without_prior_sd(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), _kl(mu, spread, s=1.0), beta, spread)


@misconception(
    "took the prior's standard deviation for its variance",
    hint="Which of the two is the second number of the prior, and which stands in its density?",
    when=variant.prior_sd != 1,
)
def latent_gradients_with_prior_variance(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _sum((grad_z, grad_z * eps), _kl(mu, spread, s=np.sqrt(variant.prior_sd)), beta, spread)


@misconception("summed over the latent dimensions", hint="How many means are there, and how many derivatives?")
def latent_gradients_summed(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    d_mu, d_spread = _sum((grad_z, grad_z * eps), _kl(mu, spread), beta, spread)
    return np.sum(d_mu), np.sum(d_spread)


@misconception("added the KL into the caller's grad_z", hint="Is the caller's array still what it was?")
def latent_gradients_in_place(grad_z, mu, spread, eps, beta=1.0):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    d_mu, d_spread = _sum((grad_z, grad_z * eps), _kl(mu, spread), beta, spread)
    grad_z[...] = d_mu
    return grad_z, d_spread
