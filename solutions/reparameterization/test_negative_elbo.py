"""Hidden grader of negative_elbo: log-probabilities, quadrature, finite differences, logits of any size."""

import numpy as np
import pytest
import torch
from scipy import special

from autograder.grading import assert_close, central_difference, check

SEED = 71_203
DTYPES = [torch.float32, torch.float64]


def lose(notebook, x, logits, mu, logvar):
    """Call the function and show the loss with its gradients with respect to logits, mu and logvar."""
    import torch

    inputs = {"logits": logits, "mu": mu, "logvar": logvar}
    computed = {name: tensor.requires_grad_().clone() for name, tensor in inputs.items()}
    loss = notebook.negative_elbo(x, computed["logits"], computed["mu"], computed["logvar"])
    if isinstance(loss, torch.Tensor) and loss.requires_grad:
        loss.sum().backward()
    return {"loss": loss, "gradients": {name: tensor.grad for name, tensor in inputs.items()}}


def cross_entropy(x, logits):
    """Minus the expected log-probability of a pixel that is white with probability x; numpy arrays."""
    return -(x * special.log_expit(logits) + (1 - x) * special.log_expit(-logits))


@pytest.fixture
def divergence(kl_by_quadrature):
    """``divergence(mu, logvar)``: the KL divergence of each latent from N(0, 1), as an integral."""
    return lambda mu, logvar: kl_by_quadrature(mu, np.exp(logvar) ** 0.5)


@pytest.fixture
def oracle(divergence):
    """``oracle(x, logits, mu, logvar)``: the loss per item of the batch, averaged; numpy arrays."""

    def loss(x, logits, mu, logvar):
        return (cross_entropy(x, logits).sum() + divergence(mu, logvar).sum()) / len(x)

    return loss


def batch(items, pixels, latents, seed):
    """Gray pixels, logits and means of both signs, log-variances on both sides of zero."""
    rng = np.random.default_rng(seed)
    x, logits = rng.uniform(0, 1, (items, pixels)), rng.normal(0, 2, (items, pixels))
    return x, logits, rng.normal(size=(items, latents)), rng.uniform(-2.5, 1.5, (items, latents))


def ask(student, values, dtype=torch.float64):
    """Show a batch to the student's function."""
    return student.run(lose, *(torch.tensor(value, dtype=dtype) for value in values))


def check_gradient(reply, name, expected):
    """Say so where no gradient arrives at all; else compare it."""
    gradients = reply.get("gradients") if isinstance(reply, dict) else None
    arrives = isinstance(gradients, dict) and gradients.get(name) is not None
    check(arrives, f"no gradient arrives at {name}: the path from {name} to the loss is cut")
    assert_close(gradients, {name: expected})


@pytest.mark.points(1)
@pytest.mark.parametrize("dtype", DTYPES)
def test_cross_entropy_of_one_image(student, oracle, dtype):
    """With a code that follows the prior, an image costs its cross-entropy, summed over its gray pixels."""
    x, logits, mu, logvar = batch(1, 7, 3, SEED)
    x[0, :2] = 0.0, 1.0
    values = x, logits, 0 * mu, 0 * logvar
    assert_close(ask(student, values, dtype), {"loss": oracle(*values)})


@pytest.mark.points(1)
@pytest.mark.parametrize("latents", [1, 4])
def test_divergence_of_one_code(student, oracle, latents):
    """With logits of zero, an image costs log 2 a pixel and its code's divergence, summed over latents."""
    x, logits, mu, logvar = batch(1, 5, latents, SEED + 1)
    for extreme in (logvar, 0 * logvar - 14.0, 0 * logvar + 12.0):
        values = x, 0 * logits, mu, extreme
        assert_close(ask(student, values), {"loss": oracle(*values)})


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(3, 6, 2), (5, 4, 4)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_mean_over_the_batch(student, oracle, shape, dtype):
    """A batch costs the mean of what its items cost, as a single number."""
    values = batch(*shape, SEED + 2)
    assert_close(ask(student, values, dtype), {"loss": oracle(*values)})


@pytest.mark.points(1)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [40.0, 1000.0])
def test_logits_of_any_size(student, oracle, dtype, size):
    """For very large logits the loss is still exact, and its gradients are finite and right."""
    x = np.array([[0.0, 1.0, 0.0, 1.0, 0.3, 0.6]])
    logits = size * np.array([[1.0, -1.0, -1.0, 1.0, 1.0, -1.0]])
    mu = logvar = np.zeros((1, 2))
    slope = (special.expit(logits) - x) / len(x)
    reply = ask(student, (x, logits, mu, logvar), dtype)
    assert_close(reply, {"loss": oracle(x, logits, mu, logvar)})
    check_gradient(reply, "logits", slope)


@pytest.mark.points(2)
def test_gradients(student, divergence):
    """The loss hands the right gradients to the logits, the means and the log-variances of a batch."""
    x, logits, mu, logvar = batch(3, 4, 2, SEED + 3)
    reply = ask(student, (x, logits, mu, logvar))
    check_gradient(reply, "logits", central_difference(lambda v: cross_entropy(x, v), logits) / len(x))
    check_gradient(reply, "mu", central_difference(lambda v: divergence(v, logvar), mu) / len(x))
    check_gradient(reply, "logvar", central_difference(lambda v: divergence(mu, v), logvar) / len(x))
