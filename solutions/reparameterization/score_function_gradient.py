"""The score-function gradient estimator, also REINFORCE (Mohamed et al. 2020, section 4)."""

# ruff: noqa: D417, E501 - the docstring calls the spread what the variant calls it, which is shorter.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def score_function_gradient(f, mu, spread, eps):
    """Score-function estimate of the gradient of E[f(z)], z ~ N(mu, sigma^2), with respect to mu and <%= variant.spread %>.

    The estimate is the plain average over the n draws that the given noise makes, without a baseline;
    no further noise is drawn, and f is never differentiated.

    Args:
        f: takes an array and returns the value of f at each element.
        mu: mean, a number.
        <%= variant.spread %>: <%= variant.spread_number %>.
        eps: noise from N(0, 1), an array of shape (n,); it is not changed.

    Returns:
        The pair of numbers (estimate of dE[f(z)]/dmu, estimate of dE[f(z)]/d<%= variant.spread %>).
    """
    values = f(mu + variant.sigma_of(spread) * eps)
    score_mu = eps / variant.sigma_of(spread)  # since (z - mu) / sigma = eps
    score_sigma = (eps**2 - 1) / variant.sigma_of(spread)
    return float(np.mean(values * score_mu)), float(np.mean(variant.chain(values * score_sigma)))


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def line(z):
        return 2.5 * z - 1

    def cubic(z):
        return z**3 / 3 - 2 * z

    def wave(z):
        import numpy as np

        return 2 + np.sin(1.5 * z) + 0.25 * z**2

    def step(z):
        import numpy as np

        return np.where(np.asarray(z) > 0.3, 3.0, -0.5)

    functions = [line, cubic, wave, step]
    spread = rng.normal(0, 1)
    spread = np.exp(spread) if variant.parameterization == "sigma" else spread
    eps = rng.normal(0, 1.5, rng.choice([1, 2, 5, 30]))
    return functions[rng.integers(len(functions))], float(rng.normal(0, 2)), float(spread), eps


def _sigma(spread):
    return variant.sigma_of(spread)


def _chain(d_sigma, spread):
    return variant.chain(d_sigma)


@alternative
def score_function_gradient_in_noise(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.dot(values, eps) / (sigma * len(eps)), _chain(np.dot(values, eps**2 - 1), spread) / (sigma * len(eps))


@alternative
def score_function_gradient_loop(f, mu, spread, eps):
    sigma = _sigma(spread)
    total_mu = total_spread = 0.0
    for noise in eps:
        reward = f(mu + sigma * noise)
        total_mu += reward * noise / sigma
        total_spread += _chain(reward * (noise**2 - 1) / sigma, spread)
    return np.array(total_mu / len(eps)), np.array(total_spread / len(eps))


@alternative
def score_function_gradient_autograd(f, mu, spread, eps):
    import torch

    parameters = torch.tensor([mu, spread], dtype=torch.float64, requires_grad=True)
    z = torch.as_tensor(mu + _sigma(spread) * eps)
    log_density = torch.distributions.Normal(parameters[0], variant.torch_sigma_of(parameters[1])).log_prob(z)
    (torch.as_tensor(f(z.numpy())) * log_density).mean().backward()
    return parameters.grad[0], parameters.grad[1]


@misconception(
    "left out the division by sigma",
    hint="Check the units: the score of mu has those of one over mu.",
)
def score_function_gradient_without_sigma(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps), np.mean(_chain(values * (eps**2 - 1), spread))


@misconception(
    "took the score with respect to log sigma",
    hint="With respect to which variable?",
    when=variant.parameterization != "log sigma",
)
def score_function_gradient_of_log_sigma(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1))


@misconception(
    "took the score with respect to the log-variance",
    hint="With respect to which variable?",
    when=variant.parameterization == "log sigma",
)
def score_function_gradient_of_log_variance(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, 0.5 * np.mean(values * (eps**2 - 1))


@misconception(
    "stopped at sigma, one step before <%= variant.spread_text %>",
    hint="log q is made from sigma, and sigma from the third argument: how many factors has the chain rule then?",
    when=variant.parameterization != "sigma",
)
def score_function_gradient_of_sigma(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1)) / sigma


@misconception(
    "took <%= variant.spread_text %> for sigma itself",
    hint="Can a standard deviation be negative, and can your third argument?",
    when=variant.parameterization != "sigma",
)
def score_function_gradient_with_raw_spread(f, mu, spread, eps):
    values = f(mu + spread * eps)
    return np.mean(values * eps) / spread, np.mean(values * (eps**2 - 1)) / spread


