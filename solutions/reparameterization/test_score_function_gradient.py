"""Hidden grader of score_function_gradient: draws held fixed while finite differences move their density."""

import numpy as np
import pytest
from scipy.stats import norm

from autograder.grading import assert_close, central_difference, check

MU, SIGMA = -0.83, 1.37
NARROW = (1.6, 0.45)


def bump(z):
    """A smooth function without symmetry."""
    import numpy as np

    return 2.0 + np.sin(1.5 * z) + 0.25 * z**2


def step(z):
    """A function whose slope is zero wherever it has one."""
    import numpy as np

    return np.where(np.asarray(z) > 1.25, 3.0, -0.5)


def differences(f, mu, sigma, eps):
    """Derivatives of the importance-weighted average over draws that stay where they are."""
    z = mu + sigma * eps

    def average(new_mu, new_sigma):
        return np.mean(f(z) * norm.pdf(z, new_mu, new_sigma) / norm.pdf(z, mu, sigma))

    d_mu = central_difference(lambda moved: average(moved, sigma), mu)
    d_sigma = central_difference(lambda moved: average(mu, moved), sigma)
    return float(d_mu), float(d_sigma)


def estimate_in_mu(notebook, *arguments):
    """Probe: the first of the two estimates."""
    d_mu, _ = notebook.score_function_gradient(*arguments)
    return d_mu


def estimate_in_sigma(notebook, *arguments):
    """Probe: the second of the two estimates."""
    _, d_sigma = notebook.score_function_gradient(*arguments)
    return d_sigma


def noise_after_a_call(notebook, function, mu, sigma, eps):
    """Probe: what the caller's noise is after a call."""
    notebook.score_function_gradient(function, mu, sigma, eps)
    return eps


@pytest.mark.points(1)
def test_estimate_in_mu(student, noise):
    """The estimate for mu says how the average of f changes when the density moves and the draws stay."""
    eps = noise((7,)) + 0.2
    assert_close(student.run(estimate_in_mu, bump, MU, SIGMA, eps), differences(bump, MU, SIGMA, eps)[0])


@pytest.mark.points(2)
def test_estimate_in_sigma(student, noise):
    """The estimate for sigma says how the average of f changes when the density widens and the draws stay."""
    eps = noise((7,)) + 0.2
    assert_close(student.run(estimate_in_sigma, bump, MU, SIGMA, eps), differences(bump, MU, SIGMA, eps)[1])


@pytest.mark.points(1)
def test_needs_no_slope(student, noise):
    """A step function is fine: f is evaluated and never differentiated."""
    eps = noise((9,)) - 0.3
    assert_close(student.score_function_gradient(step, *NARROW, eps), differences(step, *NARROW, eps))


@pytest.mark.points(1)
def test_is_a_pair_of_averages(student, noise):
    """Both estimates are single numbers for any number of draws, and the caller's noise is left as it was."""
    for n in (1, 2, 30):
        eps = noise((n,)) - 0.3
        assert_close(student.score_function_gradient(bump, *NARROW, eps), differences(bump, *NARROW, eps))
    after = student.run(noise_after_a_call, bump, *NARROW, noise((5,)))
    check(np.array_equal(after, noise((5,))), "changed its noise in place")
