"""The loss of a VAE with Bernoulli pixels (Kingma and Welling 2013, eq. 10 and appendix B)."""

import torch
import torch.nn.functional as F

from autograder.grading import alternative, misconception


def negative_elbo(x, logits, mu, logvar):
    """Compute the negative evidence lower bound with one latent draw per item, averaged over the batch.

    Args:
        x: pixels in [0, 1], a tensor of shape (batch, pixels); they need not be 0 or 1.
        logits: what the decoder puts out, real numbers of any size, a tensor of shape (batch, pixels). The
            sigmoid of a logit is the probability of ink.
        mu: the encoder's means, a tensor of shape (batch, latent).
        logvar: the encoder's log-variances, a tensor of shape (batch, latent).

    Returns:
        A tensor with a single number, in nats per item. Gradients flow through it to logits, mu and logvar.
        For logits of 1000 or -1000 too, the number is exact and the gradients are finite.
    """
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)
    kl = 0.5 * (mu**2 + torch.exp(logvar) - 1 - logvar).sum(dim=1)
    return (reconstruction + kl).mean()


@alternative
def negative_elbo_softplus(x, logits, mu, logvar):
    """Write the cross-entropy with softplus, and both terms as sums over everything."""
    cross_entropy = torch.sum(F.softplus(logits) - x * logits)
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (cross_entropy + kl) / x.shape[0]


@alternative
def negative_elbo_distributions(x, logits, mu, logvar):
    """Leave the KL divergence to torch.distributions and the cross-entropy to the log-sigmoid."""
    posterior = torch.distributions.Normal(mu, torch.exp(0.5 * logvar))
    prior = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = torch.distributions.kl_divergence(posterior, prior).sum(-1).mean()
    log_likelihood = x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)
    return kl - log_likelihood.sum(-1).mean()


@alternative
def negative_elbo_loop(x, logits, mu, logvar):
    """Go through the batch item by item, with the cross-entropy as it stands in textbooks on numerics."""
    total = 0.0
    for pixels, out, mean, log_variance in zip(x, logits, mu, logvar, strict=True):
        total = total + (out.clamp(min=0) - out * pixels + torch.log1p(torch.exp(-out.abs()))).sum()
        total = total + (mean.square() / 2 + torch.expm1(log_variance) / 2 - log_variance / 2).sum()
    return total / len(x)


@alternative
def negative_elbo_bernoulli(x, logits, mu, logvar):
    """Ask torch's Bernoulli for the log-likelihood, with its check for binary pixels switched off."""
    bernoulli = torch.distributions.Bernoulli(logits=logits, validate_args=False)
    sigma = torch.exp(logvar / 2)
    kl = (mu**2 + sigma**2).sum() / 2 - torch.log(sigma).sum() - mu.numel() / 2
    return -bernoulli.log_prob(x).sum() / len(x) + kl / len(x)


def cross_entropy(x, logits):
    """Sum the pixels' cross-entropy, one number per item."""
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)


def divergence(mu, logvar):
    """Sum the latents' KL divergence, one number per item."""
    return 0.5 * (mu**2 + torch.exp(logvar) - 1 - logvar).sum(dim=1)


@misconception("gave the KL term the wrong sign", hint="Can a KL divergence be negative?")
def negative_elbo_kl_sign(x, logits, mu, logvar):
    return (cross_entropy(x, logits) - divergence(mu, logvar)).mean()


@misconception(
    "dropped a factor in front of the KL divergence",
    hint="Differentiate your KL term with respect to mu, and compare with the Gaussian notebook.",
)
def negative_elbo_kl_twice(x, logits, mu, logvar):
    return (cross_entropy(x, logits) + 2 * divergence(mu, logvar)).mean()


@misconception("read logvar as log sigma", hint="Which of the two logarithms does the encoder put out?")
def negative_elbo_log_sigma(x, logits, mu, logvar):
    return (cross_entropy(x, logits) + divergence(mu, 2 * logvar)).mean()


