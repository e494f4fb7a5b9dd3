"""The loss of a VAE: what an image costs, and what its code costs (Kingma and Welling 2013, eq. 10 and appendix B)."""

import numpy as np
import torch
import torch.nn.functional as F

from autograder.grading import alternative, inputs, misconception, probe, variant

BERNOULLI = variant.likelihood == "bernoulli"
GAUSSIAN = variant.likelihood == "gaussian"
WEIGHTED = variant.beta != 1
# Whether the prior is centered elsewhere than at 0, wider or narrower than 1, or both.
SHIFTED, SCALED = variant.prior_mean != 0, variant.prior_sd != 1


def negative_elbo(x, decoded, mu, code_spread):
    """Compute the negative evidence lower bound with one latent draw per item, averaged over the batch.

    <% if variant.beta != 1 %>
    The KL divergence is multiplied by beta = <%= "%g" | format(variant.beta) %> before the two terms are added.

    <% endif %>
    <% if (variant.prior_mean, variant.prior_sd) != (0, 1) %>
    The prior of each latent is N(<%= "%g" | format(variant.prior_mean) %>, <%= "%g" | format(variant.prior_sd) %>^2).

    <% endif %>
    <% if variant.likelihood == "gaussian" %>
    Each pixel is Gaussian with standard deviation <%= variant.pixel_sd %> around its mean, and an image costs minus the
    logarithm of its density, the normalizing constant included.

    <% endif %>
    Args:
    <% if variant.likelihood == "bernoulli" %>
        x: pixels in [0, 1], a tensor of shape (batch, pixels); they need not be 0 or 1.
        logits: what the decoder puts out, real numbers of any size, a tensor of shape (batch, pixels). The
            sigmoid of a logit is the probability of ink.
    <% else %>
        x: pixels in [0, 1], a tensor of shape (batch, pixels).
        mean: what the decoder puts out, the mean of each pixel, a tensor of shape (batch, pixels). A mean may be
            any real number, and is used as it is.
    <% endif %>
        mu: the encoder's means, a tensor of shape (batch, latent).
    <% if variant.encoder == "log-variance" %>
        logvar: the encoder's log-variances, a tensor of shape (batch, latent).
    <% elif variant.encoder == "log sigma" %>
        log_sigma: the logarithms of the encoder's standard deviations, a tensor of shape (batch, latent).
    <% else %>
        rho: what the encoder puts out for the spread, a tensor of shape (batch, latent). Its softplus
            log(1 + exp(rho)) is the standard deviation.
    <% endif %>

    Returns:
        A tensor with a single number, in nats per item. Gradients flow through it to every argument but x;
        no argument is changed.
    <% if variant.likelihood == "bernoulli" %>
        For logits of 1000 or -1000 too, the number is exact and the gradients are finite.
    <% endif %>
    """
    reconstruction = variant.pixel_cost(decoded).sum(dim=1)
    ratio, log_ratio = variant.variance_ratio(code_spread), variant.log_variance_ratio(code_spread)
    kl = 0.5 * (variant.from_prior(mu) ** 2 + ratio - 1 - log_ratio).sum(dim=1)
    return (reconstruction + variant.weighted(kl)).mean()


@inputs
def inputs_of_a_batch(rng):
    """Draw a batch: one or more items, outputs of the decoder of any size, small and large spreads, both precisions."""
    items, pixels, latents = rng.integers(1, 6), rng.integers(1, 9), rng.integers(1, 5)
    x, size = rng.uniform(0, 1, (items, pixels)), [0.5, 3.0, 30.0, 1000.0][rng.integers(4)]
    decoded, mu = rng.normal(0, size, (items, pixels)), rng.normal(0, 2, (items, latents))
    low, high = [(-2.5, 1.5), (-2.5, 1.5), (-6.0, -3.0), (2.0, 4.0)][rng.integers(4)]
    ends = rng.uniform(size=x.shape) < 0.3
    batch = np.where(ends, x.round(), x), decoded, mu, rng.uniform(low, high, mu.shape)
    dtype = [np.float32, np.float64][rng.integers(2)]
    return tuple(array.astype(dtype) for array in batch)


