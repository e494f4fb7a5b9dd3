"""One step of stochastic gradient descent on the loss of a VAE (Kingma and Welling 2013, algorithm 1)."""

# ruff: noqa: F401, F821 - sample_latent and negative_elbo are the notebook's earlier functions, whoever wrote them;
# the variants' formulas need numpy or torch.nn.functional.

import numpy as np
import torch
import torch.nn.functional as F

from autograder.grading import alternative, inputs, misconception, probe, variant


def training_step(model, optimizer, x, eps):
    """Take one optimizer step on one batch, and tell how large the loss was before it.

    Args:
        model: has ``model.encode(x)``, which returns mu and <%= variant.code_spread %>, both of shape (batch, latent),
            and ``model.decode(z)``, which returns <%= variant.decoded %> for negative_elbo, of shape (batch, pixels).
        optimizer: a torch optimizer that holds the model's parameters.
        x: one batch of images, a tensor of shape (batch, pixels).
        eps: standard normal noise, a tensor of shape (batch, latent).

    Returns:
        What negative_elbo gives for the batch before the step, as a plain Python float. Only this batch decides
        about the step: nothing of earlier batches is left in the gradient.
    """
    mu, code_spread = model.encode(x)
    decoded = model.decode(sample_latent(mu, code_spread, eps))
    loss = negative_elbo(x, decoded, mu, code_spread)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@inputs
def inputs_of_a_training(rng):
    """Draw a model's seed and size, an optimizer, the scale of its weights, and a few batches with their noise."""
    items, pixels, latents, steps = rng.integers(1, 6), rng.integers(1, 6), rng.integers(1, 4), rng.integers(1, 4)
    kind, scale, rate = rng.integers(3), rng.choice([0.5, 1.0, 2.0, 4.0]), rng.choice([1e-3, 1e-2])
    images, noises = rng.uniform(0, 1, (steps, items, pixels)), rng.normal(size=(steps, items, latents))
    return int(rng.integers(10_000)), int(kind), float(scale), float(rate), images, noises


@probe
def probe_of_a_training(notebook, seed, kind, scale, rate, images, noises):
    """Train a small model, and give the losses, whether they are floats, and the parameters after the training."""
    import torch

    torch.manual_seed(seed)
    pixels, latents = images.shape[-1], noises.shape[-1]
    layers = [torch.nn.Linear(*sizes) for sizes in [(pixels, latents), (pixels, latents), (latents, pixels)]]
    model = torch.nn.ModuleList(layers).double()
    model.encode = lambda x: (model[0](x), model[1](x))
    model.decode = lambda z: model[2](z)
    for parameter in model.parameters():
        parameter.data *= scale
    options = [{}, {"momentum": 0.9}, {}][kind]
    optimizer = [torch.optim.SGD, torch.optim.SGD, torch.optim.Adam][kind](model.parameters(), lr=rate, **options)
    pairs = zip(torch.as_tensor(images), torch.as_tensor(noises), strict=True)
    losses = [notebook.training_step(model, optimizer, x, eps) for x, eps in pairs]
    return losses, [float(type(loss) is float) for loss in losses], [p.detach().numpy() for p in model.parameters()]


def loss_of(draw, measure, model, x, eps):
    """Encode, draw, decode and measure; the notebook's functions are handed over, since a grader may replace them."""
    mu, code_spread = model.encode(x)
    return measure(x, model.decode(draw(mu, code_spread, eps)), mu, code_spread)


def descend(optimizer, loss):
    """Take the step that belongs to a loss, and return it as a number."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@alternative
def training_step_clean_afterwards(model, optimizer, x, eps):
    """Clear the gradients at the end, keep them as zeros, and switch to training mode."""
    model.train()
    center, width = model.encode(x)
    z = sample_latent(mu=center, code_spread=width, eps=eps)
    loss = negative_elbo(x=x, decoded=model.decode(z), mu=center, code_spread=width)
    before = float(loss.detach())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    return before


@alternative
def training_step_written_out(model, optimizer, x, eps):
    """Write both formulas out instead of calling the earlier functions."""
    optimizer.zero_grad(set_to_none=True)
    mu, code_spread = model.encode(x)
    sigma = variant.code_sigma_of(code_spread)
    decoded = model.decode(mu + sigma * eps)
    prior = torch.distributions.Normal(variant.prior_mean, variant.prior_sd)
    kl = torch.distributions.kl_divergence(torch.distributions.Normal(mu, sigma), prior).sum()
    loss = (variant.pixel_cost(decoded).sum() + variant.beta * kl) / len(x)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy().item()


@alternative
def training_step_draw_written_out(model, optimizer, x, eps):
    """Write the draw out, call the loss, and set gradients without backward()."""
    mu, code_spread = model.encode(x)
    loss = negative_elbo(x, model.decode(mu + variant.code_sigma_of(code_spread) * eps), mu, code_spread)
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return loss.tolist()


@alternative
def training_step_with_a_closure(model, optimizer, x, eps):
    """Hand the optimizer a closure, as torch's documentation does for some optimizers."""

    def closure():
        optimizer.zero_grad()
        loss = loss_of(sample_latent, negative_elbo, model, x, eps)
        loss.backward()
        return loss

    return float(optimizer.step(closure))


