"""One latent by hand: forward pass, both gradients of each of the two terms, their sums."""

from autograder.grading import alternative, misconception, value


def _answer(v, **changes):
    """The right numbers with some of them changed; totals follow from their parts unless given too."""
    answer = {
        "z": v.mu + v.raw_spread * v.eps,
        "dL_dmu": v.dL_dz,
        "dL_dsigma": v.dL_dz * v.eps,
        "dKL_dmu": v.mu,
        "dKL_dsigma": v.raw_spread - 1 / v.raw_spread,
    }
    answer.update(changes)
    answer.setdefault("total_dmu", answer["dL_dmu"] + answer["dKL_dmu"])
    answer.setdefault("total_dsigma", answer["dL_dsigma"] + answer["dKL_dsigma"])
    return answer


@value
def walkthrough(variant):
    """The seven numbers of the walk-through."""
    return _answer(variant)


@alternative
def walkthrough_rounded(variant):
    return {key: round(number, 3) for key, number in _answer(variant).items()}


@alternative
def walkthrough_autograd(variant):
    import torch

    mu = torch.tensor(variant.mu, dtype=torch.float64, requires_grad=True)
    sigma = torch.tensor(variant.raw_spread, dtype=torch.float64, requires_grad=True)
    z = mu + sigma * variant.eps
    kl = torch.distributions.kl_divergence(torch.distributions.Normal(mu, sigma), torch.distributions.Normal(0.0, 1.0))
    through_z = torch.autograd.grad(variant.dL_dz * z, (mu, sigma))
    through_kl = torch.autograd.grad(kl, (mu, sigma))
    keys = ("z", "dL_dmu", "dL_dsigma", "dKL_dmu", "dKL_dsigma", "total_dmu", "total_dsigma")
    totals = [a + b for a, b in zip(through_z, through_kl, strict=True)]
    return dict(zip(keys, (z.detach(), *through_z, *through_kl, *totals), strict=True))


@misconception("scaled the noise by the variance", hint="Which one has the units of z: sigma or its square?")
def walkthrough_with_variance(variant):
    return _answer(variant, z=variant.mu + variant.raw_spread**2 * variant.eps)


@misconception("let mu and sigma change places in the forward pass", hint="Put eps = 0 and look at what remains.")
def walkthrough_with_swapped_roles(variant):
    return _answer(variant, z=variant.mu * variant.eps + variant.raw_spread)


@misconception("left out the gradient that comes from the loss", hint="Which factor comes from the loss?")
def walkthrough_without_upstream(variant):
    return _answer(variant, dL_dmu=1.0, dL_dsigma=variant.eps)


@misconception("left out dz/dsigma", hint="How fast does z move when sigma grows?")
def walkthrough_without_noise(variant):
    return _answer(variant, dL_dsigma=variant.dL_dz)


@misconception("lost the sign of the noise", hint="If sigma grows, to which side does this z move?")
def walkthrough_without_sign(variant):
    return _answer(variant, dL_dsigma=-variant.dL_dz * variant.eps)


@misconception("multiplied by sigma where eps belongs", hint="dz/dsigma is what multiplies sigma in the forward pass.")
def walkthrough_with_sigma(variant):
    return _answer(variant, dL_dsigma=variant.dL_dz * variant.raw_spread)


@misconception(
    "took both sigma gradients with respect to log sigma",
    hint="With respect to which variable did you differentiate?",
)
def walkthrough_of_log_sigma(variant):
    return _answer(variant, dL_dsigma=variant.dL_dz * variant.raw_spread * variant.eps, dKL_dsigma=variant.raw_spread**2 - 1)


@misconception("turned the sign of dKL/dsigma around", hint="Should the KL push a small sigma up or down?")
def walkthrough_with_kl_sign(variant):
    return _answer(variant, dKL_dsigma=1 / variant.raw_spread - variant.raw_spread)


@misconception(
    "lost a factor of two in the KL",
    hint="Which factor stands in front of the whole KL, and which before a square?",
)
def walkthrough_without_half(variant):
    return _answer(variant, dKL_dmu=2 * variant.mu, dKL_dsigma=2 * (variant.raw_spread - 1 / variant.raw_spread))


@misconception("forgot the KL in the totals", hint="How many paths lead from mu to the loss?")
def walkthrough_without_kl(variant):
    return _answer(variant, total_dmu=variant.dL_dz, total_dsigma=variant.dL_dz * variant.eps)


@misconception(
    "multiplied the two contributions",
    hint="Two paths lead to the same loss. What does the chain rule do with paths?",
)
def walkthrough_multiplied(variant):
    kl_sigma = variant.raw_spread - 1 / variant.raw_spread
    return _answer(variant, total_dmu=variant.dL_dz * variant.mu, total_dsigma=variant.dL_dz * variant.eps * kl_sigma)


@misconception(
    "sent the KL's gradient through z as well",
    hint="Does the KL depend on the draw z, or on mu and sigma alone?",
)
def walkthrough_kl_through_z(variant):
    v = variant
    return _answer(variant, dKL_dmu=v.dL_dz * v.mu, dKL_dsigma=v.dL_dz * (v.raw_spread - 1 / v.raw_spread))
