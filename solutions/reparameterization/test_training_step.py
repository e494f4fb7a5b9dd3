"""Hidden grader of training_step: a tiny model, stepped and compared with finite differences.

The earlier functions, sample_latent and negative_elbo, were graded where they stand. Here simple stand-ins
take their places, so that an earlier mistake is not charged again; they are not the solution, so the probe
gives nothing away. A right answer may have written either formula out instead of calling the function: it
agrees when that one is not replaced.
"""

import functools
from typing import NamedTuple

import numpy as np
import pytest
import torch
from scipy import special, stats

from autograder.course.errors import StudentRaised
from autograder.grading import CheckFailed, assert_close, central_difference, check

# With this seed no partial derivative is close to zero, where Adam would turn a rounding into a step.
SEED = 33_978
NOISE_SEED = 4
RATE = 0.02
PIXELS, LATENTS, ITEMS, STEPS = 3, 2, 4, 3
REPLACED = [["sample_latent", "negative_elbo"], ["negative_elbo"], ["sample_latent"], []]
# The finite differences are far more exact than the single precision in which the tiny model works.
STEP = 1e-3
# By how much the weights are larger where the gradient shall be steep; there the rate is smaller.
STEEP, STEEP_RATE = {"log sigma": 3.0, "log-variance": 4.0, "softplus": 3.0}, 1e-4
SIGMA = {
    "log sigma": np.exp,
    "log-variance": lambda logvar: np.exp(logvar) ** 0.5,
    "softplus": lambda rho: np.log1p(np.exp(rho)),
}


def take_steps(notebook, weights, images, noises, optimizer_name, rate, replaced, names, seed):
    """Build a tiny model, call training_step once for every batch, and show what became of everything."""
    import torch

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for name, weight in weights.items():
                setattr(self, name, torch.nn.Parameter(torch.as_tensor(weight).clone()))

        def encode(self, x):
            moments = x @ self.encoder_weight + self.encoder_bias
            return moments[:, : noises[0].shape[1]], moments[:, noises[0].shape[1] :]

        def decode(self, z):
            return z @ self.decoder_weight + self.decoder_bias

    spread_name, out_name = names

    def stand_in_draw(*args, **kwargs):
        given = dict(zip(("mu", spread_name, "eps"), args, strict=False)) | kwargs
        mu, spread, eps = given["mu"], given[spread_name], given["eps"]
        return 0.7 * mu + 0.2 * spread * eps + 0.5 * eps + 0.1 * spread

    def stand_in_loss(*args, **kwargs):
        given = dict(zip(("x", out_name, "mu", spread_name), args, strict=False)) | kwargs
        x, out, mu, spread = given["x"], given[out_name], given["mu"], given[spread_name]
        first = (out - 0.4 * x).pow(2).sum() + 0.3 * (x * out).sum()
        return (first + (0.5 * mu.pow(2) + 0.2 * mu).sum() + (0.1 * spread.pow(2) - 0.3 * spread).sum()) / 5

    if "sample_latent" in replaced:
        notebook.sample_latent = stand_in_draw
    if "negative_elbo" in replaced:
        notebook.negative_elbo = stand_in_loss
    torch.manual_seed(seed)
    model = Model()
    momentum = {"momentum": 0.9} if optimizer_name == "SGD" and len(images) > 1 else {}
    optimizer = getattr(torch.optim, optimizer_name)(model.parameters(), lr=rate, **momentum)
    calls = []
    optimizer.register_step_post_hook(lambda *_: calls.append("step"))
    losses = [notebook.training_step(model, optimizer, x, eps) for x, eps in zip(images, noises, strict=True)]
    parameters = {name: parameter.detach() for name, parameter in model.named_parameters()}
    return {
        "losses": [float(loss) if isinstance(loss, float) else None for loss in losses],
        "types": ["float" if isinstance(loss, float) else type(loss).__name__ for loss in losses],
        "encoder": [parameters["encoder_weight"], parameters["encoder_bias"]],
        "decoder": [parameters["decoder_weight"], parameters["decoder_bias"]],
        "steps": len(calls),
        "batches": [*images, *noises],
        "gradients": [parameter.grad is not None for parameter in model.parameters()],
    }


