"""Modules of the secret room speak of one variant, and stay letter by letter what they were otherwise."""

import pytest

from autograder.course.axes import Drawn, Formula, Name
from autograder.course.errors import CourseError
from autograder.course.variants import Variant
from autograder.grading import variant as placeholder
from autograder.grading.specialize import specialize

VARIANT = Variant(
    "autumn",
    {
        "beta": 4.0,
        "form": "log",
        "spread": Name("log_sigma"),
        "sigma_of": Formula("np.exp({})"),
        "mu": Drawn("mu", (0.5, 1.5)),
        "scales": (1.0, 2.0),
    },
)
HEAD = "from autograder.grading import variant\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("b = variant.beta", "b = 4.0"),
        ("b = variant.beta ** 2 + -variant.beta", "b = 4.0 ** 2 + -4.0"),
        ("when = variant.form == 'log'", "when = 'log' == 'log'"),
        ("s = variant.sigma_of(spread)  # spread, as ever", "s = np.exp(log_sigma)  # spread, as ever"),
        ("s = variant.sigma_of(f(spread, variant.beta))", "s = np.exp(f(log_sigma, 4.0))"),
        ("s = variant.sigma_of(variant.sigma_of(spread))", "s = np.exp(np.exp(log_sigma))"),
        ("def f(mu, spread, *, é=1): return spread + é", "def f(mu, log_sigma, *, é=1): return log_sigma + é"),
        ("x = f(spread=spread)", "x = f(log_sigma=log_sigma)"),
        ("x = a.spread", "x = a.spread"),
        ("x = 'ü', spread, 'spread'", "x = 'ü', log_sigma, 'spread'"),
        ("x = lambda spread: spread", "x = lambda log_sigma: log_sigma"),
        ("for spread in range(3): pass", "for log_sigma in range(3): pass"),
        ('"""Of <%= variant.spread %> and spread."""', '"""Of log_sigma and spread."""'),
        ("m = variant.mu", "m = 0.5"),
        ("m = variant.scales", "m = (1.0, 2.0)"),
        ("n = variant.spread", "n = log_sigma"),
        ("x = f(\n    variant.beta,  # why\n    spread,\n)", "x = f(\n    4.0,  # why\n    log_sigma,\n)"),
    ],
)
def test_what_a_variant_calls_otherwise_is_replaced(before: str, after: str) -> None:
    assert specialize(f"{HEAD}{before}\n", VARIANT, "x.py") == f"{HEAD}{after}\n"


def test_a_module_that_does_not_ask_for_it_is_left_alone() -> None:
    text = "def walkthrough(variant, spread):\n    return variant.beta * spread\n"
    assert specialize(text, VARIANT, "x.py") == text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x = variant.gamma", "x.py, line 2: the variant has no 'gamma'"),
        ("\n\nx = variant.beta(3)", "x.py, line 4: variant.beta is no formula of one argument"),
        ("x = variant.sigma_of(1, 2)", "x.py, line 2: variant.sigma_of is no formula of one argument"),
        ("x = = 1", "x.py, line 2"),
        ('"""<%= variant.gamma %>"""', "x.py"),
    ],
)
def test_what_a_variant_does_not_have_is_named_with_its_line(line: str, says: str) -> None:
    with pytest.raises(CourseError) as refused:
        specialize(f"{HEAD}{line}\n", VARIANT, "x.py")
    assert says in str(refused.value)


def test_the_placeholder_says_when_it_means_something() -> None:
    with pytest.raises(AttributeError, match="once it is loaded"):
        _ = placeholder.beta