@misconception(
    "took <%= 'exp(logvar) for sigma' if variant.spread == 'logvar' else 'log sigma for a log-variance' %>",
    hint="Which one is the third argument the logarithm of: sigma or its square?",
    when=variant.parameterization in ("log sigma", "log-variance"),
)
def score_function_gradient_with_other_log(f, mu, spread, eps):
    factor = 0.5 if variant.parameterization == "log sigma" else 1.0
    sigma = np.exp(factor * spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, factor * np.mean(values * (eps**2 - 1))


@misconception(
    "put exp in place of softplus",
    hint="How does sigma grow with a large rho: as fast as rho itself, or much faster?",
    when=variant.parameterization == "softplus",
)
def score_function_gradient_of_exp(f, mu, spread, eps):
    sigma = np.exp(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(values * (eps**2 - 1))


@misconception(
    "left the density's normalization undifferentiated",
    hint="Which factors of the density contain sigma? What does a constant f get?",
)
def score_function_gradient_without_normalization(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, np.mean(_chain(values * eps**2, spread)) / sigma


@misconception("differentiated the log density with respect to z", hint="Which letter in log q(z; mu, sigma) is moved?")
def score_function_gradient_in_z(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return -np.mean(values * eps) / sigma, np.mean(_chain(values * (eps**2 - 1), spread)) / sigma


@misconception("turned both signs around", hint="f grows with z: should its expectation rise or fall with mu?")
def score_function_gradient_with_sign(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return -np.mean(values * eps) / sigma, -np.mean(_chain(values * (eps**2 - 1), spread)) / sigma


@misconception("divided by the variance once too often", hint="Write the score in terms of eps and count the sigmas.")
def score_function_gradient_with_variance(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma**2, np.mean(_chain(values * (eps**2 - 1), spread)) / sigma**2


@misconception(
    "weighted the draws with the density once more",
    hint="The draws come from q already. What does an average over them do?",
)
def score_function_gradient_with_density(f, mu, spread, eps):
    sigma = _sigma(spread)
    density = np.exp(-(eps**2) / 2) / (sigma * np.sqrt(2 * np.pi))
    values = f(mu + sigma * eps) * density
    return np.mean(values * eps) / sigma, np.mean(_chain(values * (eps**2 - 1), spread)) / sigma


@misconception("used the score of mu for sigma as well", hint="Is log q linear in sigma?")
def score_function_gradient_one_score(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values * eps) / sigma, _chain(np.mean(values * eps), spread) / sigma


@misconception("evaluated f at the noise", hint="At which point is f evaluated: at z or at eps?")
def score_function_gradient_at_noise(f, mu, spread, eps):
    sigma = _sigma(spread)
    return np.mean(f(eps) * eps) / sigma, _chain(np.mean(f(eps) * (eps**2 - 1)), spread) / sigma


@misconception("averaged f and the score apart", hint="Is the mean of a product the product of the means?")
def score_function_gradient_product_of_means(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.mean(values) * np.mean(eps) / sigma, _chain(np.mean(values) * np.mean(eps**2 - 1), spread) / sigma


@misconception("summed over the draws instead of averaging", hint="What happens to your estimate when n doubles?")
def score_function_gradient_summed(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return np.sum(values * eps) / sigma, _chain(np.sum(values * (eps**2 - 1)), spread) / sigma


@misconception(
    "did not average over the draws", hint="How many numbers should come back, however many draws there are?"
)
def score_function_gradient_not_averaged(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    return values * eps / sigma, _chain(values * (eps**2 - 1), spread) / sigma


@misconception(
    "subtracted a baseline that nobody asked for",
    hint="The docstring asks for the plain average. Which values of f belong in it?",
)
def score_function_gradient_with_baseline(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    values = values - np.mean(values)
    return np.mean(values * eps) / sigma, np.mean(_chain(values * (eps**2 - 1), spread)) / sigma


@misconception(
    "differentiated f, which makes it the pathwise estimate",
    hint="Which factor do you differentiate: f or the density?",
)
def score_function_gradient_pathwise(f, mu, spread, eps):
    sigma = _sigma(spread)
    step = 1e-5
    z = mu + sigma * eps
    slope = (f(z + step) - f(z - step)) / (2 * step)
    return np.mean(slope), _chain(np.mean(slope * eps), spread)


@misconception(
    "drew its own noise",
    hint="Where do the draws come from: are equal arguments bound to give equal results?",
)
def score_function_gradient_fresh_noise(f, mu, spread, eps):
    sigma = _sigma(spread)
    fresh = np.random.default_rng(0).standard_normal(len(eps))
    values = f(mu + sigma * fresh)
    return np.mean(values * fresh) / sigma, _chain(np.mean(values * (fresh**2 - 1)), spread) / sigma


@misconception("changed the caller's noise", hint="Is the caller's array still what it was?")
def score_function_gradient_in_place(f, mu, spread, eps):
    sigma = _sigma(spread)
    values = f(mu + sigma * eps)
    d_mu = np.mean(values * eps) / sigma
    eps **= 2
    eps -= 1
    return d_mu, _chain(np.mean(values * eps), spread) / sigma
