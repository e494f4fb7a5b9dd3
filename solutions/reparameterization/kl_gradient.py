"""Gradient of the KL divergence of a Gaussian from a Gaussian prior (Kingma and Welling 2013, appendix B)."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def kl_gradient(mu, spread):
    """Gradient of the KL divergence of N(mu, sigma^2) from <%= variant.prior_text %>, element by element.

    Nothing is summed: each element of mu and <%= variant.spread %> gets its own derivative.
    The arguments may be numbers, lists or arrays of one shape; none of them is changed.

    Args:
        mu: mean.
        <%= variant.spread %>: <%= variant.spread_long %>.

    Returns:
        The pair (dKL/dmu, dKL/d<%= variant.spread %>), each of the shape of the arguments.
    """
    mu, spread = np.asarray(mu, dtype=float), np.asarray(spread, dtype=float)
    m, s = variant.prior_mean, variant.prior_sd
    d_sigma = variant.sigma_of(spread) / s**2 - 1 / variant.sigma_of(spread)
    return (mu - m) / s**2, variant.chain(d_sigma)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shape = [(), (5,), (1,), (3, 4), (2, 3, 2)][rng.integers(5)]
    mu, spread = rng.normal(0, 3, shape), rng.normal(0, 1.5, shape)
    spread = np.exp(spread) if variant.parameterization == "sigma" else spread
    kind = rng.integers(4)
    if kind == 0:
        return mu.tolist(), spread.tolist()
    if kind == 1:
        return np.round(mu).astype(int), np.ceil(np.abs(spread)).astype(int)
    return mu, spread


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


def _latents(mu, spread, m=variant.prior_mean, s=variant.prior_sd):
    """Measure in units of the prior: the KL is then that from N(0, 1)."""
    mu, spread = _floats(mu, spread)
    return (mu - m) / s, variant.sigma_of(spread) / s


def _chain(d_sigma, spread):
    spread = np.asarray(spread, dtype=float)
    return variant.chain(d_sigma)


def _pair(d_mu, d_sigma, spread, s=variant.prior_sd):
    """Turn derivatives in units of the prior into those with respect to the arguments."""
    return d_mu / s, _chain(d_sigma / s, spread)


def _from_prior(mu, spread, m=variant.prior_mean, s=variant.prior_sd):
    mu, sigma = _latents(mu, spread, m, s)
    return _pair(mu, sigma - 1 / sigma, spread, s)


def _of_sigma(mu, spread):
    mu, sigma = _latents(mu, spread)
    return mu / variant.prior_sd, (sigma - 1 / sigma) / variant.prior_sd


@alternative
def kl_gradient_common_denominator(mu, spread):
    mu, sigma = _latents(mu, spread)
    return list(_pair(1.0 * mu, (sigma - 1) * (sigma + 1) / sigma, spread))


@alternative
def kl_gradient_autograd(mu, spread):
    import torch
    from torch.distributions import Normal, kl_divergence

    mu, spread = (torch.tensor(np.array(a), dtype=torch.float32, requires_grad=True) for a in (mu, spread))
    prior = Normal(variant.prior_mean, variant.prior_sd)
    kl_divergence(Normal(mu, variant.torch_sigma_of(spread)), prior).sum().backward()
    return mu.grad, spread.grad


@alternative
def kl_gradient_of_plain_numbers(mu, spread):
    if isinstance(mu, int | float):
        return tuple(float(part) for part in _from_prior(mu, spread))
    pairs = [kl_gradient_of_plain_numbers(m, s) for m, s in zip(mu, spread, strict=True)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@misconception("turned the sign of dKL/dsigma around", hint="Should the KL push a small sigma up or down?")
def kl_gradient_with_sigma_sign(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(mu, 1 / sigma - sigma, spread)


@misconception("returned the direction of descent", hint="A gradient points uphill. Where does the divergence grow?")
def kl_gradient_downhill(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(-mu, 1 / sigma - sigma, spread)


@misconception(
    "took the derivative with respect to log sigma",
    hint="With respect to which variable?",
    when=variant.parameterization != "log sigma",
)
def kl_gradient_of_log_sigma(mu, spread):
    mu, sigma = _latents(mu, spread)
    return mu / variant.prior_sd, sigma**2 - 1


@misconception(
    "took the derivative with respect to the log-variance",
    hint="With respect to which variable?",
    when=variant.parameterization != "log-variance",
)
def kl_gradient_of_log_variance(mu, spread):
    mu, sigma = _latents(mu, spread)
    return mu / variant.prior_sd, 0.5 * (sigma**2 - 1)


@misconception("took the derivative with respect to the variance", hint="With respect to which variable?")
def kl_gradient_of_variance(mu, spread):
    mu, sigma = _latents(mu, spread)
    return mu / variant.prior_sd, 0.5 * (1 - 1 / sigma**2) / variant.prior_sd**2


@misconception(
    "stopped at sigma, one step before <%= variant.spread_text %>",
    hint="The divergence is made from sigma, and sigma from the second argument: how many factors has the chain rule?",
    when=variant.parameterization != "sigma",
)
def kl_gradient_of_sigma(mu, spread):
    return _of_sigma(mu, spread)


@misconception(
    "multiplied by the last factor of the chain twice",
    hint="How often does a small step of <%= variant.spread_text %> change sigma?",
    when=variant.parameterization != "sigma",
)
def kl_gradient_with_squared_factor(mu, spread):
    d_mu, d_spread = _from_prior(mu, spread)
    return d_mu, _chain(d_spread, spread)


@misconception(
    "multiplied by <%= variant.spread_text %> itself on the way from sigma",
    hint="How much does sigma grow when <%= variant.spread_text %> does? Can that be negative?",
    when=variant.parameterization != "sigma",
)
def kl_gradient_times_raw(mu, spread):
    d_mu, d_sigma = _of_sigma(mu, spread)
    return d_mu, d_sigma * np.asarray(spread, dtype=float)


@misconception(
    "took <%= variant.spread_text %> for sigma itself",
    hint="Can a standard deviation be negative, and can your second argument?",
    when=variant.parameterization != "sigma",
)
def kl_gradient_of_raw_spread(mu, spread):
    d_mu, _ = _from_prior(mu, spread)
    spread = np.asarray(spread, dtype=float)
    with np.errstate(all="ignore"):
        return d_mu, spread / variant.prior_sd**2 - 1 / spread


@misconception(
    "took <%= 'exp(logvar) for sigma' if variant.spread == 'logvar' else 'log sigma for a log-variance' %>",
    hint="Which one is the second argument the logarithm of: sigma or its square?",
    when=variant.parameterization in ("log sigma", "log-variance"),
)
def kl_gradient_of_other_log(mu, spread):
    d_mu, _ = _from_prior(mu, spread)
    factor = 0.5 if variant.parameterization == "log sigma" else 1.0
    return d_mu, factor * (np.exp(2 * factor * np.asarray(spread, dtype=float)) / variant.prior_sd**2 - 1)


@misconception(
    "put exp in place of softplus",
    hint="How does sigma grow with a large rho: as fast as rho itself, or much faster?",
    when=variant.parameterization == "softplus",
)
def kl_gradient_of_exp(mu, spread):
    d_mu, _ = _from_prior(mu, spread)
    return d_mu, np.exp(2 * np.asarray(spread, dtype=float)) / variant.prior_sd**2 - 1


@misconception(
    "differentiated exp where softplus stands",
    hint="How steep is softplus far to the right, and how steep is exp?",
    when=variant.parameterization == "softplus",
)
def kl_gradient_with_slope_of_exp(mu, spread):
    d_mu, d_sigma = _of_sigma(mu, spread)
    return d_mu, d_sigma * np.exp(np.asarray(spread, dtype=float))


@misconception(
    "turned the sign of rho around in the slope of softplus",
    hint="Does softplus get steeper to the right or flatter?",
    when=variant.parameterization == "softplus",
)
def kl_gradient_mirrored(mu, spread):
    d_mu, d_sigma = _of_sigma(mu, spread)
    return d_mu, d_sigma / (1 + np.exp(np.asarray(spread, dtype=float)))


@misconception(
    "lost the factor 1/2 of the divergence",
    hint="Which factor stands in front of the squares that you differentiate?",
)
def kl_gradient_without_half(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(2 * mu, 2 * (sigma - 1 / sigma), spread)


@misconception(
    "differentiated only half of the logarithm",
    hint="How many sigmas are inside the logarithm of sigma squared?",
)
def kl_gradient_with_half_logarithm(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(mu, sigma - 1 / (2 * sigma), spread)


@misconception("forgot the logarithm in the divergence", hint="Where is your dKL/dsigma zero, and where should it be?")
def kl_gradient_without_logarithm(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(mu, sigma + 0.0, spread)


@misconception(
    "left a plus before the logarithm's derivative",
    hint="Where is your dKL/dsigma zero, and where should it be?",
)
def kl_gradient_with_plus(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(mu, sigma + 1 / sigma, spread)


@misconception(
    "differentiated the divergence of the prior from q",
    hint="Under which of the two distributions do you average?",
)
def kl_gradient_reversed(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _pair(mu / sigma**2, 1 / sigma - (1 + mu**2) / sigma**3, spread)


@misconception(
    "took the prior for N(0, 1)",
    hint="Where is your gradient zero, and where should it be?",
    when=variant.prior_mean != 0 and variant.prior_sd != 1,
)
def kl_gradient_from_standard_normal(mu, spread):
    return _from_prior(mu, spread, m=0.0, s=1.0)


@misconception(
    "left out the prior's mean",
    hint="At which mu is dKL/dmu zero, and where should it be?",
    when=variant.prior_mean != 0,
)
def kl_gradient_without_prior_mean(mu, spread):
    return _from_prior(mu, spread, m=0.0)


@misconception(
    "left out the prior's standard deviation",
    hint="At which sigma is your gradient zero, and where should it be?",
    when=variant.prior_sd != 1,
)
def kl_gradient_without_prior_sd(mu, spread):
    return _from_prior(mu, spread, s=1.0)


@misconception(
    "took the prior's standard deviation for its variance",
    hint="Which of the two is the second number of the prior, and which stands in its density?",
    when=variant.prior_sd != 1,
)
def kl_gradient_with_prior_variance(mu, spread):
    return _from_prior(mu, spread, s=np.sqrt(variant.prior_sd))


@misconception(
    "used the prior's standard deviation for sigma and left it out for mu",
    hint="Which of the two squares is divided by the prior's variance in log p: that of mu, that of sigma, or both?",
    when=variant.prior_sd != 1,
)
def kl_gradient_with_prior_sd_in_sigma_only(mu, spread):
    return _from_prior(mu, spread, s=1.0)[0], _from_prior(mu, spread)[1]


@misconception(
    "returned the two derivatives in the wrong order",
    hint="Compare your return statement with the docstring.",
)
def kl_gradient_swapped(mu, spread):
    return _from_prior(mu, spread)[::-1]


@misconception(
    "summed the derivatives over the latent dimensions",
    hint="How many means are there, and how many derivatives?",
)
def kl_gradient_summed(mu, spread):
    d_mu, d_spread = _from_prior(mu, spread)
    return np.sum(d_mu, axis=-1) if d_mu.ndim else d_mu, np.sum(d_spread, axis=-1) if d_mu.ndim else d_spread


@misconception("changed the caller's <%= variant.spread %>", hint="Is the caller's array still what it was?")
def kl_gradient_in_place(mu, spread):
    d_mu, d_spread = _from_prior(mu, spread)
    spread = np.asarray(spread, dtype=float)
    spread[...] = d_spread
    return d_mu, spread


@misconception(
    "kept sigma away from zero by clipping it", hint="How steep is the divergence for a very small sigma, and is yours?"
)
def kl_gradient_clipped(mu, spread):
    mu, spread = _floats(mu, spread)
    m, s = variant.prior_mean, variant.prior_sd
    sigma = np.maximum(variant.sigma_of(spread), 0.1)
    return (mu - m) / s**2, _chain(sigma / s**2 - 1 / sigma, spread)
