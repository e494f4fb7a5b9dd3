"""The score-function gradient estimator, also REINFORCE (Mohamed et al. 2020, section 4)."""

import numpy as np

from autograder.grading import alternative, misconception


def score_function_gradient(f, mu, sigma, eps):
    """Score-function estimate of the gradient of E[f(z)], z ~ N(mu, sigma^2), with respect to mu and sigma.

    The estimate is the plain average over the n draws that the given noise makes, without a baseline;
    no further noise is drawn, and f is never differentiated.

    Args:
        f: takes an array and returns the value of f at each element.
        mu: mean, a number.
        sigma: standard deviation, a positive number.
        eps: noise from N(0, 1), an array of shape (n,); it is not changed.

    Returns:
        The pair of numbers (estimate of dE[f(z)]/dmu, estimate of dE[f(z)]/dsigma).
    """
    z = mu + sigma * eps
    score_mu = (z - mu) / sigma**2
    score_sigma = ((z - mu) ** 2 - sigma**2) / sigma**3
    values = f(z)
    return float(np.mean(values * score_mu)), float(np.mean(values * score_sigma))


@alternative
def score_function_gradient_in_noise(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.dot(values, eps) / (sigma * len(eps)), np.dot(values, eps**2 - 1) / (sigma * len(eps))


@alternative
def score_function_gradient_loop(f, mu, sigma, eps):
    total_mu = total_sigma = 0.0
    for noise in eps:
        reward = f(mu + sigma * noise)
        total_mu += reward * noise / sigma
        total_sigma += reward * (noise**2 - 1) / sigma
    return np.array(total_mu / len(eps)), np.array(total_sigma / len(eps))


@alternative
def score_function_gradient_autograd(f, mu, sigma, eps):
    import torch

    parameters = torch.tensor([mu, sigma], dtype=torch.float64, requires_grad=True)
    z = torch.as_tensor(mu + sigma * eps)
    log_density = torch.distributions.Normal(parameters[0], parameters[1]).log_prob(z)
    (torch.as_tensor(f(z.numpy())) * log_density).mean().backward()
    return parameters.grad[0], parameters.grad[1]


@misconception("left out the division by sigma", hint="Check the units: the score has those of one over its parameter.")
def score_function_gradient_without_sigma(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.mean(values * eps), np.mean(values * (eps**2 - 1))


@misconception("took the score with respect to log sigma", hint="With respect to which variable?")
def score_function_gradient_of_log_sigma(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1))


@misconception(
    "left the density's normalization undifferentiated",
    hint="Which factors of the density contain sigma? What does a constant f get?",
)
def score_function_gradient_without_normalization(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(values * eps**2) / sigma


@misconception("differentiated the log density with respect to z", hint="Which letter in log q(z; mu, sigma) is moved?")
def score_function_gradient_in_z(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return -np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1)) / sigma


@misconception("turned both signs around", hint="f grows with z: should its expectation rise or fall with mu?")
def score_function_gradient_with_sign(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return -np.mean(values * eps) / sigma, -np.mean(values * (eps**2 - 1)) / sigma


@misconception("divided by the variance once too often", hint="Write the score in terms of eps and count the sigmas.")
def score_function_gradient_with_variance(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma**2, np.mean(values * (eps**2 - 1)) / sigma**2


@misconception(
    "weighted the draws with the density once more",
    hint="The draws come from q already. What does an average over them do?",
)
def score_function_gradient_with_density(f, mu, sigma, eps):
    density = np.exp(-(eps**2) / 2) / (sigma * np.sqrt(2 * np.pi))
    values = f(mu + sigma * eps) * density
    return np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1)) / sigma


@misconception("used the score of mu for sigma as well", hint="Is log q linear in sigma?")
def score_function_gradient_one_score(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(values * eps) / sigma


@misconception("evaluated f at the noise", hint="At which point is f evaluated: at z or at eps?")
def score_function_gradient_at_noise(f, mu, sigma, eps):
    return np.mean(f(eps) * eps) / sigma, np.mean(f(eps) * (eps**2 - 1)) / sigma


@misconception("averaged f and the score apart", hint="Is the mean of a product the product of the means?")
def score_function_gradient_product_of_means(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.mean(values) * np.mean(eps) / sigma, np.mean(values) * np.mean(eps**2 - 1) / sigma


@misconception("summed over the draws instead of averaging", hint="What happens to your estimate when n doubles?")
def score_function_gradient_summed(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return np.sum(values * eps) / sigma, np.sum(values * (eps**2 - 1)) / sigma


@misconception(
    "did not average over the draws", hint="How many numbers should come back, however many draws there are?"
)
def score_function_gradient_not_averaged(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    return values * eps / sigma, values * (eps**2 - 1) / sigma


@misconception(
    "subtracted a baseline that nobody asked for",
    hint="The docstring asks for the plain average. Which values of f belong in it?",
)
def score_function_gradient_with_baseline(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    values = values - np.mean(values)
    return np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1)) / sigma


@misconception(
    "differentiated f, which makes it the pathwise estimate",
    hint="Which factor do you differentiate: f or the density?",
)
def score_function_gradient_pathwise(f, mu, sigma, eps):
    step = 1e-5
    z = mu + sigma * eps
    slope = (f(z + step) - f(z - step)) / (2 * step)
    return np.mean(slope), np.mean(slope * eps)


@misconception(
    "drew its own noise",
    hint="Where do the draws come from: are equal arguments bound to give equal results?",
)
def score_function_gradient_fresh_noise(f, mu, sigma, eps):
    fresh = np.random.default_rng(0).standard_normal(len(eps))
    values = f(mu + sigma * fresh)
    return np.mean(values * fresh) / sigma, np.mean(values * (fresh**2 - 1)) / sigma


@misconception("changed the caller's noise", hint="Is the caller's array still what it was?")
def score_function_gradient_in_place(f, mu, sigma, eps):
    values = f(mu + sigma * eps)
    d_mu = np.mean(values * eps) / sigma
    eps **= 2
    eps -= 1
    return d_mu, np.mean(values * eps) / sigma