@probe
def probe_of_a_batch(notebook, x, out, mu, given):
    """Give the loss with its gradients, and whether the arguments are what they were."""
    import torch

    leaves = [torch.as_tensor(array).clone().requires_grad_() for array in (out, mu, given)]
    arguments = [torch.as_tensor(x).clone(), *(leaf.clone() for leaf in leaves)]
    before = [argument.detach().clone() for argument in arguments]
    loss = notebook.negative_elbo(*arguments)
    untouched = [float(torch.equal(argument, old)) for argument, old in zip(arguments, before, strict=True)]
    loss.sum().backward()
    gradients = [torch.full((), torch.nan) if leaf.grad is None else leaf.grad for leaf in leaves]
    return loss.detach().numpy(), [gradient.numpy() for gradient in gradients], untouched


def pixel_costs(x, decoded):
    """What the image costs, one number per item."""
    return variant.pixel_cost(decoded).sum(dim=1)


def divergence_of(mu, sigma, m=variant.prior_mean, s=variant.prior_sd):
    """Sum the KL divergence of the latents from N(m, s^2), one number per item."""
    return (0.5 * (((mu - m) / s) ** 2 + (sigma / s) ** 2 - 1) - torch.log(sigma / s)).sum(dim=1)


def divergence(mu, code_spread):
    """Sum the KL divergence of the latents from the prior, one number per item."""
    return divergence_of(mu, variant.code_sigma_of(code_spread))


def total(pixels, kl):
    """Add what images and codes cost, and average over the batch."""
    return (pixels + variant.beta * kl).mean()


@alternative
def negative_elbo_distributions(x, decoded, mu, code_spread):
    """Leave the KL divergence to torch.distributions."""
    posterior = torch.distributions.Normal(mu, variant.code_sigma_of(code_spread))
    prior = torch.distributions.Normal(variant.prior_mean, variant.prior_sd)
    kl = torch.distributions.kl_divergence(posterior, prior).sum(-1).mean()
    return pixel_costs(x, decoded).mean() + variant.beta * kl


@alternative
def negative_elbo_loop(x, decoded, mu, code_spread):
    """Go through the batch item by item, with the logarithm of the prior's variance on its own."""
    loss, m, v = 0.0, variant.prior_mean, variant.prior_sd**2
    for row in range(len(x)):
        sigma = variant.code_sigma_of(code_spread[row])
        code = ((mu[row] - m).square() + sigma.square()).sum() / v + len(sigma) * (np.log(v) - 1)
        loss += pixel_costs(x[row : row + 1], decoded[row : row + 1])[0]
        loss += variant.beta * (code / 2 - torch.log(sigma).sum())
    return loss / len(x)


@alternative(when=BERNOULLI)
def negative_elbo_softplus(x, decoded, mu, code_spread):
    """Write the cross-entropy with softplus, and both terms as sums over everything."""
    cross_entropy = torch.sum(F.softplus(decoded) - x * decoded)
    return (cross_entropy + variant.beta * divergence(mu, code_spread).sum()) / x.shape[0]


@alternative(when=BERNOULLI)
def negative_elbo_textbook(x, decoded, mu, code_spread):
    """Write the cross-entropy as it stands in textbooks on numerics."""
    cost = decoded.clamp(min=0) - decoded * x + torch.log1p(torch.exp(-decoded.abs()))
    return total(cost.sum(dim=1), divergence(mu, code_spread))


@alternative(when=BERNOULLI)
def negative_elbo_log_sigmoid(x, decoded, mu, code_spread):
    """Write the cross-entropy with the log-sigmoid."""
    log_likelihood = x * F.logsigmoid(decoded) + (1 - x) * F.logsigmoid(-decoded)
    return total(-log_likelihood.sum(-1), divergence(mu, code_spread))


@alternative(when=BERNOULLI)
def negative_elbo_bernoulli(x, decoded, mu, code_spread):
    """Ask torch's Bernoulli for the log-likelihood, with its check for binary pixels switched off."""
    pixels = torch.distributions.Bernoulli(logits=decoded, validate_args=False)
    return total(-pixels.log_prob(x).sum(-1), divergence(mu, code_spread))


@alternative(when=GAUSSIAN)
def negative_elbo_normal(x, decoded, mu, code_spread):
    """Ask torch's Normal for the log-likelihood."""
    pixels = torch.distributions.Normal(decoded, variant.pixel_sd)
    return total(-pixels.log_prob(x).sum(-1), divergence(mu, code_spread))