@misconception(
    "mixed log sigma and log sigma squared inside the KL divergence",
    hint="Set mu = 0 and plot your KL term over logvar: where should its minimum be, and how high?",
)
def negative_elbo_log_sigma_in_part(x, logits, mu, logvar):
    kl = 0.5 * (mu**2 + torch.exp(logvar) - 1).sum(dim=1) - logvar.sum(dim=1)
    return (cross_entropy(x, logits) + kl).mean()


@misconception("did not square the mean", hint="Should the KL divergence care whether mu is 2 or -2?")
def negative_elbo_mean_not_squared(x, logits, mu, logvar):
    kl = 0.5 * (mu + torch.exp(logvar) - 1 - logvar).sum(dim=1)
    return (cross_entropy(x, logits) + kl).mean()


@misconception("reversed the KL divergence", hint="Under which distribution is the average taken?")
def negative_elbo_kl_reversed(x, logits, mu, logvar):
    kl = 0.5 * ((1 + mu**2) / torch.exp(logvar) - 1 + logvar).sum(dim=1)
    return (cross_entropy(x, logits) + kl).mean()


@misconception("left the KL divergence out", hint="What keeps the codes near the prior in your loss?")
def negative_elbo_without_kl(x, logits, mu, logvar):
    return cross_entropy(x, logits).mean()


@misconception("left the reconstruction out", hint="Does your loss look at the image?")
def negative_elbo_without_reconstruction(x, logits, mu, logvar):
    return divergence(mu, logvar).mean()


@misconception(
    "averaged the KL divergence over the latent coordinates",
    hint="The coordinates are independent. Do their divergences add up or average out?",
)
def negative_elbo_mean_over_latents(x, logits, mu, logvar):
    return (cross_entropy(x, logits) + divergence(mu, logvar) / mu.shape[1]).mean()


@misconception(
    "averaged the cross-entropy over the pixels",
    hint="The probability of an image is a product over pixels. What becomes of its logarithm?",
)
def negative_elbo_mean_over_pixels(x, logits, mu, logvar):
    return F.binary_cross_entropy_with_logits(logits, x) + divergence(mu, logvar).mean()


@misconception(
    "averaged both terms over their coordinates as well as over the batch",
    hint="Compare the losses of an image of 8 pixels and one of 64, with equal logits. Should they agree?",
)
def negative_elbo_mean_over_everything(x, logits, mu, logvar):
    return F.binary_cross_entropy_with_logits(logits, x) + divergence(mu, logvar).mean() / mu.shape[1]


@misconception(
    "summed the KL divergence over the batch while the cross-entropy is averaged",
    hint="Show the loss the same batch twice, stacked: which of the two terms changes?",
)
def negative_elbo_kl_over_batch(x, logits, mu, logvar):
    return cross_entropy(x, logits).mean() + divergence(mu, logvar).sum()


@misconception(
    "summed the cross-entropy over the batch while the KL divergence is averaged",
    hint="Show the loss the same batch twice, stacked: which of the two terms changes?",
)
def negative_elbo_reconstruction_over_batch(x, logits, mu, logvar):
    return cross_entropy(x, logits).sum() + divergence(mu, logvar).mean()


@misconception(
    "summed over the batch",
    hint="Show the loss the same batch twice, stacked. Should the loss per item change?",
)
def negative_elbo_sum_over_batch(x, logits, mu, logvar):
    return (cross_entropy(x, logits) + divergence(mu, logvar)).sum()


@misconception("returned one loss per item", hint="backward() wants a single number. Which one is meant?")
def negative_elbo_per_item(x, logits, mu, logvar):
    return cross_entropy(x, logits) + divergence(mu, logvar)


@misconception(
    "returned the ELBO itself",
    hint="Which way does an optimizer move its loss, and which way should the ELBO go?",
)
def negative_elbo_not_negated(x, logits, mu, logvar):
    return -(cross_entropy(x, logits) + divergence(mu, logvar)).mean()


