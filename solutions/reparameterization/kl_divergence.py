"""KL divergence of a diagonal Gaussian from a Gaussian prior (Kingma and Welling 2013, appendix B)."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def kl_divergence(mu, spread):
    """KL divergence of N(mu, diag(sigma^2)) from the prior <%= variant.prior_of_many %>, in nats.

    The last axis holds the latent dimensions; axes before it, if any, hold the items of a batch.
    The arguments may be numbers, lists or arrays whose shapes broadcast; none of them is changed.

    Args:
        mu: mean, of shape (..., L).
        <%= variant.spread %>: <%= variant.spread_is %>, of shape (..., L).
        <% if variant.spread != "sigma" %>
            Any real number is allowed; at least from -40 to 40 the divergence is finite.
        <% endif %>

    Returns:
        The divergence of each item, of shape (...): the latent dimensions are summed.
        Two numbers stand for one latent dimension and give a single number.
    <% if variant.spread == "sigma" %>

    Raises:
        ValueError: if any sigma is zero or negative.
    <% endif %>
    """
    mu, sigma = np.asarray(mu, dtype=float), variant.sigma_of(np.asarray(spread, dtype=float))
    variant.refuse_nonpositive(sigma)
    m, s = variant.prior_mean, variant.prior_sd
    each = ((mu - m) ** 2 + sigma**2) / (2 * s**2) - 0.5 - np.log(sigma / s)
    return each.sum(axis=-1) if each.ndim else each


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    mu_shape, spread_shape = [
        ((), ()),
        ((5,), (5,)),
        ((3, 4), (3, 4)),
        ((3, 4), (4,)),
        ((4,), (3, 4)),
        ((), (4,)),
        ((2, 3), ()),
        ((2, 3, 4), (2, 3, 4)),
    ][rng.integers(8)]
    mu = rng.normal(0, 3, mu_shape)
    if variant.parameterization == "sigma":
        spread = np.exp(rng.normal(0, 1.5, spread_shape))
        if rng.random() < 0.15:  # some that are refused
            spread = np.where(rng.random(spread_shape) < 0.4, rng.choice([0.0, -0.7]), spread)
    else:
        spread = rng.normal(0, rng.choice([2.0, 12.0]), spread_shape)
    kind = rng.integers(4)
    if kind == 0:
        return mu.tolist(), spread.tolist()
    if kind == 1:
        return np.round(mu).astype(int), np.ceil(spread).astype(int)
    return mu, spread


def _checked(mu, spread):
    mu, sigma = np.asarray(mu, dtype=float), variant.sigma_of(np.asarray(spread, dtype=float))
    if np.any(sigma <= 0):
        raise ValueError("every sigma must be positive")
    return mu, sigma


def _relative(mu, sigma, m=variant.prior_mean, s=variant.prior_sd):
    """Measure in units of the prior: the KL is then that from N(0, 1)."""
    return (mu - m) / s, sigma / s


def _unchecked_latents(mu, spread):
    mu, spread = np.asarray(mu, dtype=float), np.asarray(spread, dtype=float)
    return _relative(mu, variant.sigma_of(spread))


def _latents(mu, spread):
    return _relative(*_checked(mu, spread))


def _sum_latents(each):
    return np.sum(each, axis=-1) if np.ndim(each) else each


def _standard(mu, sigma):
    with np.errstate(all="ignore"):
        return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@alternative
def kl_divergence_in_log_variance(mu, spread):
    mu, sigma = _latents(mu, spread)
    log_square = np.log(sigma**2)
    return _sum_latents(-0.5 * (1 + log_square - mu**2 - np.exp(log_square)))


@alternative
def kl_divergence_torch(mu, spread):
    import torch
    from torch.distributions import Normal
    from torch.distributions import kl_divergence as divergence

    mu, sigma = (torch.as_tensor(np.array(argument), dtype=torch.float32) for argument in _checked(mu, spread))
    each = divergence(Normal(mu, sigma), Normal(variant.prior_mean, variant.prior_sd))
    return (each.sum(-1) if each.ndim else each).numpy()


@alternative
def kl_divergence_loop(mu, spread):
    import math

    mu, sigma = np.broadcast_arrays(*_checked(mu, spread))
    if mu.ndim > 1:
        spreads = np.broadcast_to(spread, mu.shape)
        return [kl_divergence_loop(m, s) for m, s in zip(mu, spreads, strict=True)]
    total = 0.0
    for m, s in zip(mu.ravel(), sigma.ravel(), strict=True):
        m, s = _relative(float(m), float(s))
        total += (m**2 + s**2 - 1) / 2 - math.log(s)
    return total


@alternative
def kl_divergence_of_plain_numbers(mu, spread):
    import math

    if isinstance(mu, int | float) and isinstance(spread, int | float):
        m, s = _latents(mu, spread)
        return float(m * m + s * s - 1) / 2 - math.log(s)
    mu, spread = np.broadcast_arrays(mu, spread)
    each = [kl_divergence_of_plain_numbers(m, s) for m, s in zip(mu.tolist(), spread.tolist(), strict=True)]
    return sum(each) if mu.ndim == 1 else each


@misconception("turned the sign of the whole divergence around", hint="Can a KL divergence be negative?")
def kl_divergence_with_sign(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (1 + 2 * np.log(sigma) - mu**2 - sigma**2))


@misconception("forgot the factor 1/2", hint="Integrate log q - log p at sigma = 1: what stands before mu squared?")
def kl_divergence_without_half(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(mu**2 + sigma**2 - 1 - 2 * np.log(sigma))


@misconception("took log sigma where the log of its square belongs", hint="Which of the two logs is in your formula?")
def kl_divergence_with_log_sigma(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (mu**2 + sigma**2 - 1 - np.log(sigma)))


@misconception("left sigma without its square", hint="Which moment of z under q does log p ask for?")
def kl_divergence_without_square(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (mu**2 + sigma - 1 - 2 * np.log(sigma)))


@misconception(
    "left mu without its square",
    hint="Should the divergence grow when mu moves away from the prior's mean to the left?",
)
def kl_divergence_without_mu_square(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (mu + sigma**2 - 1 - 2 * np.log(sigma)))


@misconception(
    "computed the divergence of the prior from q", hint="Under which of the two distributions do you average?"
)
def kl_divergence_reversed(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(np.log(sigma) + (1 + mu**2) / (2 * sigma**2) - 0.5)


@misconception(
    "averaged over the latent dimensions",
    hint="Independent coordinates: do their divergences add or average?",
)
def kl_divergence_averaged(mu, spread):
    mu, sigma = _latents(mu, spread)
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.mean(axis=-1) if each.ndim else each


@misconception("summed the whole batch into one number", hint="How many divergences do three items have?")
def kl_divergence_of_whole_batch(mu, spread):
    mu, sigma = _latents(mu, spread)
    return np.sum(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@misconception("summed over the first axis", hint="Which axis holds the latent dimensions, and which the items?")
def kl_divergence_over_first_axis(mu, spread):
    mu, sigma = _latents(mu, spread)
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.sum(axis=0) if each.ndim else each


@misconception("did not sum over the latent dimensions", hint="How many divergences does one item have?")
def kl_divergence_elementwise(mu, spread):
    mu, sigma = _latents(mu, spread)
    return 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)


@misconception(
    "accepted any sigma",
    hint="What does the docstring say about a sigma that is no standard deviation?",
    when=variant.parameterization == "sigma",
)
def kl_divergence_unchecked(mu, spread):
    return _standard(*_unchecked_latents(mu, spread))


@misconception(
    "turned down negative sigmas but let zero pass",
    hint="What is the logarithm of the smallest sigma that you accept?",
    when=variant.parameterization == "sigma",
)
def kl_divergence_with_zero(mu, spread):
    mu, sigma = _unchecked_latents(mu, spread)
    if np.any(sigma < 0):
        raise ValueError("sigma must not be negative")
    return _standard(mu, sigma)


@misconception(
    "complained only when every sigma is bad",
    hint="One bad sigma among good ones: any or all?",
    when=variant.parameterization == "sigma",
)
def kl_divergence_checking_all(mu, spread):
    mu, sigma = _unchecked_latents(mu, spread)
    if np.all(sigma <= 0):
        raise ValueError("sigma must be positive")
    return _standard(mu, sigma)


@misconception(
    "turned bad sigmas into good ones",
    hint="Should a wrong input be repaired in silence or reported?",
    when=variant.parameterization == "sigma",
)
def kl_divergence_repairing(mu, spread):
    mu, sigma = _unchecked_latents(mu, spread)
    return _standard(mu, np.maximum(np.abs(sigma), 1e-8))


@misconception(
    "turned down a <%= variant.spread %> that is not positive",
    hint="A standard deviation must be positive. Must <%= variant.spread_text %> be?",
    when=variant.parameterization != "sigma",
)
def kl_divergence_refusing(mu, spread):
    if np.any(np.asarray(spread) <= 0):
        raise ValueError("must be positive")
    return _standard(*_latents(mu, spread))


@misconception(
    "took <%= variant.spread_text %> for sigma itself",
    hint="Can a standard deviation be negative, and can your second argument?",
    when=variant.parameterization != "sigma",
)
def kl_divergence_of_raw_spread(mu, spread):
    return _standard(*_relative(np.asarray(mu, dtype=float), np.asarray(spread, dtype=float)))


@misconception(
    "took <%= 'exp(logvar) for sigma' if variant.spread == 'logvar' else 'log sigma for a log-variance' %>",
    hint="Which one is the second argument the logarithm of: sigma or its square?",
    when=variant.parameterization in ("log sigma", "log-variance"),
)
def kl_divergence_of_other_log(mu, spread):
    factor = 0.5 if variant.parameterization == "log sigma" else 1.0
    return _standard(*_relative(np.asarray(mu, dtype=float), np.exp(factor * np.asarray(spread, dtype=float))))


@misconception(
    "put exp in place of softplus",
    hint="How does sigma grow with a large rho: as fast as rho itself, or much faster?",
    when=variant.parameterization == "softplus",
)
def kl_divergence_of_exp(mu, spread):
    return _standard(*_relative(np.asarray(mu, dtype=float), np.exp(np.asarray(spread, dtype=float))))


@misconception(
    "cut a negative rho off at zero",
    hint="Which standard deviation belongs to rho = -1, and which to rho = -2? Are they the same?",
    when=variant.parameterization == "softplus",
)
def kl_divergence_of_relu(mu, spread):
    return _standard(*_relative(np.asarray(mu, dtype=float), np.maximum(np.asarray(spread, dtype=float), 0)))


@misconception(
    "lost a very small sigma in a sum with 1",
    hint="What is 1 + exp(-40) in floating point, and what is its logarithm?",
    when=variant.parameterization == "softplus",
)
def kl_divergence_of_plain_softplus(mu, spread):
    return _standard(*_relative(np.asarray(mu, dtype=float), np.log(1 + np.exp(np.asarray(spread, dtype=float)))))


@misconception(
    "cut <%= variant.spread_text %> off at -10 and 10",
    hint="How large is the divergence for a very small sigma, and is yours?",
    when=variant.parameterization != "sigma",
)
def kl_divergence_clamped(mu, spread):
    return _standard(*_latents(mu, np.clip(np.asarray(spread, dtype=float), -10, 10)))


@misconception(
    "took the prior for N(0, 1)",
    hint="Where is your divergence zero, and where should it be?",
    when=variant.prior_mean != 0 and variant.prior_sd != 1,
)
def kl_divergence_from_standard_normal(mu, spread):
    return _standard(*_checked(mu, spread))


@misconception(
    "left out the prior's mean",
    hint="At which mu is your divergence smallest, and where should it be?",
    when=variant.prior_mean != 0,
)
def kl_divergence_without_prior_mean(mu, spread):
    return _standard(*_relative(*_checked(mu, spread), m=0.0))


@misconception(
    "left out the prior's standard deviation",
    hint="At which sigma is your divergence smallest, and where should it be?",
    when=variant.prior_sd != 1,
)
def kl_divergence_without_prior_sd(mu, spread):
    return _standard(*_relative(*_checked(mu, spread), s=1.0))


@misconception(
    "took the prior's standard deviation for its variance",
    hint="Which of the two is the second number of the prior, and which stands in its density?",
    when=variant.prior_sd != 1,
)
def kl_divergence_with_prior_variance(mu, spread):
    return _standard(*_relative(*_checked(mu, spread), s=np.sqrt(variant.prior_sd)))


@misconception(
    "left the prior's standard deviation out of the logarithm",
    hint="Which factor stands before the exponential in the density of the prior?",
    when=variant.prior_sd != 1,
)
def kl_divergence_without_prior_normalization(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma * variant.prior_sd))


@misconception(
    "gave the result the shape of mu, whatever the shape of sigma",
    hint="Take one mean and a whole batch of sigmas: how many divergences are there?",
)
def kl_divergence_in_shape_of_mu(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (mu**2 + np.broadcast_to(sigma, mu.shape) ** 2 - 1) - np.log(sigma))


@misconception(
    "took a single mean for a single latent dimension",
    hint="One mean and four sigmas: how many latent dimensions is that?",
)
def kl_divergence_counting_means(mu, spread):
    mu, sigma = _latents(mu, spread)
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.sum(axis=-1) if mu.ndim else each


@misconception(
    "kept the logarithm's argument away from zero",
    hint="How large is the divergence for a very small sigma, and is yours?",
)
def kl_divergence_clipped(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(np.maximum(sigma, 1e-2)))


@misconception(
    "gave every latent dimension a smallest divergence (free bits)",
    hint="How large is the divergence of the prior from itself?",
)
def kl_divergence_with_free_bits(mu, spread):
    mu, sigma = _latents(mu, spread)
    return _sum_latents(np.maximum(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma), 0.05))