@alternative(when=GAUSSIAN)
def negative_elbo_gaussian_loss(x, decoded, mu, code_spread):
    """Use torch's own loss for Gaussians, which leaves the constant out unless it is asked for."""
    variance = torch.full_like(x, variant.pixel_sd**2)
    cost = F.gaussian_nll_loss(decoded, x, variance, full=True, reduction="sum")
    return (cost + variant.beta * divergence(mu, code_spread).sum()) / len(x)


@misconception("gave the KL term the wrong sign", hint="Can a KL divergence be negative?")
def negative_elbo_kl_sign(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), -divergence(mu, code_spread))


@misconception(
    "dropped a factor in front of the KL divergence",
    hint="Differentiate your KL term with respect to mu, and compare with the Gaussian notebook.",
    when=variant.beta != 0.5,
)
def negative_elbo_kl_twice(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), 2 * divergence(mu, code_spread))


@misconception(
    "forgot beta", hint="Which weight has the KL divergence in your loss, and which is asked for?", when=WEIGHTED
)
def negative_elbo_unweighted(x, decoded, mu, code_spread):
    return (pixel_costs(x, decoded) + divergence(mu, code_spread)).mean()


@misconception("put beta before the wrong term", hint="Which of the two terms grows with beta?", when=WEIGHTED)
def negative_elbo_weighted_reconstruction(x, decoded, mu, code_spread):
    return (variant.beta * pixel_costs(x, decoded) + divergence(mu, code_spread)).mean()


@misconception(
    "multiplied both terms by beta", hint="Where would the minimum of your loss move if beta grew?", when=WEIGHTED
)
def negative_elbo_weighted_both(x, decoded, mu, code_spread):
    return variant.beta * (pixel_costs(x, decoded) + divergence(mu, code_spread)).mean()


@misconception(
    "used the square of beta",
    hint="By what is the KL divergence multiplied, and how often?",
    when=variant.beta not in (1, 2),
)
def negative_elbo_weight_squared(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), variant.beta * divergence(mu, code_spread))


@misconception(
    "divided by beta", hint="Does a larger beta make the KL divergence count more in your loss, or less?", when=WEIGHTED
)
def negative_elbo_divided_by_weight(x, decoded, mu, code_spread):
    return (pixel_costs(x, decoded) + divergence(mu, code_spread) / variant.beta).mean()


@misconception(
    "read <%= variant.code_spread %> as log sigma",
    hint="Which function of it is sigma here?",
    when=variant.encoder != "log sigma",
)
def negative_elbo_log_sigma(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(mu, torch.exp(code_spread)))


@misconception(
    "read <%= variant.code_spread %> as the log-variance",
    hint="Which function of it is sigma here?",
    when=variant.encoder != "log-variance",
)
def negative_elbo_log_variance(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(mu, torch.exp(0.5 * code_spread)))


@misconception(
    "took softplus where an exponential belongs",
    hint="Which function undoes a logarithm?",
    when=variant.encoder != "softplus",
)
def negative_elbo_softplus_read(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(mu, F.softplus(code_spread)))


@misconception(
    "mixed log sigma and log sigma squared inside the KL divergence",
    hint="Set mu to the prior's mean and plot your KL term over logvar: where should its minimum be?",
    when=variant.encoder == "log-variance",
)
def negative_elbo_log_sigma_in_part(x, decoded, mu, code_spread):
    kl = divergence(mu, code_spread) - torch.log(variant.code_sigma_of(code_spread) / variant.prior_sd).sum(dim=1)
    return total(pixel_costs(x, decoded), kl)


@misconception(
    "mixed log sigma and log sigma squared inside the KL divergence",
    hint="Set mu to the prior's mean and plot your KL term over sigma: where should its minimum be?",
    when=variant.encoder != "log-variance",
)
def negative_elbo_half_logarithm(x, decoded, mu, code_spread):
    kl = divergence(mu, code_spread) + 0.5 * torch.log(variant.code_sigma_of(code_spread) / variant.prior_sd).sum(dim=1)
    return total(pixel_costs(x, decoded), kl)


@misconception(
    "took rho itself for the logarithm of sigma",
    hint="Which function of rho is sigma, and what is the logarithm of that?",
    when=variant.encoder == "softplus",
)
def negative_elbo_raw_logarithm(x, decoded, mu, code_spread):
    kl = divergence(mu, code_spread) + torch.log(variant.code_sigma_of(code_spread)).sum(dim=1) - code_spread.sum(dim=1)
    return total(pixel_costs(x, decoded), kl)


