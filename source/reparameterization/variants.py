"""What the variants of this assignment may differ in, and what follows from each choice.

Masters, references and hidden graders read the values of ``variants.toml`` and the words below as ``variant.<name>``.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from autograder.course.axes import Choice, Drawn, Fields, Formula, Integer, Name, Number, Several, Text

# In each notebook of laws, those with a quantile function that can be written down.
LAWS = (
    "exponential",
    "weibull",
    "pareto",
    "rayleigh",
    "half_normal",
    "log_normal",
    "logistic",
    "laplace",
    "gumbel",
    "cauchy",
    "kumaraswamy",
)
IMPLICIT_LAWS = ("gamma", "beta", "von_mises")
# What sentences call them: "the half-normal law".
LAW_NAMES = {
    "exponential": "exponential",
    "weibull": "Weibull",
    "pareto": "Pareto",
    "rayleigh": "Rayleigh",
    "half_normal": "half-normal",
    "log_normal": "log-normal",
    "logistic": "logistic",
    "laplace": "Laplace",
    "gumbel": "Gumbel",
    "cauchy": "Cauchy",
    "kumaraswamy": "Kumaraswamy",
    "gamma": "Gamma",
    "beta": "Beta",
    "von_mises": "von Mises",
}
# How a positive standard deviation is written as a number that an encoder may put out.
PARAMETERIZATIONS = ("sigma", "log sigma", "log-variance", "softplus")
QUESTIONS = (
    "normal_draw",
    "backward_pass",
    "logvar_draw",
    "log_sigma_rule",
    "log_sigma_slope",
    "kl_rest_point",
    "other_prior",
    "kl_direction",
    "kl_adds",
    "elbo_scale",
    "softplus_scale",
    "positive_scale",
    "beta_weight",
    "cube_quantile",
    "uniform_slope",
    "mirrored_level",
    "half_open_level",
    "common_noise",
    "score_or_path",
    "discrete_path",
    "implicit_move",
    "black_box",
    "shared_mean",
    "gumbel_level",
    "exponential_median",
)

AXES = {
    "description": Text(),
    "seed": Integer(0),
    "mu": Number(drawn=True),
    "raw_spread": Number(drawn=True),
    "eps": Number(drawn=True),
    "dL_dz": Number(drawn=True),
    "parameterization": Choice(*PARAMETERIZATIONS),
    "prior": Fields(mean=Number(), sd=Number(above=0)),
    "laws": Several(*LAWS),
    "implicit_laws": Several(*IMPLICIT_LAWS),
    "encoder": Choice(*PARAMETERIZATIONS),
    "likelihood": Choice("bernoulli", "gaussian"),
    "beta": Number(above=0),
    "questions": Several(*QUESTIONS),
}


class Spread(NamedTuple):
    """One way to write a standard deviation.

    Attributes:
        name: the argument's name.
        tex: how it is printed in formulas.
        sigma_of: the standard deviation; the gap holds the written number.
        slope_of: its derivative.
        chain: what a derivative with respect to sigma, in the gap, becomes with respect to the written number; what
            stands in the gap is a product, and the argument is in scope under its name.
        torch_sigma_of: the standard deviation of a tensor.
        refuse_nonpositive: the statement that refuses a standard deviation that is none, where there can be such.
        text: what sentences call it.
        meaning: what the docstring says that it is.
        range: which numbers it may be, unless that is said already.
        letter: a single letter for it, for formulas with an index.
        label: what the axis of a figure calls it.
        sigma: the standard deviation of a written number.
        raw: the written number of a standard deviation.
        slope: the derivative of the standard deviation, at a standard deviation.
    """

    name: Name
    tex: str
    sigma_of: Formula
    slope_of: Formula
    chain: Formula
    torch_sigma_of: Formula
    refuse_nonpositive: Formula
    text: str
    meaning: str
    range: str
    letter: str
    label: str
    sigma: Callable[[float], float]
    raw: Callable[[float], float]
    slope: Callable[[float], float]


# A line that vanishes: where every real number is allowed, nothing is refused.
NO_REFUSAL = Formula("<%# any real number %>")

SPREADS = {
    "sigma": Spread(
        Name("sigma"),
        r"\sigma",
        Formula("{}"),
        Formula("np.ones_like({})"),
        Formula("{}"),
        Formula("{}"),
        Formula('if np.any({} <= 0):\n        raise ValueError("every sigma must be positive")'),
        "sigma",
        "standard deviation",
        "positive",
        r"\sigma",
        r"standard deviation $\sigma$",
        lambda raw: raw,
        lambda sigma: sigma,
        lambda sigma: 1.0,
    ),
    "log sigma": Spread(
        Name("log_sigma"),
        r"\log\sigma",
        Formula("np.exp({})"),
        Formula("np.exp({})"),
        Formula("{} * np.exp(log_sigma)"),
        Formula("torch.exp({})"),
        NO_REFUSAL,
        "log sigma",
        "logarithm of the standard deviation",
        "any real number",
        r"\ell",
        r"$\log\sigma$",
        math.exp,
        math.log,
        lambda sigma: sigma,
    ),
    "log-variance": Spread(
        Name("logvar"),
        r"\log\sigma^2",
        Formula("np.exp(0.5 * {})"),
        Formula("(0.5 * np.exp(0.5 * {}))"),
        Formula("{} * 0.5 * np.exp(0.5 * logvar)"),
        Formula("torch.exp(0.5 * {})"),
        NO_REFUSAL,
        "the log-variance",
        "logarithm of the variance",
        "any real number",
        "v",
        r"$\log\sigma^2$",
        lambda raw: math.exp(raw / 2),
        lambda sigma: 2 * math.log(sigma),
        lambda sigma: sigma / 2,
    ),
    "softplus": Spread(
        Name("rho"),
        r"\rho",
        Formula("np.logaddexp(0, {})"),
        Formula("(1 / (1 + np.exp(-{})))"),
        Formula("{} / (1 + np.exp(-rho))"),
        Formula("torch.nn.functional.softplus({})"),
        NO_REFUSAL,
        "rho",
        "real number whose softplus, log(1 + exp(rho)), is the standard deviation",
        "",
        r"\rho",
        r"$\rho$",
        lambda raw: math.log1p(math.exp(raw)),
        lambda sigma: math.log(math.expm1(sigma)),
        lambda sigma: -math.expm1(-sigma),
    ),
}


# By what the encoder of the vae notebook puts out: the argument's name, what it is called, and sigma in torch.
CODE_SPREADS = {
    "log sigma": (Name("log_sigma"), "log sigma", Formula("torch.exp({})")),
    "log-variance": (Name("logvar"), "log-variance", Formula("torch.exp(0.5 * {})")),
    "softplus": (Name("rho"), "rho", Formula("F.softplus({})")),
}
# The same squared, and the logarithm of the square, both relative to a prior whose standard deviation is 1 or {s}.
CODE_RATIOS = {
    "log sigma": {
        True: ("torch.exp(2 * {})", "2 * {}"),
        False: ("(torch.exp({}) / {s}) ** 2", "2 * ({} - np.log({s}))"),
    },
    "log-variance": {True: ("torch.exp({})", "{}"), False: ("torch.exp({}) / {s} ** 2", "({} - 2 * np.log({s}))")},
    "softplus": {
        True: ("F.softplus({}) ** 2", "2 * torch.log(F.softplus({}))"),
        False: ("(F.softplus({}) / {s}) ** 2", "2 * torch.log(F.softplus({}) / {s})"),
    },
}
# The standard deviation of a pixel around its mean, where pixels are Gaussian.
PIXEL_SD = 0.25
# What each pixel of x costs in nats, in torch; the gap holds what the decoder puts out.
PIXEL_COSTS = {
    "bernoulli": 'F.binary_cross_entropy_with_logits({}, x, reduction="none")',
    "gaussian": f"(0.5 * ((x - {{}}) / {PIXEL_SD}) ** 2 + np.log({PIXEL_SD} * np.sqrt(2 * np.pi)))",
}


def refuse(v: Any) -> Iterator[tuple[str, str]]:
    """Yield the key and the reason of each combination that makes no assignment."""
    raw = v.raw_spread.choices if isinstance(v.raw_spread, Drawn) else (v.raw_spread,)
    if v.parameterization == "sigma" and min(raw) <= 0:
        yield "raw_spread", "raw_spread must be above 0, since with parameterization = 'sigma' it is sigma itself"
    if v.encoder == "sigma":
        others = ", ".join(map(repr, PARAMETERIZATIONS[1:]))
        yield "encoder", f"encoder cannot be 'sigma': a linear layer gives negative numbers too; take one of {others}"


def words(v: Any) -> dict[str, Any]:
    """Name what follows from a variant's choices."""
    return {
        **_gaussian_words(v, SPREADS[v.parameterization]),
        "prior_mean": v.prior["mean"],
        "prior_sd": v.prior["sd"],
        **code_words(v),
        "law_names": LAW_NAMES,
        "listed": listed,
    }


