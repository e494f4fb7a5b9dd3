"""Hidden grader of score_function_gradient: draws held fixed while finite differences move their density."""

import numpy as np
import pytest
from scipy.stats import norm

from autograder.grading import assert_close, central_difference, check

MU, SIGMA = -0.83, 1.37
NARROW_MU, NARROW_SIGMA = 1.6, 0.45


def bump(z):
    """A smooth function without symmetry."""
    import numpy as np

    return 2.0 + np.sin(1.5 * z) + 0.25 * z**2


def step(z):
    """A function whose slope is zero wherever it has one."""
    import numpy as np

    return np.where(np.asarray(z) > 1.25, 3.0, -0.5)


@pytest.fixture
def differences(sigma_of):
    """Derivatives of the importance-weighted average over draws that stay where they are."""

    def both(f, mu, raw, eps):
        z = mu + sigma_of(raw) * eps

        def average(new_mu, new_raw):
            weights = norm.pdf(z, new_mu, sigma_of(new_raw)) / norm.pdf(z, mu, sigma_of(raw))
            return np.mean(f(z) * weights)

        d_mu = central_difference(lambda moved: average(moved, raw), mu)
        d_raw = central_difference(lambda moved: average(mu, moved), raw)
        return float(d_mu), float(d_raw)

    return both


def estimate_in_mu(notebook, *arguments):
    """Probe: the first of the two estimates."""
    d_mu, _ = notebook.score_function_gradient(*arguments)
    return d_mu


def estimate_in_spread(notebook, *arguments):
    """Probe: the second of the two estimates."""
    _, d_raw = notebook.score_function_gradient(*arguments)
    return d_raw


def noise_after_a_call(notebook, function, mu, raw, eps):
    """Probe: what the caller's noise is after a call."""
    notebook.score_function_gradient(function, mu, raw, eps)
    return eps


@pytest.mark.points(1)
def test_estimate_in_mu(student, noise, raw_of, differences):
    """The estimate for mu says how the average of f changes when the density moves and the draws stay."""
    raw, eps = float(raw_of(SIGMA)), noise((7,)) + 0.2
    assert_close(student.run(estimate_in_mu, bump, MU, raw, eps), differences(bump, MU, raw, eps)[0])


@pytest.mark.points(2)
def test_estimate_in_spread(student, noise, raw_of, differences):
    """The estimate for <%= variant.spread_text %> says how f's average changes as the density widens and draws stay."""
    raw, eps = float(raw_of(SIGMA)), noise((7,)) + 0.2
    assert_close(student.run(estimate_in_spread, bump, MU, raw, eps), differences(bump, MU, raw, eps)[1])


@pytest.mark.points(1)
def test_needs_no_slope(student, noise, raw_of, differences):
    """A step function is fine: f is evaluated and never differentiated."""
    narrow, eps = (NARROW_MU, float(raw_of(NARROW_SIGMA))), noise((9,)) - 0.3
    assert_close(student.score_function_gradient(step, *narrow, eps), differences(step, *narrow, eps))


@pytest.mark.points(1)
def test_is_a_pair_of_averages(student, noise, raw_of, differences, narrow_and_wide):
    """Both estimates are single numbers for any number of draws, and the caller's noise is left as it was."""
    narrow = NARROW_MU, float(raw_of(NARROW_SIGMA))
    for n in (1, 2, 30):
        eps = 2 * noise((n,)) - 0.3  # far from zero, too
        assert_close(student.score_function_gradient(bump, *narrow, eps), differences(bump, *narrow, eps))
    wide = tuple(float(one[1]) for one in narrow_and_wide)
    for each in (wide, (2, 1)):
        assert_close(student.score_function_gradient(bump, *each, eps), differences(bump, *each, eps))
    after = student.run(noise_after_a_call, bump, *narrow, noise((5,)))
    check(np.array_equal(after, noise((5,))), "changed its noise in place")