@misconception(
    "did not square the mean", hint="Should the KL divergence care on which side of the prior's mean mu lies?"
)
def negative_elbo_mean_not_squared(x, decoded, mu, code_spread):
    squared, plain = variant.from_prior(mu) ** 2, variant.from_prior(mu)
    return total(pixel_costs(x, decoded), divergence(mu, code_spread) + 0.5 * (plain - squared).sum(dim=1))


@misconception("reversed the KL divergence", hint="Under which distribution is the average taken?")
def negative_elbo_kl_reversed(x, decoded, mu, code_spread):
    m, s, sigma = variant.prior_mean, variant.prior_sd, variant.code_sigma_of(code_spread)
    kl = 0.5 * ((s**2 + (mu - m) ** 2) / sigma**2 - 1) + torch.log(sigma / s)
    return total(pixel_costs(x, decoded), kl.sum(dim=1))


@misconception(
    "measured the divergence from N(0, 1)", hint="What is the prior of a latent here?", when=SHIFTED or SCALED
)
def negative_elbo_standard_prior(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(mu, variant.code_sigma_of(code_spread), 0, 1))


@misconception(
    "left the prior's mean out",
    hint="Which mu makes your KL divergence smallest, and which should?",
    when=SHIFTED and SCALED,
)
def negative_elbo_prior_mean_forgotten(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(mu, variant.code_sigma_of(code_spread), 0))


@misconception(
    "turned the sign of the prior's mean around",
    hint="Which mu makes your KL divergence smallest, and which should?",
    when=SHIFTED,
)
def negative_elbo_prior_mean_sign(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(-mu, variant.code_sigma_of(code_spread)))


@misconception(
    "left the prior's standard deviation out",
    hint="Which sigma makes your KL divergence smallest, and which should?",
    when=SHIFTED and SCALED,
)
def negative_elbo_prior_sd_forgotten(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence_of(mu, variant.code_sigma_of(code_spread), variant.prior_mean, 1))


@misconception(
    "took the prior's standard deviation for its variance",
    hint="Which sigma makes your KL divergence smallest, and which should?",
    when=SCALED,
)
def negative_elbo_prior_sd_as_variance(x, decoded, mu, code_spread):
    return total(
        pixel_costs(x, decoded), divergence_of(mu, variant.code_sigma_of(code_spread), s=variant.prior_sd**0.5)
    )


@misconception(
    "left the prior's standard deviation out of the logarithm",
    hint="How large is your KL divergence when the code follows the prior?",
    when=SCALED,
)
def negative_elbo_prior_sd_in_part(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence(mu, code_spread) - mu.shape[1] * np.log(variant.prior_sd))


@misconception("left the KL divergence out", hint="What keeps the codes near the prior in your loss?")
def negative_elbo_without_kl(x, decoded, mu, code_spread):
    return pixel_costs(x, decoded).mean()


@misconception(
    "left the reconstruction out", hint="What in your loss compares the image with what the decoder makes of its code?"
)
def negative_elbo_without_reconstruction(x, decoded, mu, code_spread):
    return total(0.0, divergence(mu, code_spread))


@misconception(
    "averaged the KL divergence over the latent coordinates",
    hint="The coordinates are independent. Do their divergences add up or average out?",
)
def negative_elbo_mean_over_latents(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence(mu, code_spread) / mu.shape[1])


@misconception(
    "averaged the reconstruction over the pixels",
    hint="The probability of an image is a product over pixels. What becomes of its logarithm?",
)
def negative_elbo_mean_over_pixels(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded) / x.shape[1], divergence(mu, code_spread))


@misconception(
    "averaged both terms over their coordinates as well as over the batch",
    hint="Should an image of 8 pixels and one of 64 cost the same, if each pixel does?",
)
def negative_elbo_mean_over_everything(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded) / x.shape[1], divergence(mu, code_spread) / mu.shape[1])


@misconception(
    "summed the KL divergence over the batch while the reconstruction is averaged",
    hint="Show the loss the same batch twice, stacked: which of the two terms changes?",
)
def negative_elbo_kl_over_batch(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence(mu, code_spread).sum())


