"""Hidden grader of sample_latent: normal quantiles, finite differences, a look at the arguments."""

import numpy as np
import pytest
import torch
from scipy import stats

from autograder.grading import CheckFailed, assert_close, central_difference, check

SEED = 50_417
# Whoever draws noise of his own gets the same noise whenever he is asked, so that the mistake can be named.
NOISE_SEED = 9


def draw(notebook, mu, logvar, eps, seed):
    """Call the function once and show what became of its arguments."""
    import torch

    torch.manual_seed(seed)
    return {"z": notebook.sample_latent(mu, logvar, eps), "arguments": (mu, logvar, eps)}


def differentiate(notebook, mu, logvar, eps, upstream, seed):
    """Hand a gradient to z and show what arrives at mu and logvar, which come out of a network as here."""
    import torch

    torch.manual_seed(seed)
    mu.requires_grad_()
    logvar.requires_grad_()
    z = notebook.sample_latent(mu.clone(), logvar.clone(), eps)
    if not isinstance(z, torch.Tensor) or not z.requires_grad:
        return {"mu": None, "logvar": None}
    (z * upstream).sum().backward()
    return {"mu": mu.grad, "logvar": logvar.grad}


def quantile(mu, logvar, eps):
    """The value below which N(mu, sigma^2) has as much mass as N(0, 1) has below eps."""
    return stats.norm.ppf(stats.norm.cdf(eps), loc=mu, scale=np.exp(logvar) ** 0.5)


def arrays(shape, seed):
    """Means, log-variances on both sides of zero, noise of both signs, and a gradient from above."""
    rng = np.random.default_rng(seed)
    mu, upstream = rng.normal(size=shape), rng.normal(size=shape)
    return mu, rng.uniform(-2.5, 1.5, shape), rng.normal(size=shape), upstream


def tensors(values, dtype=torch.float64):
    """The same numbers as tensors of their own memory."""
    return [torch.tensor(value, dtype=dtype) for value in values]


def check_gradient(reply, name, expected):
    """Say so where no gradient arrives at all; else compare it."""
    arrives = isinstance(reply, dict) and reply.get(name) is not None
    check(arrives, f"no gradient arrives at {name}: the path from {name} to z is cut")
    assert_close(reply, {name: expected})


@pytest.mark.points(2)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(), (5,), (3, 4)])
def test_draws_from_the_right_normal(student, shape, dtype):
    """Given the same noise, z is the draw from N(mu, sigma^2), in every coordinate and for any shape."""
    mu, logvar, eps, _ = arrays(shape, SEED)
    reply = student.run(draw, *tensors((mu, logvar, eps), dtype), NOISE_SEED)
    assert_close(reply, {"z": quantile(mu, logvar, eps)})
    # Untrained networks put out very small and very large log-variances, too.
    mu, logvar = 0 * mu, np.where(eps > 0, -14.0, 12.0)
    reply = student.run(draw, *tensors((mu, logvar, eps), dtype), NOISE_SEED)
    assert_close(reply, {"z": quantile(mu, logvar, eps)})


@pytest.mark.points(1)
def test_gradient_reaches_the_mean(student):
    """The gradient that arrives at z flows on to mu, with the right value."""
    mu, logvar, eps, upstream = arrays((3, 4), SEED + 1)
    slope = central_difference(lambda m: quantile(m, logvar, eps), mu)
    reply = student.run(differentiate, *tensors((mu, logvar, eps, upstream)), NOISE_SEED)
    check_gradient(reply, "mu", upstream * slope)


@pytest.mark.points(1)
def test_gradient_reaches_the_log_variance(student):
    """The gradient that arrives at z flows on to logvar, with the right value."""
    mu, logvar, eps, upstream = arrays((3, 4), SEED + 2)
    slope = central_difference(lambda v: quantile(mu, v, eps), logvar)
    reply = student.run(differentiate, *tensors((mu, logvar, eps, upstream)), NOISE_SEED)
    check_gradient(reply, "logvar", upstream * slope)


@pytest.mark.points(1)
def test_uses_its_arguments_and_leaves_them_alone(student):
    """The draw depends on the three arguments alone, and the call leaves them as they were."""
    mu, logvar, eps, _ = arrays((2, 3), SEED + 3)
    replies = [student.run(draw, *tensors((mu, logvar, eps)), seed) for seed in (NOISE_SEED, NOISE_SEED + 1)]
    for reply in replies:
        assert_close(reply, {"z": quantile(mu, logvar, eps)})
        try:
            assert_close(reply, {"arguments": (mu, logvar, eps)}, rtol=0.0, atol=0.0)
        except CheckFailed:
            raise CheckFailed("changed an argument in place") from None