@misconception(
    "took the sigmoid first and kept its logarithm finite by clamping",
    hint="What does sigmoid(1000) round to, and what does the logarithm of one minus that lose?",
)
def negative_elbo_clamped(x, logits, mu, logvar):
    probability = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    terms = x * torch.log(probability) + (1 - x) * torch.log(1 - probability)
    return (divergence(mu, logvar) - terms.sum(dim=1)).mean()


@misconception(
    "took the sigmoid before a cross-entropy that wants probabilities",
    hint="What does sigmoid(1000) round to, and what can a cross-entropy still know of the 1000?",
)
def negative_elbo_on_probabilities(x, logits, mu, logvar):
    terms = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none")
    return (terms.sum(dim=1) + divergence(mu, logvar)).mean()


@misconception(
    "exponentiated the logits directly, which overflows",
    hint="Which intermediate result becomes infinite at a logit of 1000, although the loss does not?",
)
def negative_elbo_overflowing(x, logits, mu, logvar):
    terms = torch.log(1 + torch.exp(logits)) - x * logits
    return (terms.sum(dim=1) + divergence(mu, logvar)).mean()


@misconception(
    "picked the harmless branch of a formula whose other branch overflows",
    hint="Your values are right. Look at the gradient for a logit of 1000: torch follows both branches.",
)
def negative_elbo_overflowing_gradient(x, logits, mu, logvar):
    large, small = logits + torch.log1p(torch.exp(-logits)), torch.log1p(torch.exp(logits))
    terms = torch.where(logits > 0, large, small) - x * logits
    return (terms.sum(dim=1) + divergence(mu, logvar)).mean()


@misconception(
    "applied the sigmoid twice",
    hint="Does the loss function that you call take logits or probabilities?",
)
def negative_elbo_sigmoid_twice(x, logits, mu, logvar):
    return (cross_entropy(x, torch.sigmoid(logits)) + divergence(mu, logvar)).mean()


@misconception(
    "exchanged the image and the logits",
    hint="Which argument of the cross-entropy is the target? The documentation gives the order.",
)
def negative_elbo_arguments_swapped(x, logits, mu, logvar):
    return (cross_entropy(logits, x) + divergence(mu, logvar)).mean()


@misconception(
    "used the squared error for the reconstruction",
    hint="Which distribution over a pixel does the statement assume?",
)
def negative_elbo_squared_error(x, logits, mu, logvar):
    return ((x - torch.sigmoid(logits)).pow(2).sum(dim=1) + divergence(mu, logvar)).mean()


@misconception(
    "rounded the pixels to 0 and 1",
    hint="What does a gray pixel of 0.4 contribute, and what should it?",
)
def negative_elbo_rounded_pixels(x, logits, mu, logvar):
    return (cross_entropy((x > 0.5).to(x.dtype), logits) + divergence(mu, logvar)).mean()


@misconception(
    "counted only the bright pixels' part of the cross-entropy",
    hint="What does a black pixel cost when the decoder says that it is white?",
)
def negative_elbo_half_cross_entropy(x, logits, mu, logvar):
    return (divergence(mu, logvar) - (x * F.logsigmoid(logits)).sum(dim=1)).mean()


@misconception(
    "returned a number that has left the graph",
    hint="The value is right. Can backward() be called on what you return?",
)
def negative_elbo_as_a_number(x, logits, mu, logvar):
    return (cross_entropy(x, logits) + divergence(mu, logvar)).mean().item()


@misconception(
    "cut the KL divergence out of the graph",
    hint="Which of the three inputs get a gradient from which term?",
)
def negative_elbo_kl_detached(x, logits, mu, logvar):
    return cross_entropy(x, logits).mean() + divergence(mu, logvar).mean().detach()


@misconception(
    "kept the log-variance within bounds",
    hint="What does your KL term cost when logvar is very negative or very large, and what should it?",
)
def negative_elbo_clamped_log_variance(x, logits, mu, logvar):
    return (cross_entropy(x, logits) + divergence(mu, logvar.clamp(-10, 10))).mean()
