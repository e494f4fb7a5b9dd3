"""One latent by hand: forward pass, both gradients of each of the two terms, their sums."""

import numpy as np

from autograder.grading import alternative, misconception, value, variant

PRIOR_MEAN, PRIOR_SD = variant.prior_mean, variant.prior_sd
# The keys of what concerns the spread, in the order of those that concern mu.
DRAW_KEY, KL_KEY, TOTAL_KEY = (
    "dL_d<%= variant.spread %>",
    "dKL_d<%= variant.spread %>",
    "total_d<%= variant.spread %>",
)


def _sigma(v):
    return float(variant.sigma_of(v.raw_spread))


def _slope(v):
    """The derivative of sigma with respect to the number that the encoder gave."""
    return float(variant.slope_of(v.raw_spread))


def _kl(v, m=PRIOR_MEAN, s=PRIOR_SD):
    """The derivatives of the KL with respect to mu and sigma."""
    return (v.mu - m) / s**2, _sigma(v) / s**2 - 1 / _sigma(v)


def _answer(v, **changes):
    """The right numbers with some of them changed; totals follow from their parts unless given too."""
    kl_mu, kl_sigma = _kl(v)
    parts = {
        "z": v.mu + _sigma(v) * v.eps,
        "through_mu": v.dL_dz,
        "through_spread": v.dL_dz * v.eps * _slope(v),
        "kl_mu": kl_mu,
        "kl_spread": kl_sigma * _slope(v),
    }
    parts.update(changes)
    parts.setdefault("total_mu", parts["through_mu"] + parts["kl_mu"])
    parts.setdefault("total_spread", parts["through_spread"] + parts["kl_spread"])
    keys = ("z", "dL_dmu", DRAW_KEY, "dKL_dmu", KL_KEY, "total_dmu", TOTAL_KEY)
    return dict(zip(keys, parts.values(), strict=True))


def _with_prior(v, m=PRIOR_MEAN, s=PRIOR_SD):
    kl_mu, kl_sigma = _kl(v, m, s)
    return _answer(v, kl_mu=kl_mu, kl_spread=kl_sigma * _slope(v))


@value
def walkthrough(v):
    """The seven numbers of the walk-through."""
    return _answer(v)


@alternative
def walkthrough_rounded(v):
    return {key: round(number, 3) for key, number in _answer(v).items()}


@alternative
def walkthrough_autograd(v):
    import torch

    mu = torch.tensor(v.mu, dtype=torch.float64, requires_grad=True)
    raw = torch.tensor(v.raw_spread, dtype=torch.float64, requires_grad=True)
    sigma = variant.torch_sigma_of(raw)
    z = mu + sigma * v.eps
    prior = torch.distributions.Normal(PRIOR_MEAN, PRIOR_SD)
    kl = torch.distributions.kl_divergence(torch.distributions.Normal(mu, sigma), prior)
    through_z = torch.autograd.grad(v.dL_dz * z, (mu, raw), retain_graph=True)
    through_kl = torch.autograd.grad(kl, (mu, raw))
    keys = ("z", "dL_dmu", DRAW_KEY, "dKL_dmu", KL_KEY, "total_dmu", TOTAL_KEY)
    totals = [a + b for a, b in zip(through_z, through_kl, strict=True)]
    return dict(zip(keys, (z.detach(), *through_z, *through_kl, *totals), strict=True))


@misconception("scaled the noise by the variance", hint="Which one has the units of z: sigma or its square?")
def walkthrough_with_variance(v):
    return _answer(v, z=v.mu + _sigma(v) ** 2 * v.eps)


@misconception(
    "took <%= variant.spread_text %> for sigma in the forward pass",
    hint="What is the encoder's second number? Can a standard deviation be negative?",
    when=variant.parameterization != "sigma",
)
def walkthrough_with_raw_spread(v):
    return _answer(v, z=v.mu + v.raw_spread * v.eps)


@misconception(
    "took log sigma for a log-variance",
    hint="Which one is the encoder's second number the logarithm of: sigma or its square?",
    when=variant.parameterization == "log sigma",
)
def walkthrough_with_root(v):
    sigma = np.sqrt(_sigma(v))
    kl = (sigma**2 / PRIOR_SD**2 - 1) / 2
    return _answer(v, z=v.mu + sigma * v.eps, through_spread=v.dL_dz * v.eps * sigma / 2, kl_spread=kl)


@misconception(
    "put exp in place of softplus",
    hint="How does sigma grow with a large rho: as fast as rho itself, or much faster?",
    when=variant.parameterization == "softplus",
)
def walkthrough_of_exp(v):
    sigma = np.exp(v.raw_spread)
    kl = sigma**2 / PRIOR_SD**2 - 1
    return _answer(v, z=v.mu + sigma * v.eps, through_spread=v.dL_dz * v.eps * sigma, kl_spread=kl)


@misconception("let mu and sigma change places in the forward pass", hint="Put eps = 0 and look at what remains.")
def walkthrough_with_swapped_roles(v):
    return _answer(v, z=v.mu * v.eps + _sigma(v))


