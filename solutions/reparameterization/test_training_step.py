"""Hidden grader of training_step: a tiny model, stepped and compared with finite differences.

The earlier functions, sample_latent and negative_elbo, were graded where they stand. Here simple stand-ins
take their places, so that an earlier mistake is not charged again; they are not the solution, so the probe
gives nothing away. A right answer may have written either formula out instead of calling the function: it
agrees when that one is not replaced.
"""

import numpy as np
import pytest
import torch
from scipy import special

from autograder.course.errors import StudentRaised
from autograder.grading import CheckFailed, assert_close, central_difference, check

# With this seed no partial derivative is close to zero, where Adam would turn a rounding into a step.
SEED = 33_978
NOISE_SEED = 4
RATE = 0.2
PIXELS, LATENTS, ITEMS, STEPS = 3, 2, 4, 3
REPLACED = [["sample_latent", "negative_elbo"], ["negative_elbo"], ["sample_latent"], []]
# The finite differences are far more exact than the single precision in which the tiny model works.
STEP = 1e-3


def take_steps(notebook, weights, images, noises, optimizer_name, rate, replaced, seed):
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

    def stand_in_draw(mu, logvar, eps):
        return 0.7 * mu + 0.2 * logvar * eps + 0.5 * eps + 0.1 * logvar

    def stand_in_loss(x, logits, mu, logvar):
        first = (logits - 0.4 * x).pow(2).sum() + 0.3 * (x * logits).sum()
        return (first + (0.5 * mu.pow(2) + 0.2 * mu).sum() + (0.1 * logvar.pow(2) - 0.3 * logvar).sum()) / 5

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
        "gradients": [parameter.grad is not None for parameter in model.parameters()],
    }


def loss_of(weights, x, eps, replaced):
    """The loss of one batch in numpy, with the draw and the loss either stood in for or as they should be."""
    moments = x @ weights["encoder_weight"] + weights["encoder_bias"]
    mu, logvar = moments[:, :LATENTS], moments[:, LATENTS:]
    if "sample_latent" in replaced:
        z = 0.7 * mu + 0.2 * logvar * eps + 0.5 * eps + 0.1 * logvar
    else:
        z = mu + np.exp(logvar) ** 0.5 * eps
    logits = z @ weights["decoder_weight"] + weights["decoder_bias"]
    if "negative_elbo" in replaced:
        first = ((logits - 0.4 * x) ** 2).sum() + 0.3 * (x * logits).sum()
        return (first + (0.5 * mu**2 + 0.2 * mu).sum() + (0.1 * logvar**2 - 0.3 * logvar).sum()) / 5
    cross_entropy = -(x * special.log_expit(logits) + (1 - x) * special.log_expit(-logits)).sum()
    return (cross_entropy + ((mu**2 + np.exp(logvar) - 1 - logvar) / 2).sum()) / len(x)


def after_one_step(weights, x, eps, replaced):
    """The weights after one step of plain gradient descent, with the gradient from finite differences."""
    moved = {}
    for name, weight in weights.items():
        moved[name] = weight.copy()
        for index in np.ndindex(weight.shape):
            unit = np.zeros(weight.shape)
            unit[index] = 1

            def along(t, name=name, weight=weight, unit=unit):
                return loss_of({**weights, name: weight + t * unit}, x, eps, replaced)

            moved[name][index] -= RATE * central_difference(along, 0.0, STEP)
    return moved


@pytest.fixture(scope="module")
def weights():
    """The weights of a tiny model: three pixels, two latents."""
    rng = np.random.default_rng(SEED)
    shapes = {"encoder_weight": (PIXELS, 2 * LATENTS), "encoder_bias": (2 * LATENTS,)}
    shapes |= {"decoder_weight": (LATENTS, PIXELS), "decoder_bias": (PIXELS,)}
    return {name: rng.normal(0, 0.7, shape) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def batches():
    """Images and noise of three batches."""
    rng = np.random.default_rng(SEED + 1)
    return rng.uniform(0, 1, (STEPS, ITEMS, PIXELS)), rng.normal(size=(STEPS, ITEMS, LATENTS))


def ask(whom, weights, batches, replaced, steps=1, optimizer="SGD", rate=RATE):
    """Run the probe in single precision, in which the notebook works too."""

    def single(array):
        return torch.tensor(array, dtype=torch.float32)

    images, noises = ([single(array) for array in arrays[:steps]] for arrays in batches)
    given = {name: single(weight) for name, weight in weights.items()}
    return whom.run(take_steps, given, images, noises, optimizer, rate, replaced, NOISE_SEED)


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
def test_returns_the_loss_before_the_step(student, weights, batches):
    """The returned value is the loss of the batch before the step, as a plain Python float."""

    def hold(replaced):
        reply = ask(student, weights, batches, replaced)
        types = reply.get("types") if isinstance(reply, dict) else None
        kind = types[0] if isinstance(types, list) and types else None
        check(isinstance(kind, str) and kind == "float", "returned something else than a plain Python float")
        assert_close(reply, {"losses": (loss_of(weights, batches[0][0], batches[1][0], replaced),)})

    holds_somewhere(hold)


@pytest.mark.points(1)
def test_moves_the_decoder(student, weights, batches):
    """One step of gradient descent moves the decoder's parameters to where the gradient of the loss says."""

    def hold(replaced):
        moved = after_one_step(weights, batches[0][0], batches[1][0], replaced)
        reply = ask(student, weights, batches, replaced)
        assert_close(reply, {"decoder": (moved["decoder_weight"], moved["decoder_bias"])})

    holds_somewhere(hold)


@pytest.mark.points(2)
def test_moves_the_encoder(student, weights, batches):
    """One step moves the encoder too: its gradient comes both through the draw and from the loss directly."""

    def hold(replaced):
        moved = after_one_step(weights, batches[0][0], batches[1][0], replaced)
        reply = ask(student, weights, batches, replaced)
        assert_close(reply, {"encoder": (moved["encoder_weight"], moved["encoder_bias"])})

    holds_somewhere(hold)


@pytest.mark.points(2)
@pytest.mark.parametrize(("optimizer", "rate"), [("SGD", RATE), ("Adam", 0.05)])
def test_several_steps(student, reference, weights, batches, optimizer, rate):
    """Several steps on different batches go where the optimizer leads: each uses its own gradient only."""

    def hold(replaced):
        expected = ask(reference, weights, batches, replaced, STEPS, optimizer, rate)
        reply = ask(student, weights, batches, replaced, STEPS, optimizer, rate)
        assert_close(reply, {key: tuple(expected[key]) for key in ("encoder", "decoder")})

    holds_somewhere(hold)