@misconception(
    "summed the reconstruction over the batch while the KL divergence is averaged",
    hint="Show the loss the same batch twice, stacked: which of the two terms changes?",
)
def negative_elbo_reconstruction_over_batch(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded).sum(), divergence(mu, code_spread))


@misconception(
    "summed over the batch", hint="Show the loss the same batch twice, stacked. Should the loss per item change?"
)
def negative_elbo_sum_over_batch(x, decoded, mu, code_spread):
    return len(x) * total(pixel_costs(x, decoded), divergence(mu, code_spread))


@misconception("returned one loss per item", hint="backward() wants a single number. Which one is meant?")
def negative_elbo_per_item(x, decoded, mu, code_spread):
    return pixel_costs(x, decoded) + variant.beta * divergence(mu, code_spread)


@misconception(
    "returned the ELBO itself", hint="Which way does an optimizer move its loss, and which way should the ELBO go?"
)
def negative_elbo_not_negated(x, decoded, mu, code_spread):
    return -total(pixel_costs(x, decoded), divergence(mu, code_spread))


@misconception(
    "took the sigmoid first and kept its logarithm finite by clamping",
    hint="What does sigmoid(1000) round to, and what does the logarithm of one minus that lose?",
    when=BERNOULLI,
)
def negative_elbo_clamped(x, decoded, mu, code_spread):
    probability = torch.sigmoid(decoded).clamp(1e-7, 1 - 1e-7)
    terms = x * torch.log(probability) + (1 - x) * torch.log(1 - probability)
    return total(-terms.sum(dim=1), divergence(mu, code_spread))


@misconception(
    "took the sigmoid before a cross-entropy that wants probabilities",
    hint="What does sigmoid(1000) round to, and what can a cross-entropy still know of the 1000?",
    when=BERNOULLI,
)
def negative_elbo_on_probabilities(x, decoded, mu, code_spread):
    terms = F.binary_cross_entropy(torch.sigmoid(decoded), x, reduction="none")
    return total(terms.sum(dim=1), divergence(mu, code_spread))


@misconception(
    "exponentiated the logits directly, which overflows",
    hint="Which intermediate result becomes infinite at a logit of 1000, although the loss does not?",
    when=BERNOULLI,
)
def negative_elbo_overflowing(x, decoded, mu, code_spread):
    terms = torch.log(1 + torch.exp(decoded)) - x * decoded
    return total(terms.sum(dim=1), divergence(mu, code_spread))


@misconception(
    "picked the harmless branch of a formula whose other branch overflows",
    hint="Your values are right. Look at the gradient for a logit of 1000: torch follows both branches.",
    when=BERNOULLI,
)
def negative_elbo_overflowing_gradient(x, decoded, mu, code_spread):
    large, small = decoded + torch.log1p(torch.exp(-decoded)), torch.log1p(torch.exp(decoded))
    terms = torch.where(decoded > 0, large, small) - x * decoded
    return total(terms.sum(dim=1), divergence(mu, code_spread))


@misconception(
    "applied the sigmoid twice",
    hint="Does the loss function that you call take logits or probabilities?",
    when=BERNOULLI,
)
def negative_elbo_sigmoid_twice(x, decoded, mu, code_spread):
    return total(pixel_costs(x, torch.sigmoid(decoded)), divergence(mu, code_spread))


@misconception(
    "exchanged the image and the logits",
    hint="Which argument of the cross-entropy is the target? The documentation gives the order.",
    when=BERNOULLI,
)
def negative_elbo_arguments_swapped(x, decoded, mu, code_spread):
    return total(pixel_costs(decoded, x), divergence(mu, code_spread))


@misconception(
    "used the squared error for the reconstruction",
    hint="Which distribution over a pixel does the statement assume?",
    when=BERNOULLI,
)
def negative_elbo_squared_error(x, decoded, mu, code_spread):
    return total((x - torch.sigmoid(decoded)).pow(2).sum(dim=1), divergence(mu, code_spread))


@misconception(
    "counted only the bright pixels' part of the cross-entropy",
    hint="What does a black pixel cost when the decoder says that it is white?",
    when=BERNOULLI,
)
def negative_elbo_half_cross_entropy(x, decoded, mu, code_spread):
    return total(-(x * F.logsigmoid(decoded)).sum(dim=1), divergence(mu, code_spread))


