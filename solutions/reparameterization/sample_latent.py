"""A latent draw from what the encoder puts out (Kingma and Welling 2013, section 2.4)."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import torch
import torch.nn.functional as F

from autograder.grading import alternative, inputs, misconception, probe, variant


def sample_latent(mu, code_spread, eps):
    """Draw latent codes from N(mu, sigma^2), with the randomness supplied from outside.

    Args:
        mu: means, a tensor of any shape, usually (batch, latent).
    <% if variant.encoder == "log-variance" %>
        logvar: logarithms of the variances sigma^2, a tensor of the same shape.
    <% elif variant.encoder == "log sigma" %>
        log_sigma: logarithms of the standard deviations sigma, a tensor of the same shape.
    <% else %>
        rho: real numbers of any size whose softplus log(1 + exp(rho)) is the standard deviation sigma, a tensor of the
            same shape.
    <% endif %>
        eps: standard normal noise, a tensor of the same shape. It is used as it is: nothing is drawn here.

    Returns:
        z, a tensor of the same shape. Gradients flow through it to mu and to <%= variant.code_spread %>.
    """
    return mu + variant.code_sigma_of(code_spread) * eps


@inputs
def inputs_of_a_draw(rng):
    """Draw means, spreads, noise and a gradient from above: any shape, both precisions, small and large spreads."""
    import numpy as np

    shape = [(), (1,), (6,), (3, 4), (1, 5), (2, 3, 2)][rng.integers(6)]
    largest = (90.0, 110.0) if variant.encoder == "softplus" else (6.0, 9.0)
    low, high = [(-2.5, 1.5), (-2.5, 1.5), (-9.0, -3.0), largest][rng.integers(4)]
    arrays = rng.normal(0, 2, shape), rng.uniform(low, high, shape), rng.normal(size=shape), rng.normal(size=shape)
    dtype = [np.float32, np.float64][rng.integers(2)]
    return tuple(np.asarray(array, dtype=dtype) for array in arrays)


@probe
def probe_of_a_draw(notebook, mu, given, eps, upstream):
    """Give the draw, the gradients that it passes on, and the arguments as they are afterwards."""
    import torch

    torch.manual_seed(0)
    leaves = [torch.as_tensor(array).clone().requires_grad_() for array in (mu, given)]
    arguments = [*(leaf.clone() for leaf in leaves), torch.as_tensor(eps).clone()]
    before = [argument.detach().clone() for argument in arguments]
    z = notebook.sample_latent(*arguments)
    value = z.detach().clone()
    untouched = [float(torch.equal(argument, old)) for argument, old in zip(arguments, before, strict=True)]
    if z.requires_grad:
        (z * torch.as_tensor(upstream)).sum().backward()
    gradients = [torch.full((), torch.nan) if leaf.grad is None else leaf.grad for leaf in leaves]
    return value.numpy(), [gradient.numpy() for gradient in gradients], untouched


@alternative(when=variant.encoder == "log-variance")
def sample_latent_square_root(mu, code_spread, eps):
    """Take the root of the variance."""
    sigma = code_spread.exp().sqrt()
    return torch.addcmul(mu, sigma, eps)


@alternative(when=variant.encoder == "log sigma")
def sample_latent_power(mu, code_spread, eps):
    """Write the exponential as a power."""
    return torch.addcmul(mu, torch.pow(torch.e, code_spread), eps)


@alternative(when=variant.encoder == "softplus")
def sample_latent_logaddexp(mu, code_spread, eps):
    """Write softplus as the logarithm of a sum of exponentials."""
    return torch.addcmul(mu, torch.logaddexp(code_spread, torch.zeros_like(code_spread)), eps)


@alternative(when=variant.encoder == "softplus")
def sample_latent_logsigmoid(mu, code_spread, eps):
    """Write softplus as a log-sigmoid."""
    return mu - F.logsigmoid(-code_spread) * eps


@alternative
def sample_latent_through_a_distribution(mu, code_spread, eps):
    """Let torch's Normal hold the moments, and scale the given noise by them."""
    normal = torch.distributions.Normal(mu, variant.code_sigma_of(code_spread))
    return normal.loc + normal.scale * eps


