"""Hidden grader of sample_latent: normal quantiles, finite differences, a look at the arguments."""

import numpy as np
import pytest
import torch
from scipy import stats

from autograder.grading import CheckFailed, assert_close, central_difference, check

SEED = 50_417
# Whoever draws noise of his own gets the same noise whenever he is asked, so that the mistake can be named.
NOISE_SEED = 9
# Sigma by what the encoder puts out, and numbers that stand for a very small and a very large one.
SIGMA = {
    "log sigma": (np.exp, -11.0, 10.5),
    "log-variance": (lambda logvar: np.exp(logvar) ** 0.5, -23.0, 21.0),
    "softplus": (lambda rho: np.log1p(np.exp(rho)), -11.0, 100.0),
}


def draw(notebook, mu, given, eps, seed):
    """Call the function once and show what became of its arguments."""
    import torch

    torch.manual_seed(seed)
    return {"z": notebook.sample_latent(mu, given, eps), "arguments": (mu, given, eps)}


def differentiate(notebook, mu, given, eps, upstream, seed):
    """Hand a gradient to z and show what arrives at mu and at the spread, which come out of a network as here."""
    import torch

    torch.manual_seed(seed)
    mu.requires_grad_()
    given.requires_grad_()
    z = notebook.sample_latent(mu.clone(), given.clone(), eps)
    if not isinstance(z, torch.Tensor) or not z.requires_grad:
        return {"mu": None, "spread": None}
    (z * upstream).sum().backward()
    return {"mu": mu.grad, "spread": given.grad}


@pytest.fixture
def quantile(variant):
    """``quantile(mu, given, eps)``: below it, N(mu, sigma^2) has as much mass as N(0, 1) has below eps."""
    sigma_of, _, _ = SIGMA[variant.encoder]
    return lambda mu, given, eps: stats.norm.ppf(stats.norm.cdf(eps), loc=mu, scale=sigma_of(given))


def arrays(shape, seed):
    """Means, spreads on both sides of zero, noise of both signs, and a gradient from above."""
    rng = np.random.default_rng(seed)
    mu, upstream = rng.normal(size=shape), rng.normal(size=shape)
    return mu, rng.uniform(-2.5, 1.5, shape), rng.normal(size=shape), upstream


def tensors(values, dtype=torch.float64):
    """The same numbers as tensors of their own memory."""
    return [torch.tensor(value, dtype=dtype) for value in values]


def check_gradient(reply, key, name, expected):
    """Say so where no gradient arrives at all; else compare it."""
    arrives = isinstance(reply, dict) and reply.get(key) is not None
    check(arrives, f"no gradient arrives at {name}: the path from {name} to z is cut")
    assert_close(reply, {key: expected})


@pytest.mark.points(2)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (2, 3, 2)])
def test_draws_from_the_right_normal(student, quantile, variant, shape, dtype):
    """Given the same noise, z is the draw from N(mu, sigma^2), in every coordinate and for any shape."""
    mu, given, eps, _ = arrays(shape, SEED)
    reply = student.run(draw, *tensors((mu, given, eps), dtype), NOISE_SEED)
    assert_close(reply, {"z": quantile(mu, given, eps)})
    # Means far from zero and rare noise are means and noise, too.
    far, rare = 12 * np.sign(mu), np.where(eps > 0, 4.5, -5.5)
    reply = student.run(draw, *tensors((far, given, rare), dtype), NOISE_SEED)
    assert_close(reply, {"z": quantile(far, given, rare)})
    # Untrained networks put out very small and very large spreads, too.
    _, low, high = SIGMA[variant.encoder]
    mu, given = 0 * mu, np.where(eps > 0, low, high)
    reply = student.run(draw, *tensors((mu, given, eps), dtype), NOISE_SEED)
    assert_close(reply, {"z": quantile(mu, given, eps)})


@pytest.mark.points(1)
def test_gradient_reaches_the_mean(student, quantile):
    """The gradient that arrives at z flows on to mu, with the right value."""
    mu, given, eps, upstream = arrays((3, 4), SEED + 1)
    slope = central_difference(lambda m: quantile(m, given, eps), mu)
    reply = student.run(differentiate, *tensors((mu, given, eps, upstream)), NOISE_SEED)
    check_gradient(reply, "mu", "mu", upstream * slope)


@pytest.mark.points(1)
def test_gradient_reaches_the_spread(student, quantile, variant):
    """The gradient that arrives at z flows on to <%= variant.code_spread %>, with the right value."""
    mu, given, eps, upstream = arrays((3, 4), SEED + 2)
    slope = central_difference(lambda v: quantile(mu, v, eps), given)
    reply = student.run(differentiate, *tensors((mu, given, eps, upstream)), NOISE_SEED)
    check_gradient(reply, "spread", variant.code_spread, upstream * slope)


@pytest.mark.points(1)
def test_uses_its_arguments_and_leaves_them_alone(student, quantile):
    """The draw depends on the three arguments alone, and the call leaves them as they were."""
    mu, given, eps, _ = arrays((2, 3), SEED + 3)
    replies = [student.run(draw, *tensors((mu, given, eps)), seed) for seed in (NOISE_SEED, NOISE_SEED + 1)]
    for reply in replies:
        assert_close(reply, {"z": quantile(mu, given, eps)})
        try:
            assert_close(reply, {"arguments": (mu, given, eps)}, rtol=0.0, atol=0.0)
        except CheckFailed:
            raise CheckFailed("changed an argument in place") from None
