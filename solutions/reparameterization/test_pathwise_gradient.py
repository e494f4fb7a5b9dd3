"""Hidden grader of pathwise_gradient: finite differences of the sample average at fixed noise."""

import numpy as np
import pytest

from autograder.grading import assert_close, central_difference, check

MU, SIGMA = -0.83, 1.37
NARROW_MU, NARROW_SIGMA = 1.6, 0.45


def wave_slope(z):
    """Slope of sin(1.5 z) + z^2 / 4."""
    import numpy as np

    return 1.5 * np.cos(1.5 * z) + 0.5 * z


def cubic_slope(z):
    """Slope of z^3 / 3 - 2 z."""
    return z**2 - 2.0


@pytest.fixture
def differences(sigma_of):
    """Derivatives of the average of f over the draws that this noise makes."""

    def both(f, mu, raw, eps):
        d_mu = central_difference(lambda moved: np.mean(f(moved + sigma_of(raw) * eps)), mu)
        d_raw = central_difference(lambda moved: np.mean(f(mu + sigma_of(moved) * eps)), raw)
        return float(d_mu), float(d_raw)

    return both


def wave(z):
    return np.sin(1.5 * z) + z**2 / 4


def cubic(z):
    return z**3 / 3 - 2 * z


def estimate_in_mu(notebook, *arguments):
    """Probe: the first of the two estimates."""
    d_mu, _ = notebook.pathwise_gradient(*arguments)
    return d_mu


def estimate_in_spread(notebook, *arguments):
    """Probe: the second of the two estimates."""
    _, d_raw = notebook.pathwise_gradient(*arguments)
    return d_raw


def noise_after_a_call(notebook, function, mu, raw, eps):
    """Probe: what the caller's noise is after a call."""
    notebook.pathwise_gradient(function, mu, raw, eps)
    return eps


@pytest.mark.points(1)
def test_estimate_in_mu(student, noise, raw_of, differences):
    """The estimate for mu is the derivative of the sample average at fixed noise."""
    raw, eps = float(raw_of(SIGMA)), noise((7,)) + 0.2
    assert_close(student.run(estimate_in_mu, wave_slope, MU, raw, eps), differences(wave, MU, raw, eps)[0])


@pytest.mark.points(2)
def test_estimate_in_spread(student, noise, raw_of, differences):
    """The estimate for <%= variant.spread_text %> is the derivative of the sample average at fixed noise."""
    raw, eps = float(raw_of(SIGMA)), noise((7,)) + 0.2
    assert_close(student.run(estimate_in_spread, wave_slope, MU, raw, eps), differences(wave, MU, raw, eps)[1])


@pytest.mark.points(1)
def test_is_a_pair_of_averages(student, noise, raw_of, differences, narrow_and_wide):
    """Both estimates are single numbers for any number of draws, and the caller's noise is left as it was."""
    narrow = NARROW_MU, float(raw_of(NARROW_SIGMA))
    for n in (1, 2, 30):
        eps = 2.5 * noise((n,)) - 0.3  # far from zero, too
        assert_close(student.pathwise_gradient(cubic_slope, *narrow, eps), differences(cubic, *narrow, eps))
    for mu, raw in [*zip(*map(np.ndarray.tolist, narrow_and_wide), strict=True), (2, 1)]:
        assert_close(student.pathwise_gradient(cubic_slope, mu, raw, eps), differences(cubic, mu, raw, eps))
    after = student.run(noise_after_a_call, cubic_slope, *narrow, noise((5,)))
    check(np.array_equal(after, noise((5,))), "changed its noise in place")


@pytest.mark.points(1)
def test_finds_the_true_gradient(student, normal_grid, raw_of, sigma_of):
    """With two thousand evenly spread draws both estimates come close to the gradient of the expectation."""
    eps, tolerance = normal_grid
    mu, raw = NARROW_MU, float(raw_of(NARROW_SIGMA))
    # E[z^3 / 3 - 2 z] = mu^3 / 3 + mu sigma^2 - 2 mu
    d_raw = float(central_difference(lambda moved: mu * sigma_of(moved) ** 2, raw))
    truth = (mu**2 + NARROW_SIGMA**2 - 2.0, d_raw)
    assert_close(student.pathwise_gradient(cubic_slope, mu, raw, eps), truth, rtol=tolerance)
