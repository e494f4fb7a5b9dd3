"""A latent draw from a log-variance head (Kingma and Welling 2013, section 2.4)."""

import torch

from autograder.grading import alternative, misconception


def sample_latent(mu, logvar, eps):
    """Draw latent codes from N(mu, sigma^2), with the randomness supplied from outside.

    Args:
        mu: means, a tensor of any shape, usually (batch, latent).
        logvar: logarithms of the variances sigma^2, a tensor of the same shape.
        eps: standard normal noise, a tensor of the same shape. It is used as it is: nothing is drawn here.

    Returns:
        z, a tensor of the same shape. Gradients flow through it to mu and to logvar.
    """
    return mu + torch.exp(0.5 * logvar) * eps


@alternative
def sample_latent_square_root(mu, logvar, eps):
    """Take the root of the variance."""
    sigma = logvar.exp().sqrt()
    return torch.addcmul(mu, sigma, eps)


@alternative
def sample_latent_through_a_distribution(mu, logvar, eps):
    """Let torch's Normal hold the moments, and scale the given noise by them."""
    normal = torch.distributions.Normal(mu, torch.exp(logvar / 2))
    return normal.loc + normal.scale * eps


@alternative
def sample_latent_through_a_transform(mu, logvar, eps):
    """Write the affine map as a transform of torch.distributions."""
    return torch.distributions.AffineTransform(mu, torch.pow(torch.e, 0.5 * logvar))(eps)


@misconception("scaled the noise by the variance", hint="Which has the units of z, sigma or sigma squared?")
def sample_latent_scaled_by_variance(mu, logvar, eps):
    return mu + torch.exp(logvar) * eps


@misconception(
    "halved the logarithm once too often",
    hint="Draw many codes with logvar = log 4: what should their standard deviation be, and what is it?",
)
def sample_latent_quarter(mu, logvar, eps):
    return mu + torch.exp(0.25 * logvar) * eps


@misconception(
    "scaled the noise by log sigma itself",
    hint="The network puts out a logarithm. Can a scale be negative, as this one can?",
)
def sample_latent_logarithm_as_scale(mu, logvar, eps):
    return mu + 0.5 * logvar * eps


@misconception(
    "turned logvar into a scale by softplus",
    hint="Which function undoes a logarithm?",
)
def sample_latent_softplus(mu, logvar, eps):
    return mu + torch.nn.functional.softplus(logvar) * eps


@misconception("exchanged the roles of mean and scale", hint="Put eps = 0 and look at what remains.")
def sample_latent_roles_swapped(mu, logvar, eps):
    return mu * eps + torch.exp(0.5 * logvar)


@misconception("subtracted the noise", hint="A positive eps should move z to which side of the mean?")
def sample_latent_subtracted(mu, logvar, eps):
    return mu - torch.exp(0.5 * logvar) * eps


@misconception("left out the mean", hint="Put eps = 0 and look at what remains.")
def sample_latent_without_mean(mu, logvar, eps):
    return torch.exp(0.5 * logvar) * eps


@misconception(
    "used the same noise for every item of the batch",
    hint="How many numbers does eps hold, and how many of them reach z?",
)
def sample_latent_one_noise_per_batch(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * (eps[:1] if eps.dim() > 1 else eps)


@misconception(
    "drew new noise instead of using the given one",
    hint="Call the function twice with the same three arguments: should the results differ?",
)
def sample_latent_own_noise(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(logvar)


@misconception(
    "let torch draw the sample, which ends the graph there",
    hint="Ask the result for its grad_fn. Where do mu and logvar enter as tensor operations?",
)
def sample_latent_plain_draw(mu, logvar, eps):
    return torch.distributions.Normal(mu, torch.exp(0.5 * logvar)).sample()


@misconception(
    "cut z out of the graph",
    hint="The numbers are right. What leaves the graph between the arguments and the result?",
)
def sample_latent_detached(mu, logvar, eps):
    return (mu + torch.exp(0.5 * logvar) * eps).detach()


@misconception(
    "cut the scale out of the graph",
    hint="One of the two paths into z carries no gradient. Which one?",
)
def sample_latent_scale_detached(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar).detach() * eps


@misconception(
    "cut the mean out of the graph",
    hint="One of the two paths into z carries no gradient. Which one?",
)
def sample_latent_mean_detached(mu, logvar, eps):
    return mu.data + torch.exp(0.5 * logvar) * eps


@misconception("changed the noise in place", hint="Print eps before and after the call.")
def sample_latent_noise_in_place(mu, logvar, eps):
    return eps.mul_(torch.exp(0.5 * logvar)).add_(mu)


@misconception(
    "changed the log-variances in place",
    hint="The loss needs logvar too, after the draw. Is it still what the encoder gave?",
)
def sample_latent_logvar_in_place(mu, logvar, eps):
    return mu + logvar.mul_(0.5).exp_() * eps


@misconception(
    "kept the log-variance within bounds",
    hint="Which law do the draws follow when logvar is very negative or very large, and which is asked for?",
)
def sample_latent_clamped(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar.clamp(-10, 10)) * eps


@misconception(
    "added a small number to the variance",
    hint="Can the exponential of a logarithm be zero here, so that it needs help?",
)
def sample_latent_padded(mu, logvar, eps):
    return mu + torch.sqrt(torch.exp(logvar) + 1e-6) * eps