def listed(laws: Sequence[str]) -> str:
    """Name several laws in a sentence: "the Weibull, the Gumbel and the Cauchy"."""
    *others, last = (f"the {LAW_NAMES[law]}" for law in laws)
    return f"{', '.join(others)} and {last}" if others else last


def code_words(v: Any) -> dict[str, Any]:
    """Name what the vae notebook says: of the encoder, the decoder, the prior of the codes and the loss."""
    spread, called, sigma_of = CODE_SPREADS[v.encoder]
    mean, sd = v.prior["mean"], v.prior["sd"]
    ratio, log_ratio = CODE_RATIOS[v.encoder][sd == 1]
    centered = f"({{}} {'-' if mean > 0 else '+'} {abs(mean)})" if mean else "{}"
    return {
        "code_spread": spread,
        "code_spread_word": called,
        "code_sigma_of": sigma_of,
        "decoded": Name("logits" if v.likelihood == "bernoulli" else "mean"),
        "pixel_sd": PIXEL_SD,
        "pixel_cost": Formula(PIXEL_COSTS[v.likelihood]),
        "from_prior": Formula(centered if sd == 1 else f"({centered} / {sd})"),
        "variance_ratio": Formula(ratio.replace("{s}", str(sd))),
        "log_variance_ratio": Formula(log_ratio.replace("{s}", str(sd))),
        "weighted": Formula("{}" if v.beta == 1 else f"{v.beta} * {{}}"),
    }