@alternative
def sample_latent_through_a_transform(mu, code_spread, eps):
    """Write the affine map as a transform of torch.distributions."""
    return torch.distributions.AffineTransform(mu, variant.code_sigma_of(code_spread))(eps)


@misconception("scaled the noise by the variance", hint="Which has the units of z, sigma or sigma squared?")
def sample_latent_scaled_by_variance(mu, code_spread, eps):
    return mu + variant.code_sigma_of(code_spread) ** 2 * eps


@misconception(
    "halved the logarithm once too often",
    hint="Draw many codes with logvar = log 4: what should their standard deviation be, and what is it?",
    when=variant.encoder == "log-variance",
)
def sample_latent_quarter(mu, code_spread, eps):
    return mu + torch.exp(0.25 * code_spread) * eps


@misconception(
    "read log sigma as the log-variance",
    hint="Draw many codes with log_sigma = log 4: what should their standard deviation be, and what is it?",
    when=variant.encoder == "log sigma",
)
def sample_latent_read_as_log_variance(mu, code_spread, eps):
    return mu + torch.exp(0.5 * code_spread) * eps


@misconception(
    "scaled the noise by log sigma itself",
    hint="The network puts out a logarithm. Can a scale be negative, as this one can?",
    when=variant.encoder != "softplus",
)
def sample_latent_logarithm_as_scale(mu, code_spread, eps):
    return mu + torch.log(variant.code_sigma_of(code_spread)) * eps


@misconception(
    "scaled the noise by what the encoder puts out, as it is",
    hint="The network puts out any real number. Can a scale be negative, as this one can?",
    when=variant.encoder != "log sigma",
)
def sample_latent_raw_spread_as_scale(mu, code_spread, eps):
    return mu + code_spread * eps


@misconception(
    "turned <%= variant.code_spread %> into a scale by softplus",
    hint="Which function undoes a logarithm?",
    when=variant.encoder != "softplus",
)
def sample_latent_softplus(mu, code_spread, eps):
    return mu + F.softplus(code_spread) * eps


@misconception(
    "turned rho into a scale by the exponential",
    hint="Which function of rho is sigma here, and how do the two differ for a large rho?",
    when=variant.encoder == "softplus",
)
def sample_latent_exponential(mu, code_spread, eps):
    return mu + torch.exp(code_spread) * eps


@misconception(
    "treated rho as the log-variance",
    hint="Which function of rho is sigma here, and how do the two differ for a large rho?",
    when=variant.encoder == "softplus",
)
def sample_latent_log_variance(mu, code_spread, eps):
    return mu + torch.exp(0.5 * code_spread) * eps


@misconception(
    "cut rho off at zero, with a ReLU in the place of softplus",
    hint="How large is your sigma for a negative rho, and which gradient does the encoder get there?",
    when=variant.encoder == "softplus",
)
def sample_latent_relu(mu, code_spread, eps):
    return mu + F.relu(code_spread) * eps


@misconception(
    "took the sigmoid, which is the derivative of softplus",
    hint="How large can your sigma become, and how large should it be able to become?",
    when=variant.encoder == "softplus",
)
def sample_latent_sigmoid(mu, code_spread, eps):
    return mu + torch.sigmoid(code_spread) * eps


@misconception(
    "took the root of softplus, as if that were the variance",
    hint="What is softplus(rho) here, sigma or its square?",
    when=variant.encoder == "softplus",
)
def sample_latent_root_of_softplus(mu, code_spread, eps):
    return mu + F.softplus(code_spread).sqrt() * eps


