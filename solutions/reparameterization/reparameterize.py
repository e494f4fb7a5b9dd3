"""The reparameterized Gaussian draw (Kingma and Welling 2013, section 2.4)."""

import numpy as np

from autograder.grading import alternative, misconception


def reparameterize(mu, sigma, eps):
    """Turn standard normal noise into draws from N(mu, sigma^2).

    The noise is given: nothing random happens in here, so equal arguments give equal results.
    The arguments may be numbers, lists or arrays whose shapes broadcast; none of them is changed.

    Args:
        mu: mean.
        sigma: standard deviation, positive, in the units of mu.
        eps: noise from N(0, 1), without units.

    Returns:
        z in the units of mu: an array of floats with the broadcast shape (a single number for numbers).
    """
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu + sigma * eps


@alternative
def reparameterize_element_by_element(mu, sigma, eps):
    triples = np.broadcast(*(np.asarray(argument, dtype=float) for argument in (mu, sigma, eps)))
    return np.array([float(m) + float(s) * float(e) for m, s, e in triples]).reshape(triples.shape)


@alternative
def reparameterize_torch_single_precision(mu, sigma, eps):
    import torch

    mu, sigma, eps = (torch.as_tensor(np.array(argument), dtype=torch.float32) for argument in (mu, sigma, eps))
    return torch.addcmul(mu, sigma, eps).numpy()


@alternative
def reparameterize_by_distribution(mu, sigma, eps):
    from scipy.stats import norm

    return norm.ppf(norm.cdf(np.asarray(eps, dtype=float)), loc=mu, scale=sigma)


@misconception("scaled the noise by the variance", hint="Which one has the units of z: sigma or its square?")
def reparameterize_with_variance(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu + sigma**2 * eps


@misconception(
    "took sigma for a variance and drew its square root",
    hint="The second argument is a standard deviation already. What does that make of a root?",
)
def reparameterize_with_root(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu + np.sqrt(sigma) * eps


@misconception(
    "took sigma for a log-variance, as many encoders give it",
    hint="Read in the docstring what the second argument is. Is there a log to undo?",
)
def reparameterize_from_log_variance(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu + np.exp(0.5 * sigma) * eps


@misconception(
    "took sigma for its own logarithm",
    hint="Read in the docstring what the second argument is. Is there a log to undo?",
)
def reparameterize_from_log_sigma(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu + np.exp(sigma) * eps


@misconception("let mu and sigma change places", hint="Put eps = 0 and look at what remains.")
def reparameterize_with_swapped_roles(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu * eps + sigma


@misconception(
    "standardized the noise instead of stretching and shifting it",
    hint="Which way are you going: from z to noise, or from noise to z?",
)
def reparameterize_standardizing(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return (eps - mu) / sigma


@misconception(
    "subtracted the noise",
    hint="The law is right, yet to which side of the mean should positive noise move z?",
)
def reparameterize_with_minus(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu - sigma * eps


@misconception("scaled the mean along with the noise", hint="Put eps = 0: where should z be then?")
def reparameterize_scaling_the_mean(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return sigma * (mu + eps)


@misconception("wrote the result into the caller's sigma", hint="Is the caller's array still what it was?")
def reparameterize_in_place(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    if np.broadcast_shapes(mu.shape, eps.shape, sigma.shape) != sigma.shape:
        return mu + sigma * eps
    sigma *= eps
    sigma += mu
    return sigma


@misconception(
    "paired the elements one by one, so that shorter arguments cut off longer ones",
    hint="Print the shape of z before its values: what becomes of one sigma for many draws?",
)
def reparameterize_zipped(mu, sigma, eps):
    columns = zip(np.ravel(mu), np.ravel(sigma), np.ravel(eps), strict=False)
    return np.array([m + s * e for m, s, e in columns]).reshape(np.shape(mu) if np.shape(mu) == np.shape(eps) else -1)


@misconception(
    "stored the result in an array of mu's type, which cuts whole numbers off",
    hint="What type has an array made from [1, 2, 3], and what happens to 1.7 in it?",
)
def reparameterize_in_type_of_mu(mu, sigma, eps):
    mu, sigma, eps = np.asarray(mu), np.asarray(sigma), np.asarray(eps)
    z = mu + sigma * eps
    return np.asarray(z).astype(mu.dtype)


@misconception("cut off noise that is far from zero", hint="Where should z be when the noise is -4, and where is it?")
def reparameterize_truncated(mu, sigma, eps):
    mu, sigma, eps = (np.asarray(argument, dtype=float) for argument in (mu, sigma, eps))
    return mu + sigma * np.clip(eps, -3, 3)