@misconception("left out the gradient that comes from the loss", hint="Which factor comes from the loss?")
def walkthrough_without_upstream(v):
    return _answer(v, through_mu=1.0, through_spread=v.eps * _slope(v))


@misconception("left out dz/dsigma", hint="How fast does z move when sigma grows?")
def walkthrough_without_noise(v):
    return _answer(v, through_spread=v.dL_dz * _slope(v))


@misconception("lost the sign of the noise", hint="If sigma grows, to which side does this z move?")
def walkthrough_without_sign(v):
    return _answer(v, through_spread=-v.dL_dz * v.eps * _slope(v))


@misconception(
    "multiplied by sigma where eps belongs",
    hint="dz/dsigma is what multiplies sigma in the forward pass.",
    when=variant.parameterization == "sigma",
)
def walkthrough_with_sigma(v):
    return _answer(v, through_spread=v.dL_dz * _sigma(v))


@misconception(
    "took both sigma gradients with respect to log sigma",
    hint="With respect to which variable did you differentiate?",
    when=variant.parameterization != "log sigma",
)
def walkthrough_of_log_sigma(v):
    return _answer(v, through_spread=v.dL_dz * v.eps * _sigma(v), kl_spread=_kl(v)[1] * _sigma(v))


@misconception(
    "stopped at sigma, one step before <%= variant.spread_text %>",
    hint="z is made from sigma, and sigma from the encoder's number: how many factors has the chain rule then?",
    when=variant.parameterization != "sigma",
)
def walkthrough_of_sigma(v):
    return _answer(v, through_spread=v.dL_dz * v.eps, kl_spread=_kl(v)[1])


@misconception(
    "carried the KL's gradient to sigma only, one step before <%= variant.spread_text %>",
    hint="With respect to which variable did you differentiate the KL?",
    when=variant.parameterization != "sigma",
)
def walkthrough_kl_of_sigma(v):
    return _answer(v, kl_spread=_kl(v)[1])


@misconception(
    "carried what came through the draw to sigma only, one step before <%= variant.spread_text %>",
    hint="With respect to which variable did you differentiate z?",
    when=variant.parameterization != "sigma",
)
def walkthrough_draw_of_sigma(v):
    return _answer(v, through_spread=v.dL_dz * v.eps)


@misconception("turned the sign of dKL/dsigma around", hint="Should the KL push a small sigma up or down?")
def walkthrough_with_kl_sign(v):
    return _answer(v, kl_spread=-_kl(v)[1] * _slope(v))


@misconception(
    "lost a factor of two in the KL",
    hint="Which factor stands in front of the whole KL, and which before a square?",
)
def walkthrough_without_half(v):
    kl_mu, kl_sigma = _kl(v)
    return _answer(v, kl_mu=2 * kl_mu, kl_spread=2 * kl_sigma * _slope(v))


@misconception(
    "took the prior for N(0, 1)",
    hint="At which mu and sigma does the KL stop pulling?",
    when=variant.prior_mean != 0 and variant.prior_sd != 1,
)
def walkthrough_from_standard_normal(v):
    return _with_prior(v, m=0.0, s=1.0)


@misconception(
    "left out the prior's mean",
    hint="At which mu does the KL stop pulling?",
    when=variant.prior_mean != 0,
)
def walkthrough_without_prior_mean(v):
    return _with_prior(v, m=0.0)


@misconception(
    "left out the prior's standard deviation",
    hint="At which sigma does the KL stop pulling?",
    when=variant.prior_sd != 1,
)
def walkthrough_without_prior_sd(v):
    return _with_prior(v, s=1.0)


@misconception(
    "took the prior's standard deviation for its variance",
    hint="Which of the two is the second number of the prior, and which stands in its density?",
    when=variant.prior_sd != 1,
)
def walkthrough_with_prior_variance(v):
    return _with_prior(v, s=PRIOR_SD**0.5)


@misconception("forgot the KL in the totals", hint="How many paths lead from mu to the loss?")
def walkthrough_without_kl(v):
    return _answer(v, total_mu=v.dL_dz, total_spread=v.dL_dz * v.eps * _slope(v))


@misconception(
    "multiplied the two contributions",
    hint="Two paths lead to the same loss. What does the chain rule do with paths?",
)
def walkthrough_multiplied(v):
    kl_mu, kl_sigma = _kl(v)
    spread = v.dL_dz * v.eps * _slope(v) * kl_sigma * _slope(v)
    return _answer(v, total_mu=v.dL_dz * kl_mu, total_spread=spread)


@misconception(
    "sent the KL's gradient through z as well",
    hint="Does the KL depend on the draw z, or on mu and sigma alone?",
)
def walkthrough_kl_through_z(v):
    kl_mu, kl_sigma = _kl(v)
    return _answer(v, kl_mu=v.dL_dz * kl_mu, kl_spread=v.dL_dz * kl_sigma * _slope(v))