class Loss(NamedTuple):
    """What the loss depends on in a variant."""

    encoder: str
    likelihood: str
    pixel_sd: float | None
    beta: float
    prior_mean: float
    prior_sd: float


def code_cost(loss, mu, sigma):
    """The KL divergence of codes from the prior, all in one sum."""
    ratio, distance = sigma / loss.prior_sd, (mu - loss.prior_mean) / loss.prior_sd
    return ((distance**2 + ratio**2 - 1) / 2 - np.log(ratio)).sum()


def loss_of(loss, weights, x, eps, replaced):
    """The loss of one batch in numpy, with the draw and the loss either stood in for or as they should be."""
    moments = x @ weights["encoder_weight"] + weights["encoder_bias"]
    mu, spread = moments[:, :LATENTS], moments[:, LATENTS:]
    sigma = SIGMA[loss.encoder](spread)
    z = 0.7 * mu + 0.2 * spread * eps + 0.5 * eps + 0.1 * spread if "sample_latent" in replaced else mu + sigma * eps
    out = z @ weights["decoder_weight"] + weights["decoder_bias"]
    if "negative_elbo" in replaced:
        first = ((out - 0.4 * x) ** 2).sum() + 0.3 * (x * out).sum()
        return (first + (0.5 * mu**2 + 0.2 * mu).sum() + (0.1 * spread**2 - 0.3 * spread).sum()) / 5
    if loss.likelihood == "gaussian":
        pixels = -stats.norm.logpdf(x, out, loss.pixel_sd).sum()
    else:
        pixels = -(x * special.log_expit(out) + (1 - x) * special.log_expit(-out)).sum()
    return (pixels + loss.beta * code_cost(loss, mu, sigma)) / len(x)


def weights_of(scale):
    """The weights of a tiny model: three pixels, two latents."""
    rng = np.random.default_rng(SEED)
    shapes = {"encoder_weight": (PIXELS, 2 * LATENTS), "encoder_bias": (2 * LATENTS,)}
    shapes |= {"decoder_weight": (LATENTS, PIXELS), "decoder_bias": (PIXELS,)}
    return {name: scale * rng.normal(0, 0.7, shape) for name, shape in shapes.items()}


def batches_of(steps):
    """Images and noise of some batches."""
    rng = np.random.default_rng(SEED + 1)
    return rng.uniform(0, 1, (steps, ITEMS, PIXELS)), rng.normal(size=(steps, ITEMS, LATENTS))


@functools.cache
def gradient_of(loss, scale, replaced):
    """The loss's gradient by finite differences; every wrong answer asks for the same ones.

    Args:
        loss: the numbers of the variant that the loss depends on.
        scale: of the weights.
        replaced: which functions stand-ins replace.
    """
    weights, (images, noises) = weights_of(scale), batches_of(STEPS)
    gradient = {}
    for name, weight in weights.items():
        gradient[name] = np.empty(weight.shape)
        for index in np.ndindex(weight.shape):
            unit = np.zeros(weight.shape)
            unit[index] = 1

            def along(t, name=name, weight=weight, unit=unit):
                return loss_of(loss, {**weights, name: weight + t * unit}, images[0], noises[0], replaced)

            gradient[name][index] = central_difference(along, 0.0, STEP)
    return gradient


@pytest.fixture
def loss(variant):
    """What the loss depends on in the variant."""
    pixel_sd = variant.pixel_sd if variant.likelihood == "gaussian" else None
    return Loss(variant.encoder, variant.likelihood, pixel_sd, variant.beta, variant.prior_mean, variant.prior_sd)


@pytest.fixture
def weights():
    """The weights where the loss is gentle."""
    return weights_of(1.0)


@pytest.fixture
def batches():
    """Images and noise of three batches."""
    return batches_of(STEPS)


