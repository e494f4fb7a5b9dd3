"""The pathwise (reparameterization) gradient estimator (Mohamed et al. 2020, section 5)."""

import numpy as np

from autograder.grading import alternative, misconception


def pathwise_gradient(df, mu, sigma, eps):
    """Pathwise estimate of the gradient of E[f(z)], z ~ N(mu, sigma^2), with respect to mu and sigma.

    The estimate is the plain average over the n draws that the given noise makes; no further noise is drawn.

    Args:
        df: the derivative of f; it takes an array and returns the derivative at each element.
        mu: mean, a number.
        sigma: standard deviation, a positive number.
        eps: noise from N(0, 1), an array of shape (n,); it is not changed.

    Returns:
        The pair of numbers (estimate of dE[f(z)]/dmu, estimate of dE[f(z)]/dsigma).
    """
    slope = df(mu + sigma * eps)
    return float(np.mean(slope)), float(np.mean(slope * eps))


@alternative
def pathwise_gradient_loop(df, mu, sigma, eps):
    total_mu = total_sigma = 0.0
    for noise in eps:
        slope = df(mu + sigma * noise)
        total_mu += slope
        total_sigma += slope * noise
    return total_mu / len(eps), total_sigma / len(eps)


@alternative
def pathwise_gradient_dot_product(df, mu, sigma, eps):
    jacobian = np.stack([np.ones_like(eps), eps])
    d_mu, d_sigma = jacobian @ df(mu + sigma * eps) / eps.size
    return d_mu, d_sigma


@alternative
def pathwise_gradient_torch(df, mu, sigma, eps):
    import torch

    parameters = torch.tensor([mu, sigma], dtype=torch.float32, requires_grad=True)
    noise = torch.tensor(eps, dtype=torch.float32)
    z = parameters[0] + parameters[1] * noise
    slope = torch.tensor(df(z.detach().numpy()), dtype=torch.float32)
    z.backward(slope / len(noise))
    return tuple(parameters.grad.tolist())


@misconception("evaluated the derivative at the noise", hint="At which point is f evaluated: at z or at eps?")
def pathwise_gradient_at_noise(df, mu, sigma, eps):
    return np.mean(df(eps)), np.mean(df(eps) * eps)


@misconception("evaluated the derivative at the mean", hint="Does the average of f'(z) equal f' of the average?")
def pathwise_gradient_at_mean(df, mu, sigma, eps):
    slope = df(np.full_like(eps, mu))
    return np.mean(slope), np.mean(slope * eps)


@misconception("left out dz/dsigma", hint="How fast does each draw move when sigma grows?")
def pathwise_gradient_without_noise(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope)


@misconception("averaged the slope and the noise apart", hint="Is the mean of a product the product of the means?")
def pathwise_gradient_product_of_means(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope) * np.mean(eps)


@misconception("summed over the draws instead of averaging", hint="What happens to your estimate when n doubles?")
def pathwise_gradient_summed(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.sum(slope), np.sum(slope * eps)


@misconception(
    "did not average over the draws", hint="How many numbers should come back, however many draws there are?"
)
def pathwise_gradient_not_averaged(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return slope, slope * eps


@misconception("took the derivative with respect to log sigma", hint="With respect to which variable?")
def pathwise_gradient_of_log_sigma(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope * sigma * eps)


@misconception("multiplied by sigma where eps belongs", hint="dz/dsigma is what multiplies sigma in the forward pass.")
def pathwise_gradient_with_sigma(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope * sigma)


@misconception("scaled the noise by the variance", hint="Which one has the units of z: sigma or its square?")
def pathwise_gradient_with_variance(df, mu, sigma, eps):
    slope = df(mu + sigma**2 * eps)
    return np.mean(slope), np.mean(slope * eps)


@misconception(
    "weighted the slope with the score of the density",
    hint="Which factor moves here with mu: the draw or the density?",
)
def pathwise_gradient_with_score(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.mean(slope * eps / sigma), np.mean(slope * (eps**2 - 1) / sigma)


@misconception(
    "drew its own noise",
    hint="Where do the draws come from: are equal arguments bound to give equal results?",
)
def pathwise_gradient_fresh_noise(df, mu, sigma, eps):
    fresh = np.random.default_rng(0).standard_normal(len(eps))
    slope = df(mu + sigma * fresh)
    return np.mean(slope), np.mean(slope * fresh)


@misconception("paired each slope with noise of its own", hint="Which noise made the draw whose slope you multiply?")
def pathwise_gradient_other_noise(df, mu, sigma, eps):
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope * eps[::-1])


@misconception("standardized the noise that was given", hint="Is the noise yours to change?")
def pathwise_gradient_standardized(df, mu, sigma, eps):
    spread = eps.std()
    eps = (eps - eps.mean()) / (spread if spread > 0 else 1.0)
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope * eps)


@misconception(
    "multiplied by the draws where the noise belongs",
    hint="What multiplies sigma in the forward pass, and do you still have it when you need it?",
)
def pathwise_gradient_in_place(df, mu, sigma, eps):
    eps *= sigma
    eps += mu
    slope = df(eps)
    return np.mean(slope), np.mean(slope * eps)


@misconception("cut off noise that is far from zero", hint="Which draws does your estimate leave where they are not?")
def pathwise_gradient_truncated(df, mu, sigma, eps):
    eps = np.clip(eps, -3, 3)
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope * eps)