def literal(number: Any) -> str:
    """Write a number, or a list of numbers, as a check does: to six decimals."""
    if isinstance(number, list):
        return f"[{', '.join(map(literal, number))}]"
    return repr(round(float(number), 6) + 0.0)


def _gaussian_words(v: Any, spread: Spread) -> dict[str, Any]:
    """Name what the Gaussian notebook says of its spread and its prior, and what its visible checks expect."""
    m, s = v.prior["mean"], v.prior["sd"]

    def raw(sigma: Any) -> Any:
        return [raw(each) for each in sigma] if isinstance(sigma, list) else spread.raw(sigma)

    def kl(mu: float, sigma: float) -> float:
        return ((mu - m) ** 2 + sigma**2) / (2 * s**2) - 0.5 - math.log(sigma / s)

    def kl_slopes(mu: float, sigma: float) -> tuple[float, float]:
        return (mu - m) / s**2, (sigma / s**2 - 1 / sigma) * spread.slope(sigma)

    shown_raw = v.raw_spread.choices[1] if isinstance(v.raw_spread, Drawn) else v.raw_spread
    raws = v.raw_spread.choices if isinstance(v.raw_spread, Drawn) else (v.raw_spread,)
    # Where a wave wiggles many times within sigma depends on sigma: both sides of that are to be seen.
    narrow = max(map(spread.sigma, raws)) < 1
    return {
        # What the demonstrations of a single law show, and where those begin that follow the encoder's answer.
        "shown_mu": v.mu.choices[1] if isinstance(v.mu, Drawn) else v.mu,
        "shown_raw": shown_raw,
        "shown_sigma": literal(spread.sigma(shown_raw)),
        "frequencies": [0.5, 1, 2, 4, 8, 16, 32] if narrow else [0.1, 0.2, 0.5, 1, 2, 4, 8, 16],
        # The weight with which the toy descent ends near the prior: a broad prior pulls less.
        "strong_beta": 6.0 * max(1.0, s**2),
        "encoded": f"my_mu, my_{spread.name}" if v.per_student else f"{v.mu}, {v.raw_spread}",
        "spread": spread.name,
        "spread_tex": spread.tex,
        "sigma_of": spread.sigma_of,
        "slope_of": spread.slope_of,
        "chain": spread.chain,
        "torch_sigma_of": spread.torch_sigma_of,
        "refuse_nonpositive": spread.refuse_nonpositive,
        "spread_text": spread.text,
        "spread_math": f"${spread.tex}$",
        "spread_moved": spread.letter,
        "spread_label": spread.label,
        # The further argument of a figure that speaks of the spread, where that is not sigma.
        "figure_name": "" if spread.name == "sigma" else f', r"${spread.tex}$"',
        "spread_is": spread.meaning,
        "spread_long": ", ".join(filter(None, [spread.meaning, spread.range])),
        "spread_number": "standard deviation, a positive number"
        if spread.name == "sigma"
        else f"{spread.meaning}; {'a' if spread.range else 'one'} number",
        "prior_text": "N(0, 1)" if (m, s) == (0, 1) else f"N({m:g}, {s:g}^2)",
        "prior_of_many": "N(0, I)" if (m, s) == (0, 1) else f"N({m:g}, {s:g}^2) of each dimension",
        "prior_tex": r"\mathcal N(0, 1)" if (m, s) == (0, 1) else rf"\mathcal N({m:g}, {s:g}^2)",
        "standard_prior": (m, s) == (0, 1),
        # Of a standard deviation: the written number, and the derivative there; numbers as a check writes them.
        "raw": lambda sigma: literal(raw(sigma)),
        "slope": spread.slope,
        "literal": literal,
        "kl": kl,
        "kl_slopes": kl_slopes,
    }


def asks(v: Any, stem: str) -> bool:
    """Whether a variant has a problem: those of laws that it does not name are left out."""
    for law in LAWS:
        if stem in (f"{law}_icdf", f"{law}_backward"):
            return law in v.laws
    for law in IMPLICIT_LAWS:
        if stem == f"{law}_implicit_gradient":
            return law in v.implicit_laws
    return True
