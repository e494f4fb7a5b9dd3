"""The pathwise (reparameterization) gradient estimator (Mohamed et al. 2020, section 5)."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def pathwise_gradient(df, mu, spread, eps):
    """Pathwise estimate of the gradient of E[f(z)], z ~ N(mu, sigma^2), with respect to mu and <%= variant.spread %>.

    The estimate is the plain average over the n draws that the given noise makes; no further noise is drawn.

    Args:
        df: the derivative of f; it takes an array and returns the derivative at each element.
        mu: mean, a number.
        <%= variant.spread %>: <%= variant.spread_number %>.
        eps: noise from N(0, 1), an array of shape (n,); it is not changed.

    Returns:
        The pair of numbers (estimate of dE[f(z)]/dmu, estimate of dE[f(z)]/d<%= variant.spread %>).
    """
    slope = df(mu + variant.sigma_of(spread) * eps)
    return float(np.mean(slope)), float(np.mean(variant.chain(slope * eps)))


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

    functions = [line, cubic, wave]
    spread = rng.normal(0, 1)
    spread = np.exp(spread) if variant.parameterization == "sigma" else spread
    eps = rng.normal(0, 1.5, rng.choice([1, 2, 5, 30]))
    return functions[rng.integers(len(functions))], float(rng.normal(0, 2)), float(spread), eps


def _sigma(spread):
    return variant.sigma_of(spread)


def _chain(d_sigma, spread):
    return variant.chain(d_sigma)


@alternative
def pathwise_gradient_loop(df, mu, spread, eps):
    total_mu = total_spread = 0.0
    for noise in eps:
        slope = df(mu + _sigma(spread) * noise)
        total_mu += slope
        total_spread += _chain(slope * noise, spread)
    return total_mu / len(eps), total_spread / len(eps)


@alternative
def pathwise_gradient_dot_product(df, mu, spread, eps):
    jacobian = np.stack([np.ones_like(eps), _chain(eps, spread)])
    d_mu, d_spread = jacobian @ df(mu + _sigma(spread) * eps) / eps.size
    return d_mu, d_spread


@alternative
def pathwise_gradient_torch(df, mu, spread, eps):
    import torch

    parameters = torch.tensor([mu, spread], dtype=torch.float32, requires_grad=True)
    noise = torch.tensor(eps, dtype=torch.float32)
    z = parameters[0] + variant.torch_sigma_of(parameters[1]) * noise
    slope = torch.tensor(df(z.detach().numpy()), dtype=torch.float32)
    z.backward(slope / len(noise))
    return tuple(parameters.grad.tolist())


@misconception("evaluated the derivative at the noise", hint="At which point is f evaluated: at z or at eps?")
def pathwise_gradient_at_noise(df, mu, spread, eps):
    return np.mean(df(eps)), np.mean(_chain(df(eps) * eps, spread))


@misconception("evaluated the derivative at the mean", hint="Does the average of f'(z) equal f' of the average?")
def pathwise_gradient_at_mean(df, mu, spread, eps):
    slope = df(np.full_like(eps, mu))
    return np.mean(slope), np.mean(_chain(slope * eps, spread))


@misconception("left out dz/dsigma", hint="How fast does each draw move when sigma grows?")
def pathwise_gradient_without_noise(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(_chain(slope, spread))


@misconception("averaged the slope and the noise apart", hint="Is the mean of a product the product of the means?")
def pathwise_gradient_product_of_means(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), _chain(np.mean(slope) * np.mean(eps), spread)


@misconception("summed over the draws instead of averaging", hint="What happens to your estimate when n doubles?")
def pathwise_gradient_summed(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.sum(slope), np.sum(_chain(slope * eps, spread))


@misconception(
    "did not average over the draws", hint="How many numbers should come back, however many draws there are?"
)
def pathwise_gradient_not_averaged(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return slope, _chain(slope * eps, spread)


@misconception(
    "took the derivative with respect to log sigma",
    hint="With respect to which variable?",
    when=variant.parameterization != "log sigma",
)
def pathwise_gradient_of_log_sigma(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(slope * _sigma(spread) * eps)


@misconception(
    "took the derivative with respect to the log-variance",
    hint="With respect to which variable?",
    when=variant.parameterization == "log sigma",
)
def pathwise_gradient_of_log_variance(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), 0.5 * np.mean(slope * _sigma(spread) * eps)


@misconception(
    "stopped at sigma, one step before <%= variant.spread_text %>",
    hint="z is made from sigma, and sigma from the third argument: how many factors has the chain rule then?",
    when=variant.parameterization != "sigma",
)
def pathwise_gradient_of_sigma(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(slope * eps)


@misconception(
    "took <%= variant.spread_text %> for sigma itself",
    hint="Can a standard deviation be negative, and can your third argument?",
    when=variant.parameterization != "sigma",
)
def pathwise_gradient_with_raw_spread(df, mu, spread, eps):
    slope = df(mu + spread * eps)
    return np.mean(slope), np.mean(slope * eps)


@misconception(
    "took <%= 'exp(logvar) for sigma' if variant.spread == 'logvar' else 'log sigma for a log-variance' %>",
    hint="Which one is the third argument the logarithm of: sigma or its square?",
    when=variant.parameterization in ("log sigma", "log-variance"),
)
def pathwise_gradient_with_other_log(df, mu, spread, eps):
    factor = 0.5 if variant.parameterization == "log sigma" else 1.0
    sigma = np.exp(factor * spread)
    slope = df(mu + sigma * eps)
    return np.mean(slope), np.mean(slope * eps) * factor * sigma


@misconception(
    "put exp in place of softplus",
    hint="How does sigma grow with a large rho: as fast as rho itself, or much faster?",
    when=variant.parameterization == "softplus",
)
def pathwise_gradient_of_exp(df, mu, spread, eps):
    slope = df(mu + np.exp(spread) * eps)
    return np.mean(slope), np.mean(slope * eps) * np.exp(spread)


@misconception(
    "multiplied by sigma where eps belongs",
    hint="dz/dsigma is what multiplies sigma in the forward pass.",
    when=variant.parameterization == "sigma",
)
def pathwise_gradient_with_sigma(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(slope * _sigma(spread))


@misconception(
    "scaled the noise by the variance",
    hint="Which one has the units of z: sigma or its square?",
)
def pathwise_gradient_with_variance(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) ** 2 * eps)
    return np.mean(slope), np.mean(_chain(slope * eps, spread))


@misconception(
    "weighted the slope with the score of the density",
    hint="Which factor moves here with mu: the draw or the density?",
)
def pathwise_gradient_with_score(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope * eps / _sigma(spread)), np.mean(_chain(slope * (eps**2 - 1) / _sigma(spread), spread))


@misconception(
    "drew its own noise",
    hint="Where do the draws come from: are equal arguments bound to give equal results?",
)
def pathwise_gradient_fresh_noise(df, mu, spread, eps):
    fresh = np.random.default_rng(0).standard_normal(len(eps))
    slope = df(mu + _sigma(spread) * fresh)
    return np.mean(slope), np.mean(_chain(slope * fresh, spread))


@misconception("paired each slope with noise of its own", hint="Which noise made the draw whose slope you multiply?")
def pathwise_gradient_other_noise(df, mu, spread, eps):
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(_chain(slope * eps[::-1], spread))


@misconception("standardized the noise that was given", hint="Is the noise yours to change?")
def pathwise_gradient_standardized(df, mu, spread, eps):
    deviation = eps.std()
    eps = (eps - eps.mean()) / (deviation if deviation > 0 else 1.0)
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(_chain(slope * eps, spread))


@misconception(
    "multiplied by the draws where the noise belongs",
    hint="What multiplies sigma in the forward pass, and do you still have it when you need it?",
)
def pathwise_gradient_in_place(df, mu, spread, eps):
    eps *= _sigma(spread)
    eps += mu
    slope = df(eps)
    return np.mean(slope), np.mean(_chain(slope * eps, spread))


@misconception("cut off noise that is far from zero", hint="Which draws does your estimate leave where they are not?")
def pathwise_gradient_truncated(df, mu, spread, eps):
    eps = np.clip(eps, -3, 3)
    slope = df(mu + _sigma(spread) * eps)
    return np.mean(slope), np.mean(_chain(slope * eps, spread))
