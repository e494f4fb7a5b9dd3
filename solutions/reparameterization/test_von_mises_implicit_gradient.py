"""Hidden grader of von_mises_implicit_gradient: differences of a quantile that a root finder gives, shapes."""

import functools

import numpy as np
import pytest
from scipy import optimize, special

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference

LEVELS = np.array([0.01, 0.1, 0.3, 0.5, 0.66, 0.8, 0.99])
# Derivatives are as small as 1e-3 where the law is narrow.
ATOL = 1e-8


def _cdf(kappa):
    """F on (-pi, pi) as a function of z, by its Fourier series; scipy's own is another law from kappa = 50 on."""
    j = np.arange(1, 81)
    weights = special.ive(j, kappa) / special.ive(0, kappa) / (np.pi * j)
    return lambda z: 0.5 + z / (2 * np.pi) + weights @ np.sin(j * z)


# Every student is asked the same, and finding a root takes its time.
@np.vectorize
@functools.cache
def _quantile(u, kappa):
    cdf = _cdf(kappa)
    return optimize.brentq(lambda z: cdf(z) - u, -np.pi, np.pi, xtol=1e-15, rtol=1e-15)


def _differences(u, kappa):
    u, kappa = np.broadcast_arrays(u, np.asarray(kappa, dtype=float))
    return central_difference(lambda k: _quantile(u, k), kappa, step=1e-2 * kappa)


def _differences_at(z, kappa):
    level = np.vectorize(lambda z, kappa: _cdf(kappa)(z))
    return _differences(level(np.asarray(z, dtype=float), np.asarray(kappa, dtype=float)), kappa)


@pytest.mark.points(2)
@pytest.mark.parametrize("kappa", [2.0, 0.15, 0.9, 7.0, 39.0])
def test_matches_differences_of_the_quantile(student, kappa):
    """It agrees with differences of the quantile at fixed u, for wide and for narrow laws, on both sides."""
    # Far out in a law like this one the density is small, while differences of F still have their digits.
    levels = np.append(LEVELS, 3e-4) if kappa == 7.0 else LEVELS
    z, expected = _quantile(levels, kappa), _differences(levels, kappa)
    assert_close(student.von_mises_implicit_gradient(z, kappa), expected, atol=ATOL)


@pytest.mark.points(1)
def test_broadcasts(student):
    """Every pair of z and kappa gets its own derivative, in the shape to which they broadcast."""
    rng = np.random.default_rng(81)
    u, kappa = rng.uniform(0.05, 0.95, (3, 4)), np.array([0.6, 1.0, 3.9, 12.5])
    expected = _differences(u, kappa)
    assert_close(student.von_mises_implicit_gradient(_quantile(u, kappa), kappa), expected, atol=ATOL)
    column, z = np.array([[0.4], [1.1], [2.2]]), np.array([-1.9, -0.7, 0.4, 1.2])
    for draws, each in [(z, column), (0.8, column), (z, column[:, None])]:
        assert_close(student.von_mises_implicit_gradient(draws, each), _differences_at(draws, each), atol=ATOL)


@pytest.mark.points(1)
def test_kinds_of_arguments(student):
    """Numbers, lists and single precision are taken as arrays are, and the arguments stay as they are."""
    rng = np.random.default_rng(82)
    z, kappa = rng.uniform(-1.2, 1.2, (3, 4)), rng.uniform(0.5, 4.0, 4)
    single = (z.astype(np.float32), kappa.astype(np.float32))
    for arguments in (([0.4, -1.7], [2, 0.8]), (2.2, 1.1), (-1, 3), single):
        expected = _differences_at(*arguments)
        assert_close(student.von_mises_implicit_gradient(*arguments), expected, atol=1e-7)
    assert_arguments_unchanged(student.von_mises_implicit_gradient, z, kappa)