@pytest.fixture
def after_one_step(loss):
    """``after_one_step(scale, rate, replaced)``: where gradient descent leads the weights."""

    def step(scale, rate, replaced):
        gradient = gradient_of(loss, scale, tuple(replaced))
        return {name: weight - rate * gradient[name] for name, weight in weights_of(scale).items()}

    return step


@pytest.fixture
def slope(variant):
    """``slope(steep)``: the scale of the weights with a rate, where the loss is gentle or where it is steep."""
    return lambda steep: (STEEP[variant.encoder], STEEP_RATE) if steep else (1.0, RATE)


@pytest.fixture
def ask(variant):
    """``ask(whom, …)``: run the probe in single precision, in which the notebook works too."""

    def single(array):
        return torch.tensor(array, dtype=torch.float32)

    def run(whom, weights, batches, replaced, steps=1, optimizer="SGD", rate=RATE):
        images, noises = ([single(array) for array in arrays[:steps]] for arrays in batches)
        given = {name: single(weight) for name, weight in weights.items()}
        names = str(variant.code_spread), str(variant.decoded)
        return whom.run(take_steps, given, images, noises, optimizer, rate, replaced, names, NOISE_SEED)

    return run


def holds_somewhere(hold):
    """Try a check with every choice of stand-ins; when none agrees, the first failure counts."""
    first = None
    for replaced in REPLACED:
        try:
            return hold(replaced)
        except (CheckFailed, StudentRaised) as failure:
            first = first or failure
    raise first


@pytest.mark.points(1)
def test_returns_the_loss_before_the_step(student, loss, ask, weights, batches):
    """The returned value is the loss of the batch before the step, a plain Python float; the batch stays as it was."""

    def hold(replaced):
        reply = ask(student, weights, batches, replaced)
        types = reply.get("types") if isinstance(reply, dict) else None
        kind = types[0] if isinstance(types, list) and types else None
        check(isinstance(kind, str) and kind == "float", "returned something else than a plain Python float")
        assert_close(reply, {"losses": (loss_of(loss, weights, batches[0][0], batches[1][0], replaced),)})
        try:
            assert_close(reply, {"batches": (batches[0][0], batches[1][0])}, rtol=1e-6)
        except CheckFailed:
            raise CheckFailed("changed the batch in place") from None

    holds_somewhere(hold)


@pytest.mark.points(1)
@pytest.mark.parametrize("steep", [False, True])
def test_moves_the_decoder(student, ask, after_one_step, slope, batches, steep):
    """One step of gradient descent moves the decoder's parameters to where the gradient of the loss says."""
    scale, rate = slope(steep)

    def hold(replaced):
        moved = after_one_step(scale, rate, replaced)
        reply = ask(student, weights_of(scale), batches, replaced, rate=rate)
        assert_close(reply, {"decoder": (moved["decoder_weight"], moved["decoder_bias"])})

    holds_somewhere(hold)


@pytest.mark.points(2)
@pytest.mark.parametrize("steep", [False, True])
def test_moves_the_encoder(student, ask, after_one_step, slope, batches, steep):
    """One step moves the encoder too: its gradient comes both through the draw and from the loss directly."""
    scale, rate = slope(steep)

    def hold(replaced):
        moved = after_one_step(scale, rate, replaced)
        reply = ask(student, weights_of(scale), batches, replaced, rate=rate)
        assert_close(reply, {"encoder": (moved["encoder_weight"], moved["encoder_bias"])})

    holds_somewhere(hold)


@pytest.mark.points(2)
@pytest.mark.parametrize(("optimizer", "rate"), [("SGD", RATE / 10), ("Adam", 0.05)])
def test_several_steps(student, reference, ask, weights, batches, optimizer, rate):
    """Several steps on different batches go where the optimizer leads: each uses its own gradient only."""

    def hold(replaced):
        expected = ask(reference, weights, batches, replaced, STEPS, optimizer, rate)
        reply = ask(student, weights, batches, replaced, STEPS, optimizer, rate)
        assert_close(reply, {key: tuple(expected[key]) for key in ("encoder", "decoder")})

    holds_somewhere(hold)