@misconception(
    "let the exponential inside softplus overflow",
    hint="Compute your sigma for rho = 100, in single precision. What should it be?",
    when=variant.encoder == "softplus",
)
def sample_latent_overflowing(mu, code_spread, eps):
    return mu + torch.log1p(torch.exp(code_spread)) * eps


@misconception(
    "brought the prior into the draw",
    hint="From which distribution is the code of an image drawn, and where does the prior enter the loss?",
    when=(variant.prior_mean, variant.prior_sd) != (0, 1),
)
def sample_latent_with_prior(mu, code_spread, eps):
    return mu + variant.code_sigma_of(code_spread) * (variant.prior_mean + variant.prior_sd * eps)


@misconception("exchanged the roles of mean and scale", hint="Put eps = 0 and look at what remains.")
def sample_latent_roles_swapped(mu, code_spread, eps):
    return mu * eps + variant.code_sigma_of(code_spread)


@misconception("subtracted the noise", hint="A positive eps should move z to which side of the mean?")
def sample_latent_subtracted(mu, code_spread, eps):
    return mu - variant.code_sigma_of(code_spread) * eps


@misconception("left out the mean", hint="Put eps = 0 and look at what remains.")
def sample_latent_without_mean(mu, code_spread, eps):
    return variant.code_sigma_of(code_spread) * eps


@misconception(
    "used the same noise for every item of the batch",
    hint="How many numbers does eps hold, and how many of them reach z?",
)
def sample_latent_one_noise_per_batch(mu, code_spread, eps):
    return mu + variant.code_sigma_of(code_spread) * (eps[:1] if eps.dim() > 1 else eps)


@misconception(
    "drew new noise instead of using the given one",
    hint="Call the function twice with the same three arguments: should the results differ?",
)
def sample_latent_own_noise(mu, code_spread, eps):
    return mu + variant.code_sigma_of(code_spread) * torch.randn_like(code_spread)


@misconception(
    "let torch draw the sample, which ends the graph there",
    hint="Ask the result for its grad_fn. Where do mu and <%= variant.code_spread %> enter as tensor operations?",
)
def sample_latent_plain_draw(mu, code_spread, eps):
    return torch.distributions.Normal(mu, variant.code_sigma_of(code_spread)).sample()


@misconception("cut z out of the graph", hint="The numbers are right. What leaves the graph before the result?")
def sample_latent_detached(mu, code_spread, eps):
    return (mu + variant.code_sigma_of(code_spread) * eps).detach()


@misconception("cut the scale out of the graph", hint="One of the two paths into z carries no gradient. Which one?")
def sample_latent_scale_detached(mu, code_spread, eps):
    return mu + variant.code_sigma_of(code_spread).detach() * eps


@misconception("cut the mean out of the graph", hint="One of the two paths into z carries no gradient. Which one?")
def sample_latent_mean_detached(mu, code_spread, eps):
    return mu.data + variant.code_sigma_of(code_spread) * eps


@misconception("changed the noise in place", hint="Print eps before and after the call.")
def sample_latent_noise_in_place(mu, code_spread, eps):
    return eps.mul_(variant.code_sigma_of(code_spread)).add_(mu)


@misconception(
    "changed the encoder's <%= variant.code_spread %> in place",
    hint="The loss needs <%= variant.code_spread %> too, after the draw. Is it still what the encoder gave?",
)
def sample_latent_spread_in_place(mu, code_spread, eps):
    return mu + code_spread.copy_(variant.code_sigma_of(code_spread)) * eps


@misconception(
    "kept <%= variant.code_spread %> within bounds",
    hint="Which law do the draws follow when <%= variant.code_spread %> is very negative or very large?",
)
def sample_latent_clamped(mu, code_spread, eps):
    return mu + variant.code_sigma_of(code_spread.clamp(-6, 6)) * eps


@misconception("added a small number to the variance", hint="Can the variance be zero?")
def sample_latent_padded(mu, code_spread, eps):
    sigma = variant.code_sigma_of(code_spread)
    return mu + torch.sqrt(sigma**2 + 1e-6) * eps
