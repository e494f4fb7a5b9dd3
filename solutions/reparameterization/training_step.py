"""One step of stochastic gradient descent on the negative ELBO (Kingma and Welling 2013, algorithm 1)."""

# ruff: noqa: F821 - sample_latent and negative_elbo are the notebook's earlier functions, whoever wrote them.

import torch
import torch.nn.functional as F

from autograder.grading import alternative, misconception


def training_step(model, optimizer, x, eps):
    """Take one optimizer step on one batch, and tell how large the loss was before it.

    Args:
        model: has ``model.encode(x)``, which returns (mu, logvar), each of shape (batch, latent), and
            ``model.decode(z)``, which returns logits of shape (batch, pixels).
        optimizer: a torch optimizer that holds the model's parameters.
        x: one batch of images, a tensor of shape (batch, pixels).
        eps: standard normal noise, a tensor of shape (batch, latent).

    Returns:
        The negative ELBO of the batch before the step, as a plain Python float. Only this batch decides
        about the step: nothing of earlier batches is left in the gradient.
    """
    mu, logvar = model.encode(x)
    logits = model.decode(sample_latent(mu, logvar, eps))
    loss = negative_elbo(x, logits, mu, logvar)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@alternative
def training_step_clean_afterwards(model, optimizer, x, eps):
    """Clear the gradients at the end, keep them as zeros, and switch to training mode."""
    model.train()
    mean, log_variance = model.encode(x)
    z = sample_latent(mu=mean, logvar=log_variance, eps=eps)
    loss = negative_elbo(x=x, logits=model.decode(z), mu=mean, logvar=log_variance)
    before = float(loss.detach())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    return before


@alternative
def training_step_written_out(model, optimizer, x, eps):
    """Write both formulas out instead of calling the earlier functions."""
    optimizer.zero_grad(set_to_none=True)
    mu, logvar = model.encode(x)
    z = mu + torch.exp(logvar / 2) * eps
    logits = model.decode(z)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - torch.exp(logvar))
    loss = (reconstruction + kl) / len(x)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy().item()


@alternative
def training_step_draw_written_out(model, optimizer, x, eps):
    """Write the draw out, call the loss, and set gradients without backward()."""
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(mu + logvar.mul(0.5).exp() * eps), mu, logvar)
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
        mu, logvar = model.encode(x)
        loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
        loss.backward()
        return loss

    return float(optimizer.step(closure))


def descend(optimizer, loss):
    """Take the step that belongs to a loss, and return it as a number."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


@misconception(
    "let the gradients of earlier batches pile up",
    hint="Compare the second step with the first step of a fresh copy of the model.",
)
def training_step_without_zero_grad(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    loss.backward()
    optimizer.step()
    return loss.item()


@misconception(
    "cleared the gradients between the backward pass and the step",
    hint="Do the parameters differ after the step?",
)
def training_step_cleared_too_late(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@misconception("never stepped", hint="Do the parameters differ after the call?")
def training_step_without_step(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@misconception(
    "stepped before the backward pass",
    hint="Which gradient does the optimizer find at the moment of its step?",
)
def training_step_too_early(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@misconception(
    "cleared the gradients and stepped before the backward pass",
    hint="Which gradient does the optimizer find at the moment of its step?",
)
def training_step_on_cleared_gradients(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


@misconception("stepped twice", hint="How many times does the optimizer move the parameters in one call?")
def training_step_two_steps(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    descend(optimizer, loss)
    optimizer.step()
    return loss.item()


@misconception("returned the loss after the step", hint="Was the number you return there before the step?")
def training_step_loss_after(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    descend(optimizer, loss)
    mu, logvar = model.encode(x)
    return negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar).item()


@misconception(
    "returned a tensor where a number is asked for",
    hint="Keep the results of a thousand steps in a list: what else does that list keep alive?",
)
def training_step_tensor(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    descend(optimizer, loss)
    return loss


@misconception("returned nothing", hint="What does the function give back to the training loop?")
def training_step_nothing(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    descend(optimizer, loss)


@misconception(
    "returned the ELBO where its negative is asked for",
    hint="Should the returned numbers rise or fall during the training?",
)
def training_step_returned_elbo(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    return -descend(optimizer, loss)


@misconception(
    "walked uphill",
    hint="Print the loss of one batch over twenty steps: which way does it go?",
)
def training_step_maximized(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    return -descend(optimizer, -loss)


@misconception(
    "cut the path from the decoder to the encoder",
    hint="Is the encoder moving when the KL term is left out of the loss?",
)
def training_step_code_detached(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    z = sample_latent(mu, logvar, eps).detach()
    return descend(optimizer, negative_elbo(x, model.decode(z), mu, logvar))


@misconception("let only the decoder learn", hint="Compare the encoder's weights before and after the step.")
def training_step_decoder_only(model, optimizer, x, eps):
    with torch.no_grad():
        mu, logvar = model.encode(x)
    return descend(optimizer, negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar))


@misconception("decoded the mean instead of a draw", hint="Where does eps enter your computation?")
def training_step_mean_decoded(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    return descend(optimizer, negative_elbo(x, model.decode(mu), mu, logvar))


@misconception(
    "drew new noise instead of using the given one",
    hint="Two copies of a model, the same batch, the same eps: should their losses differ?",
)
def training_step_own_noise(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, torch.randn_like(eps))), mu, logvar)
    return descend(optimizer, loss)


@misconception(
    "handed on the standard deviation where the log-variance belongs",
    hint="In which form does the encoder give the spread, and in which do the earlier functions want it?",
)
def training_step_sigma_handed_on(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    sigma = torch.exp(0.5 * logvar)
    return descend(optimizer, negative_elbo(x, model.decode(sample_latent(mu, sigma, eps)), mu, sigma))


@misconception(
    "handed probabilities to a loss that wants logits",
    hint="What does model.decode return, and what does negative_elbo expect?",
)
def training_step_probabilities(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    probabilities = torch.sigmoid(model.decode(sample_latent(mu, logvar, eps)))
    return descend(optimizer, negative_elbo(x, probabilities, mu, logvar))


@misconception("exchanged the image and the logits", hint="In which order does negative_elbo take them?")
def training_step_arguments_swapped(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    return descend(optimizer, negative_elbo(model.decode(sample_latent(mu, logvar, eps)), x, mu, logvar))


@misconception(
    "exchanged mean and log-variance",
    hint="In which order does model.encode return its two results?",
)
def training_step_moments_swapped(model, optimizer, x, eps):
    logvar, mu = model.encode(x)
    return descend(optimizer, negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar))


@misconception(
    "divided the loss by the size of the batch once more",
    hint="Does negative_elbo return a sum over the batch, or the mean already?",
)
def training_step_averaged_twice(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    return descend(optimizer, loss / len(x))


@misconception(
    "went around the optimizer that was given",
    hint="The optimizer has a memory of its own. Who uses it in your function?",
)
def training_step_by_hand(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    optimizer.zero_grad()
    loss.backward()
    with torch.no_grad():
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter -= group["lr"] * parameter.grad
    return loss.item()


@misconception(
    "cut the gradient off at a length",
    hint="Which step does the docstring ask for, and does your optimizer get the whole gradient for it?",
)
def training_step_clipped(model, optimizer, x, eps):
    mu, logvar = model.encode(x)
    loss = negative_elbo(x, model.decode(sample_latent(mu, logvar, eps)), mu, logvar)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
