"""KL divergence of a diagonal Gaussian from a standard normal prior (Kingma and Welling 2013, appendix B)."""

import numpy as np

from autograder.grading import alternative, misconception


def kl_divergence(mu, sigma):
    """KL divergence of N(mu, diag(sigma^2)) from the prior N(0, I), in nats.

    The last axis holds the latent dimensions; axes before it, if any, hold the items of a batch.
    The arguments may be numbers, lists or arrays whose shapes broadcast; none of them is changed.

    Args:
        mu: mean, of shape (..., L).
        sigma: standard deviation, of shape (..., L).

    Returns:
        The divergence of each item, of shape (...): the latent dimensions are summed.
        Two numbers stand for one latent dimension and give a single number.

    Raises:
        ValueError: if any sigma is zero or negative.
    """
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(sigma <= 0):
        raise ValueError("every sigma must be positive")
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.sum(axis=-1) if each.ndim else each


def _checked(mu, sigma):
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(sigma <= 0):
        raise ValueError("every sigma must be positive")
    return mu, sigma


def _sum_latents(each):
    return np.sum(each, axis=-1) if np.ndim(each) else each


@alternative
def kl_divergence_in_log_variance(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    logvar = np.log(sigma**2)
    return _sum_latents(-0.5 * (1 + logvar - mu**2 - np.exp(logvar)))


@alternative
def kl_divergence_torch(mu, sigma):
    import torch
    from torch.distributions import Normal
    from torch.distributions import kl_divergence as divergence

    mu, sigma = (torch.as_tensor(np.array(argument), dtype=torch.float32) for argument in (mu, sigma))
    each = divergence(Normal(mu, sigma), Normal(0.0, 1.0))
    return (each.sum(-1) if each.ndim else each).numpy()


@alternative
def kl_divergence_loop(mu, sigma):
    import math

    mu, sigma = np.broadcast_arrays(np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float))
    if mu.ndim > 1:
        return [kl_divergence_loop(m, s) for m, s in zip(mu, sigma, strict=True)]
    total = 0.0
    for m, s in zip(mu.ravel(), sigma.ravel(), strict=True):
        if s <= 0:
            raise ValueError(f"sigma = {s} is not positive")
        total += (float(m) ** 2 + float(s) ** 2 - 1) / 2 - math.log(s)
    return total


@alternative
def kl_divergence_of_plain_numbers(mu, sigma):
    import math

    if isinstance(mu, int | float) and isinstance(sigma, int | float):
        if sigma <= 0:
            raise ValueError("sigma must be positive")
        return (mu * mu + sigma * sigma - 1) / 2 - math.log(sigma)
    mu, sigma = np.broadcast_arrays(mu, sigma)
    each = [kl_divergence_of_plain_numbers(m, s) for m, s in zip(mu.tolist(), sigma.tolist(), strict=True)]
    return sum(each) if mu.ndim == 1 else each


@misconception("turned the sign of the whole divergence around", hint="Can a KL divergence be negative?")
def kl_divergence_with_sign(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(0.5 * (1 + 2 * np.log(sigma) - mu**2 - sigma**2))


@misconception("forgot the factor 1/2", hint="Integrate log q - log p at sigma = 1: what stands before mu squared?")
def kl_divergence_without_half(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(mu**2 + sigma**2 - 1 - 2 * np.log(sigma))


@misconception("took log sigma where the log of its square belongs", hint="Which of the two logs is in your formula?")
def kl_divergence_with_log_sigma(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(0.5 * (mu**2 + sigma**2 - 1 - np.log(sigma)))


@misconception("left sigma without its square", hint="Which moment of z under q does log p ask for?")
def kl_divergence_without_square(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(0.5 * (mu**2 + sigma - 1 - 2 * np.log(sigma)))


@misconception("left mu without its square", hint="Should the divergence grow when mu moves away from 0 to the left?")
def kl_divergence_without_mu_square(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(0.5 * (mu + sigma**2 - 1 - 2 * np.log(sigma)))


@misconception(
    "computed the divergence of the prior from q", hint="Under which of the two distributions do you average?"
)
def kl_divergence_reversed(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(np.log(sigma) + (1 + mu**2) / (2 * sigma**2) - 0.5)


@misconception(
    "averaged over the latent dimensions",
    hint="Independent coordinates: do their divergences add or average?",
)
def kl_divergence_averaged(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.mean(axis=-1) if each.ndim else each


@misconception("summed the whole batch into one number", hint="How many divergences do three items have?")
def kl_divergence_of_whole_batch(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return np.sum(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@misconception("summed over the first axis", hint="Which axis holds the latent dimensions, and which the items?")
def kl_divergence_over_first_axis(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.sum(axis=0) if each.ndim else each


@misconception("did not sum over the latent dimensions", hint="How many divergences does one item have?")
def kl_divergence_elementwise(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)


@misconception("accepted any sigma", hint="What does the docstring say about a sigma that is no standard deviation?")
def kl_divergence_unchecked(mu, sigma):
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    with np.errstate(all="ignore"):
        return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@misconception(
    "turned down negative sigmas but let zero pass",
    hint="What is the logarithm of the smallest sigma that you accept?",
)
def kl_divergence_with_zero(mu, sigma):
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(sigma < 0):
        raise ValueError("sigma must not be negative")
    with np.errstate(all="ignore"):
        return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@misconception("complained only when every sigma is bad", hint="One bad sigma among good ones: any or all?")
def kl_divergence_checking_all(mu, sigma):
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    if np.all(sigma <= 0):
        raise ValueError("sigma must be positive")
    with np.errstate(all="ignore"):
        return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@misconception("turned bad sigmas into good ones", hint="Should a wrong input be repaired in silence or reported?")
def kl_divergence_repairing(mu, sigma):
    mu, sigma = np.asarray(mu, dtype=float), np.maximum(np.abs(np.asarray(sigma, dtype=float)), 1e-8)
    return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))


@misconception(
    "gave the result the shape of mu, whatever the shape of sigma",
    hint="Take one mean and a whole batch of sigmas: how many divergences are there?",
)
def kl_divergence_in_shape_of_mu(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(0.5 * (mu**2 + np.broadcast_to(sigma, mu.shape) ** 2 - 1) - np.log(sigma))


@misconception(
    "took a single mean for a single latent dimension",
    hint="One mean and four sigmas: how many latent dimensions is that?",
)
def kl_divergence_counting_means(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    each = 0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma)
    return each.sum(axis=-1) if mu.ndim else each


@misconception(
    "kept the logarithm's argument away from zero",
    hint="How large is the divergence for a very small sigma, and is yours?",
)
def kl_divergence_clipped(mu, sigma):
    mu, sigma = _checked(mu, sigma)
    return _sum_latents(0.5 * (mu**2 + sigma**2 - 1) - np.log(np.maximum(sigma, 1e-2)))
