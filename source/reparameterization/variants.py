"""What the variants of this assignment may differ in, and what follows from each choice.

Masters, references and hidden graders read the values of ``variants.toml`` and the words below as ``variant.<name>``.
"""

from collections.abc import Iterator
from typing import Any

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
# How a positive standard deviation is written as a number that an encoder may put out.
PARAMETERIZATIONS = ("sigma", "log sigma", "log-variance", "softplus")
QUESTIONS = ("normal_draw", "backward_pass", "logvar_draw")

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

# By parameterization: the argument's name, how it is printed in formulas, the standard deviation and its derivative.
SPREADS = {
    "sigma": (Name("sigma"), r"\sigma", Formula("{}"), Formula("np.ones_like({})")),
    "log sigma": (Name("log_sigma"), r"\log\sigma", Formula("np.exp({})"), Formula("np.exp({})")),
    "log-variance": (
        Name("logvar"),
        r"\log\sigma^2",
        Formula("np.exp(0.5 * {})"),
        Formula("(0.5 * np.exp(0.5 * {}))"),
    ),
    "softplus": (Name("rho"), r"\rho", Formula("np.logaddexp(0, {})"), Formula("(1 / (1 + np.exp(-{})))")),
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
    spread, symbol, sigma_of, slope_of = SPREADS[v.parameterization]
    return {
        "spread": spread,
        "spread_tex": symbol,
        "sigma_of": sigma_of,
        "slope_of": slope_of,
        "prior_mean": v.prior["mean"],
        "prior_sd": v.prior["sd"],
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
