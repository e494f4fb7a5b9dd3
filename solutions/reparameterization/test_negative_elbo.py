"""Hidden grader of negative_elbo: log-probabilities, quadrature, finite differences, outputs of any size."""

import numpy as np
import pytest
import torch
from scipy import special, stats

from autograder.grading import CheckFailed, assert_close, central_difference, check

SEED = 71_203
DTYPES = [torch.float32, torch.float64]
# Sigma by what the encoder puts out, and numbers that stand for a very small and a very large one.
SIGMA = {
    "log sigma": (np.exp, -11.0, 10.5),
    "log-variance": (lambda logvar: np.exp(logvar) ** 0.5, -23.0, 21.0),
    "softplus": (lambda rho: np.log1p(np.exp(rho)), -11.0, 100.0),
}
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(6)


def lose(notebook, x, out, mu, given):
    """Call the function; show the loss, its gradients in all but the image, and the arguments as they are then."""
    import torch

    inputs = {"out": out, "mu": mu, "spread": given}
    computed = {name: tensor.requires_grad_().clone() for name, tensor in inputs.items()}
    loss = notebook.negative_elbo(x, computed["out"], computed["mu"], computed["spread"])
    arguments = [argument.detach().clone() for argument in (x, *computed.values())]
    if isinstance(loss, torch.Tensor) and loss.requires_grad:
        loss.sum().backward()
    gradients = {name: tensor.grad for name, tensor in inputs.items()}
    return {"loss": loss, "gradients": gradients, "arguments": tuple(arguments)}


@pytest.fixture
def pixel_cost(variant):
    """``pixel_cost(x, out)``: minus the expected log-probability of each pixel; numpy arrays."""
    if variant.likelihood == "gaussian":
        return lambda x, out: -stats.norm.logpdf(x, out, variant.pixel_sd)
    return lambda x, out: -(x * special.log_expit(out) + (1 - x) * special.log_expit(-out))


@pytest.fixture
def divergence(variant):
    """``divergence(mu, given)``: what each latent costs, its KL divergence from the prior as an integral, weighted.

    Gauss-Hermite quadrature with a few nodes is exact here: the integrand is a polynomial of degree 2.
    """
    sigma_of, _, _ = SIGMA[variant.encoder]

    def cost(mu, given):
        mu, sigma = np.asarray(mu)[..., None], np.asarray(sigma_of(given))[..., None]
        z = mu + sigma * NODES
        log_ratio = stats.norm.logpdf(z, mu, sigma) - stats.norm.logpdf(z, variant.prior_mean, variant.prior_sd)
        return variant.beta * (log_ratio * WEIGHTS).sum(axis=-1) / WEIGHTS.sum()

    return cost


@pytest.fixture
def oracle(pixel_cost, divergence):
    """``oracle(x, out, mu, given)``: the loss per item of the batch, averaged; numpy arrays."""

    def loss(x, out, mu, given):
        return (pixel_cost(x, out).sum() + divergence(mu, given).sum()) / len(x)

    return loss


@pytest.fixture
def prior_code(variant):
    """``prior_code(shape)``: means and spreads of codes that follow the prior."""
    sd = variant.prior_sd
    given = {"log sigma": np.log(sd), "log-variance": np.log(sd**2), "softplus": np.log(np.expm1(sd))}
    return lambda shape: (np.full(shape, variant.prior_mean), np.full(shape, given[variant.encoder]))


def batch(items, pixels, latents, seed):
    """Gray pixels, outputs and means of both signs, spreads on both sides of zero."""
    rng = np.random.default_rng(seed)
    x, out = rng.uniform(0, 1, (items, pixels)), rng.normal(0, 2, (items, pixels))
    return x, out, rng.normal(size=(items, latents)), rng.uniform(-2.5, 1.5, (items, latents))


def ask(student, values, dtype=torch.float64):
    """Show a batch to the student's function."""
    return student.run(lose, *(torch.tensor(value, dtype=dtype) for value in values))


def check_gradient(reply, key, name, expected):
    """Say so where no gradient arrives at all; else compare it."""
    gradients = reply.get("gradients") if isinstance(reply, dict) else None
    arrives = isinstance(gradients, dict) and gradients.get(key) is not None
    check(arrives, f"no gradient arrives at {name}: the path from {name} to the loss is cut")
    assert_close(gradients, {key: expected})


@pytest.mark.points(1)
@pytest.mark.parametrize("dtype", DTYPES)
def test_cost_of_one_image(student, oracle, prior_code, dtype):
    """With a code that follows the prior, an image costs what its pixels cost, in their sum."""
    x, out, _, _ = batch(1, 7, 3, SEED)
    x[0, :2] = 0.0, 1.0
    values = x, out, *prior_code((1, 3))
    assert_close(ask(student, values, dtype), {"loss": oracle(*values)})


@pytest.mark.points(1)
@pytest.mark.parametrize("latents", [1, 4])
def test_cost_of_one_code(student, oracle, variant, latents):
    """With outputs of zero, the loss still knows what a code costs, summed over the latents."""
    x, out, mu, given = batch(1, 5, latents, SEED + 1)
    _, low, high = SIGMA[variant.encoder]
    for mean, extreme in [(mu, given), (mu, 0 * given + low), (mu, 0 * given + high), (mu + 60 * np.sign(mu), given)]:
        values = x, 0 * out, mean, extreme
        assert_close(ask(student, values), {"loss": oracle(*values)})


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(3, 6, 2), (5, 4, 4)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_mean_over_the_batch(student, oracle, shape, dtype):
    """A batch costs the mean of what its items cost, as a single number, and is left as it was."""
    values = batch(*shape, SEED + 2)
    reply = ask(student, values, dtype)
    assert_close(reply, {"loss": oracle(*values)})
    try:
        assert_close(reply, {"arguments": values}, rtol=1e-6)
    except CheckFailed:
        raise CheckFailed("changed an argument in place") from None


@pytest.mark.points(1)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [2.0, 40.0, 1000.0])
def test_outputs_of_any_size(student, oracle, pixel_cost, prior_code, variant, dtype, size):
    """For outputs of the decoder of any size, the loss is exact, and its gradients are finite and right."""
    x = np.array([[0.0, 1.0, 0.0, 1.0, 0.3, 0.6]])
    out = size * np.array([[1.0, -1.0, -1.0, 1.0, 1.0, -1.0]])
    mu, given = prior_code((1, 2))
    slope = (special.expit(out) - x) if variant.likelihood == "bernoulli" else (out - x) / variant.pixel_sd**2
    reply = ask(student, (x, out, mu, given), dtype)
    assert_close(reply, {"loss": oracle(x, out, mu, given)})
    check_gradient(reply, "out", variant.decoded, slope / len(x))


@pytest.mark.points(2)
def test_gradients(student, pixel_cost, divergence, variant):
    """The loss hands the right gradients to <%= variant.decoded %>, mu and <%= variant.code_spread %> of a batch."""
    x, out, mu, given = batch(3, 4, 2, SEED + 3)
    reply = ask(student, (x, out, mu, given))
    slopes = {
        "out": (variant.decoded, central_difference(lambda v: pixel_cost(x, v), out)),
        "mu": ("mu", central_difference(lambda v: divergence(v, given), mu)),
        "spread": (variant.code_spread, central_difference(lambda v: divergence(mu, v), given)),
    }
    for key, (name, slope) in slopes.items():
        check_gradient(reply, key, name, slope / len(x))