@misconception(
    "used the bare squared error for the reconstruction",
    hint="What is minus the logarithm of a Gaussian density? Look at every factor.",
    when=GAUSSIAN,
)
def negative_elbo_plain_squared_error(x, decoded, mu, code_spread):
    return total((x - decoded).pow(2).sum(dim=1), divergence(mu, code_spread))


@misconception(
    "used the mean squared error for the reconstruction",
    hint="The density of an image is a product over pixels. What becomes of its logarithm?",
    when=GAUSSIAN,
)
def negative_elbo_mean_squared_error(x, decoded, mu, code_spread):
    return F.mse_loss(decoded, x) + variant.beta * divergence(mu, code_spread).mean()


@misconception(
    "left out the normalizing constant of the pixels' density",
    hint="How much does a pixel cost that is hit exactly?",
    when=GAUSSIAN,
)
def negative_elbo_without_constant(x, decoded, mu, code_spread):
    squares = ((x - decoded) / variant.pixel_sd).pow(2)
    return total(0.5 * squares.sum(dim=1), divergence(mu, code_spread))


@misconception(
    "lost the factor 1/2 before the squared error",
    hint="How much dearer is a pixel that is off by one standard deviation than one that is hit?",
    when=GAUSSIAN,
)
def negative_elbo_without_half(x, decoded, mu, code_spread):
    squares = ((x - decoded) / variant.pixel_sd).pow(2)
    return total(pixel_costs(x, decoded) + 0.5 * squares.sum(dim=1), divergence(mu, code_spread))


@misconception(
    "took the pixels' standard deviation for their variance",
    hint="How much dearer is a pixel that is off by one standard deviation than one that is hit?",
    when=GAUSSIAN,
)
def negative_elbo_pixel_variance(x, decoded, mu, code_spread):
    pixels = torch.distributions.Normal(decoded, variant.pixel_sd**0.5)
    return total(-pixels.log_prob(x).sum(dim=1), divergence(mu, code_spread))


@misconception(
    "gave the pixels a standard deviation of 1",
    hint="Which standard deviation has a pixel around its mean here?",
    when=GAUSSIAN,
)
def negative_elbo_unit_pixel_sd(x, decoded, mu, code_spread):
    return total(-torch.distributions.Normal(decoded, 1.0).log_prob(x).sum(dim=1), divergence(mu, code_spread))


@misconception(
    "used the cross-entropy for the reconstruction",
    hint="Which distribution over a pixel does the statement assume?",
    when=GAUSSIAN,
)
def negative_elbo_cross_entropy(x, decoded, mu, code_spread):
    terms = F.binary_cross_entropy_with_logits(decoded, x, reduction="none")
    return total(terms.sum(dim=1), divergence(mu, code_spread))


@misconception("put the means through a sigmoid", hint="Does the decoder put out means or logits?", when=GAUSSIAN)
def negative_elbo_sigmoid(x, decoded, mu, code_spread):
    return total(pixel_costs(x, torch.sigmoid(decoded)), divergence(mu, code_spread))


@misconception(
    "kept the means within [0, 1]",
    hint="What does a mean of 1.5 cost, and which gradient should the decoder get for it?",
    when=GAUSSIAN,
)
def negative_elbo_means_clamped(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded.clamp(0, 1)), divergence(mu, code_spread))


@misconception("rounded the pixels to 0 and 1", hint="What does a gray pixel of 0.4 contribute, and what should it?")
def negative_elbo_rounded_pixels(x, decoded, mu, code_spread):
    return total(pixel_costs((x > 0.5).to(x.dtype), decoded), divergence(mu, code_spread))


@misconception(
    "returned a number that has left the graph", hint="The value is right. Can backward() be called on what you return?"
)
def negative_elbo_as_a_number(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence(mu, code_spread)).item()


@misconception(
    "cut the KL divergence out of the graph", hint="Which of the three inputs get a gradient from which term?"
)
def negative_elbo_kl_detached(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence(mu, code_spread).detach())


@misconception(
    "kept <%= variant.code_spread %> within bounds",
    hint="What does your KL term cost when <%= variant.code_spread %> is very negative or very large?",
)
def negative_elbo_clamped_spread(x, decoded, mu, code_spread):
    return total(pixel_costs(x, decoded), divergence(mu, code_spread.clamp(-5, 5)))