@misconception(
    "let the gradients of earlier batches pile up",
    hint="Is your second step like the first of a fresh model?",
)
def training_step_without_zero_grad(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconception("cleared the gradients between the backward pass and the step", hint="Do the parameters differ?")
def training_step_cleared_too_late(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@misconception("never stepped", hint="Do the parameters differ after the call?")
def training_step_without_step(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@misconception("stepped before the backward pass", hint="Which gradient does the optimizer find?")
def training_step_too_early(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@misconception("cleared the gradients and stepped, all before the backward pass", hint="What does the optimizer find?")
def training_step_on_cleared_gradients(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


@misconception("stepped twice", hint="How many times does the optimizer move the parameters in one call?")
def training_step_two_steps(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    descend(optimizer, loss)
    optimizer.step()
    return loss.item()


@misconception("returned the loss after the step", hint="Was the number you return there before the step?")
def training_step_loss_after(model, optimizer, x, eps):
    descend(optimizer, loss_of(sample_latent, negative_elbo, model, x, eps))
    return loss_of(sample_latent, negative_elbo, model, x, eps).item()


@misconception("returned a tensor where a number is asked for", hint="What does a list of such losses keep alive?")
def training_step_tensor(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    descend(optimizer, loss)
    return loss


@misconception("returned nothing", hint="What does the function give back to the training loop?")
def training_step_nothing(model, optimizer, x, eps):
    descend(optimizer, loss_of(sample_latent, negative_elbo, model, x, eps))


@misconception("turned the sign of the returned loss around", hint="Should they rise or fall?")
def training_step_returned_elbo(model, optimizer, x, eps):
    return -descend(optimizer, loss_of(sample_latent, negative_elbo, model, x, eps))


@misconception("walked uphill", hint="Which way does the loss of one batch go over twenty steps?")
def training_step_maximized(model, optimizer, x, eps):
    return -descend(optimizer, -loss_of(sample_latent, negative_elbo, model, x, eps))


@misconception("cut the path from the decoder to the encoder", hint="Does it move when the KL is left out?")
def training_step_code_detached(model, optimizer, x, eps):
    mu, code_spread = model.encode(x)
    z = sample_latent(mu, code_spread, eps).detach()
    return descend(optimizer, negative_elbo(x, model.decode(z), mu, code_spread))


@misconception("let only the decoder learn", hint="Compare the encoder's weights before and after the step.")
def training_step_decoder_only(model, optimizer, x, eps):
    with torch.no_grad():
        mu, code_spread = model.encode(x)
    decoded = model.decode(sample_latent(mu, code_spread, eps))
    return descend(optimizer, negative_elbo(x, decoded, mu, code_spread))


@misconception("decoded the mean instead of a draw", hint="Where does eps enter your computation?")
def training_step_mean_decoded(model, optimizer, x, eps):
    mu, code_spread = model.encode(x)
    return descend(optimizer, negative_elbo(x, model.decode(mu), mu, code_spread))


@misconception("drew new noise instead of using the given one", hint="Should two calls with equal arguments differ?")
def training_step_own_noise(model, optimizer, x, eps):
    return descend(optimizer, loss_of(sample_latent, negative_elbo, model, x, torch.randn_like(eps)))


@misconception("handed on sigma where <%= variant.code_spread %> belongs", hint="What do the earlier functions want?")
def training_step_sigma_handed_on(model, optimizer, x, eps):
    mu, code_spread = model.encode(x)
    sigma = variant.code_sigma_of(code_spread)
    return descend(optimizer, negative_elbo(x, model.decode(sample_latent(mu, sigma, eps)), mu, sigma))


@misconception("put the decoder's output through a sigmoid", hint="What does negative_elbo expect of the decoder?")
def training_step_sigmoid(model, optimizer, x, eps):
    mu, code_spread = model.encode(x)
    squeezed = torch.sigmoid(model.decode(sample_latent(mu, code_spread, eps)))
    return descend(optimizer, negative_elbo(x, squeezed, mu, code_spread))


@misconception("exchanged the image and its logits", hint="Which is first?", when=variant.likelihood == "bernoulli")
def training_step_arguments_swapped(model, optimizer, x, eps):
    mu, code_spread = model.encode(x)
    decoded = model.decode(sample_latent(mu, code_spread, eps))
    return descend(optimizer, negative_elbo(decoded, x, mu, code_spread))


@misconception("exchanged mu and <%= variant.code_spread %>", hint="In which order does model.encode return them?")
def training_step_moments_swapped(model, optimizer, x, eps):
    code_spread, mu = model.encode(x)
    return descend(optimizer, negative_elbo(x, model.decode(sample_latent(mu, code_spread, eps)), mu, code_spread))


@misconception("divided the loss by the size of the batch once more", hint="Is negative_elbo a sum or a mean?")
def training_step_averaged_twice(model, optimizer, x, eps):
    return descend(optimizer, loss_of(sample_latent, negative_elbo, model, x, eps) / len(x))


@misconception("went around the optimizer that was given", hint="Who uses the memory that the optimizer has?")
def training_step_by_hand(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    rate, parameters = optimizer.param_groups[0]["lr"], list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.data -= rate * gradient
    return loss.item()


@misconception("clipped the gradients", hint="Does your optimizer get the whole gradient?")
def training_step_clipped(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
    return loss.item()


@misconception("clipped the gradients to a length of one", hint="Does your optimizer get the whole gradient?")
def training_step_clipped_at_one(model, optimizer, x, eps):
    loss = loss_of(sample_latent, negative_elbo, model, x, eps)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
