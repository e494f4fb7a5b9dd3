"""The reparameterized Gaussian draw (Kingma and Welling 2013, section 2.4)."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def reparameterize(mu, spread, eps):
    """Turn standard normal noise into draws from N(mu, sigma^2).

    The noise is given: nothing random happens in here, so equal arguments give equal results.
    The arguments may be numbers, lists or arrays whose shapes broadcast; none of them is changed.

    Args:
        mu: mean.
        <%= variant.spread %>: <%= variant.spread_long %><%= ", in the units of mu" if variant.spread == "sigma" %>.
        eps: noise from N(0, 1), without units.

    Returns:
        z in the units of mu: an array of floats with the broadcast shape (a single number for numbers).
    """
    mu, spread, eps = (np.asarray(argument, dtype=float) for argument in (mu, spread, eps))
    return mu + variant.sigma_of(spread) * eps


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    shapes = [
        ((), (), ()),
        ((4,), (4,), (4,)),
        ((), (), (5,)),
        ((3, 1), (4,), (3, 4)),
        ((3, 4), (3, 4), (3, 4)),
        ((2, 1, 4), (3, 1), (4,)),
    ][rng.integers(6)]
    mu, spread, eps = (rng.normal(0, width, shape) for width, shape in zip((3, 1.5, 1.5), shapes, strict=True))
    spread = np.exp(spread) if variant.parameterization == "sigma" else 2 * spread
    kind = rng.integers(4)
    if kind == 0:
        return mu.tolist(), spread.tolist(), eps.tolist()
    if kind == 1:
        return np.round(mu).astype(int), np.ceil(np.abs(spread)).astype(int), 3 * eps
    return mu, spread, eps


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


def _latents(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    return mu, variant.sigma_of(spread), eps


@alternative
def reparameterize_element_by_element(mu, spread, eps):
    triples = np.broadcast(*_latents(mu, spread, eps))
    return np.array([float(m) + float(s) * float(e) for m, s, e in triples]).reshape(triples.shape)


@alternative
def reparameterize_torch_single_precision(mu, spread, eps):
    import torch

    latents = _latents(mu, spread, eps)
    return torch.addcmul(*(torch.as_tensor(np.array(argument), dtype=torch.float32) for argument in latents)).numpy()


@alternative
def reparameterize_by_distribution(mu, spread, eps):
    from scipy.stats import norm

    mu, sigma, eps = _latents(mu, spread, eps)
    return norm.ppf(norm.cdf(eps), loc=mu, scale=sigma)


@misconception(
    "<%= 'took exp(logvar) for sigma' if variant.spread == 'logvar' else 'scaled the noise by the variance' %>",
    hint="Which one has the units of z: sigma or its square?",
)
def reparameterize_with_variance(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return mu + sigma**2 * eps


@misconception(
    "took <% if variant.spread == 'log_sigma' %>log sigma for a log-variance<% else %>sigma for a variance and drew "
    "its square root<% endif %>",
    hint="<% if variant.spread == 'sigma' %>The second argument is a standard deviation already. What does that make "
    "of a root?<% else %>Compare the docstring with your formula: which is it, sigma or its square?<% endif %>",
)
def reparameterize_with_root(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return mu + np.sqrt(sigma) * eps


@misconception(
    "took <%= variant.spread_text %> for a log-variance, as many encoders give it",
    hint="Read in the docstring what the second argument is. Is there a log to undo?",
    when=variant.parameterization in ("sigma", "softplus"),
)
def reparameterize_from_log_variance(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    return mu + np.exp(0.5 * spread) * eps


@misconception(
    "took <%= variant.spread_text %> for <%= 'its own logarithm' if variant.spread == 'sigma' else 'log sigma' %>",
    hint="Read in the docstring what the second argument is. Is there a log to undo?",
    when=variant.parameterization in ("sigma", "softplus"),
)
def reparameterize_from_log_sigma(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    return mu + np.exp(spread) * eps


@misconception(
    "took <%= variant.spread_text %> for sigma itself",
    hint="Can a standard deviation be negative, and can your second argument?",
    when=variant.parameterization != "sigma",
)
def reparameterize_with_raw_spread(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    return mu + spread * eps


@misconception(
    "drew the root of the log-variance without undoing the logarithm",
    hint="What is the square root of a negative number, and what is the second argument when the variance is below 1?",
    when=variant.parameterization == "log-variance",
)
def reparameterize_with_root_of_log(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    with np.errstate(all="ignore"):
        return mu + np.sqrt(spread) * eps


@misconception(
    "cut a negative rho off at zero",
    hint="Which standard deviation belongs to rho = -1, and which to rho = -2? Are they the same?",
    when=variant.parameterization == "softplus",
)
def reparameterize_with_relu(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    return mu + np.maximum(spread, 0) * eps


@misconception("let mu and sigma change places", hint="Put eps = 0 and look at what remains.")
def reparameterize_with_swapped_roles(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return mu * eps + sigma


@misconception(
    "standardized the noise instead of stretching and shifting it",
    hint="Which way are you going: from z to noise, or from noise to z?",
)
def reparameterize_standardizing(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return (eps - mu) / sigma


@misconception(
    "subtracted the noise",
    hint="The law is right, yet to which side of the mean should positive noise move z?",
)
def reparameterize_with_minus(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return mu - sigma * eps


@misconception("scaled the mean along with the noise", hint="Put eps = 0: where should z be then?")
def reparameterize_scaling_the_mean(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return sigma * (mu + eps)


@misconception(
    "wrote the result into the caller's <%= variant.spread %>", hint="Is the caller's array still what it was?"
)
def reparameterize_in_place(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    if np.broadcast_shapes(mu.shape, eps.shape, spread.shape) != spread.shape:
        return mu + variant.sigma_of(spread) * eps
    spread[...] = variant.sigma_of(spread)
    spread *= eps
    spread += mu
    return spread


@misconception(
    "paired the elements one by one, so that shorter arguments cut off longer ones",
    hint="Print the shape of z before its values: what becomes of one <%= variant.spread %> for many draws?",
)
def reparameterize_zipped(mu, spread, eps):
    _, sigma, _ = _latents(mu, spread, eps)
    columns = zip(np.ravel(mu), np.ravel(sigma), np.ravel(eps), strict=False)
    return np.array([m + s * e for m, s, e in columns]).reshape(np.shape(mu) if np.shape(mu) == np.shape(eps) else -1)


@misconception(
    "stored the result in an array of mu's type, which cuts whole numbers off",
    hint="What type has an array made from [1, 2, 3], and what happens to 1.7 in it?",
)
def reparameterize_in_type_of_mu(mu, spread, eps):
    mean, sigma, eps = _latents(mu, spread, eps)
    return np.asarray(mean + sigma * eps).astype(np.asarray(mu).dtype)


@misconception("cut off noise that is far from zero", hint="Where should z be when the noise is -4, and where is it?")
def reparameterize_truncated(mu, spread, eps):
    mu, sigma, eps = _latents(mu, spread, eps)
    return mu + sigma * np.clip(eps, -3, 3)


@misconception(
    "cut off very small and very large <%= variant.spread_text %>",
    hint="Which numbers does the docstring allow? How wide is the law for the largest of them, and is yours?",
    when=variant.parameterization != "sigma",
)
def reparameterize_clamped(mu, spread, eps):
    mu, spread, eps = _floats(mu, spread, eps)
    spread = np.clip(spread, -10, 4)
    return mu + variant.sigma_of(spread) * eps
