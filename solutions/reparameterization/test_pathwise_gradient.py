"""Hidden grader of pathwise_gradient: finite differences of the sample average at fixed noise."""

import numpy as np
import pytest

from autograder.grading import assert_close, central_difference, check

MU, SIGMA = -0.83, 1.37
NARROW = (1.6, 0.45)


def wave_slope(z):
    """Slope of sin(1.5 z) + z^2 / 4."""
    import numpy as np

    return 1.5 * np.cos(1.5 * z) + 0.5 * z


def cubic_slope(z):
    """Slope of z^3 / 3 - 2 z."""
    return z**2 - 2.0


def differences(f, mu, sigma, eps):
    """Derivatives of the average of f over the draws that this noise makes."""
    d_mu = central_difference(lambda moved: np.mean(f(moved + sigma * eps)), mu)
    d_sigma = central_difference(lambda moved: np.mean(f(mu + moved * eps)), sigma)
    return float(d_mu), float(d_sigma)


def wave(z):
    return np.sin(1.5 * z) + z**2 / 4


def cubic(z):
    return z**3 / 3 - 2 * z


def estimate_in_mu(notebook, *arguments):
    """Probe: the first of the two estimates."""
    d_mu, _ = notebook.pathwise_gradient(*arguments)
    return d_mu


def estimate_in_sigma(notebook, *arguments):
    """Probe: the second of the two estimates."""
    _, d_sigma = notebook.pathwise_gradient(*arguments)
    return d_sigma


def noise_after_a_call(notebook, function, mu, sigma, eps):
    """Probe: what the caller's noise is after a call."""
    notebook.pathwise_gradient(function, mu, sigma, eps)
    return eps


@pytest.mark.points(1)
def test_estimate_in_mu(student, noise):
    """The estimate for mu is the derivative of the sample average at fixed noise."""
    eps = noise((7,)) + 0.2
    assert_close(student.run(estimate_in_mu, wave_slope, MU, SIGMA, eps), differences(wave, MU, SIGMA, eps)[0])


@pytest.mark.points(2)
def test_estimate_in_sigma(student, noise):
    """The estimate for sigma is the derivative of the sample average at fixed noise."""
    eps = noise((7,)) + 0.2
    assert_close(student.run(estimate_in_sigma, wave_slope, MU, SIGMA, eps), differences(wave, MU, SIGMA, eps)[1])


@pytest.mark.points(1)
def test_is_a_pair_of_averages(student, noise):
    """Both estimates are single numbers for any number of draws, and the caller's noise is left as it was."""
    for n in (1, 2, 30):
        eps = 2.5 * noise((n,)) - 0.3  # far from zero, too
        assert_close(student.pathwise_gradient(cubic_slope, *NARROW, eps), differences(cubic, *NARROW, eps))
    after = student.run(noise_after_a_call, cubic_slope, *NARROW, noise((5,)))
    check(np.array_equal(after, noise((5,))), "changed its noise in place")


@pytest.mark.points(1)
def test_finds_the_true_gradient(student, normal_grid):
    """With two thousand evenly spread draws both estimates come close to the gradient of the expectation."""
    eps, tolerance = normal_grid
    mu, sigma = NARROW
    truth = (mu**2 + sigma**2 - 2.0, 2 * mu * sigma)
    assert_close(student.pathwise_gradient(cubic_slope, mu, sigma, eps), truth, rtol=tolerance)
