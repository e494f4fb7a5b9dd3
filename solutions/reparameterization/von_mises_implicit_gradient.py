"""Implicit reparameterization of the von Mises law's concentration (Figurnov, Mohamed and Mnih 2018)."""

import numpy as np
import scipy.integrate
import scipy.stats
from scipy import special

from autograder.grading import alternative, inputs, misconception


def _von_mises_arrays(z, kappa):
    return np.asarray(z, dtype=float), np.asarray(kappa, dtype=float)


def _von_mises_pdf(z, kappa):
    return np.exp(kappa * (np.cos(z) - 1)) / (2 * np.pi * special.i0e(kappa))


def _von_mises_cdf_slope(z, kappa, h):
    return (scipy.stats.vonmises.cdf(z, kappa + h) - scipy.stats.vonmises.cdf(z, kappa - h)) / (2 * h)


def _von_mises_step(kappa):
    return 1e-5 * np.maximum(1e-2, kappa)


def von_mises_implicit_gradient(z, kappa):
    """Pathwise derivative of a von Mises draw with respect to its concentration, at fixed u.

    The law lives on a circle that is cut open at -pi, with its mean direction at 0: its density is
    exp(kappa * cos(z)) / (2 * pi * I0(kappa)) for -pi < z < pi, where I0(kappa) is scipy's special.i0(kappa).
    Its distribution function F(z; kappa), with F(-pi) = 0, is scipy's stats.vonmises.cdf(z, kappa).

    Args:
        z: draw in radians, -pi < z < pi; a number, a list or an array.
        kappa: concentration, 0 < kappa <= 40; a number, a list or an array that broadcasts with z.

    Returns:
        dz/dkappa, with the shape to which z and kappa broadcast.
    """
    z, kappa = np.broadcast_arrays(np.asarray(z, dtype=float), np.asarray(kappa, dtype=float))
    # dF/dkappa is the integral of df/dkappa = f * (cos - mean of cos), from -pi to the draw. The law is symmetric, so
    # the integral may stop at -|z|: no exponential is larger than 1 there.
    nodes, weights = np.polynomial.legendre.leggauss(40)
    half = (np.pi - np.abs(z)) / 2
    t = -np.pi + half[..., None] * (nodes + 1)
    mean_cos = special.i1e(kappa) / special.i0e(kappa)
    ratio = np.exp(kappa[..., None] * (np.cos(t) - np.cos(z)[..., None]))
    return np.sign(z) * half * ((np.cos(t) - mean_cos[..., None]) * ratio @ weights)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    kappa = np.asarray(np.exp(rng.uniform(np.log(0.02), np.log(40), shape())))
    reach = np.minimum(3.1, 3 / np.sqrt(kappa.max()))
    z = np.asarray(reach * rng.uniform(-1, 1, shape()))
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (z, kappa))


@alternative
def von_mises_implicit_gradient_differences(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return -_von_mises_cdf_slope(z, kappa, 1e-5 * kappa) / scipy.stats.vonmises.pdf(z, kappa)


@alternative
def von_mises_implicit_gradient_fixed_step(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    density = np.exp(kappa * np.cos(z)) / (2 * np.pi * special.i0(kappa))
    return (-_von_mises_cdf_slope(z, kappa, 1e-5) / density).tolist()


@alternative
def von_mises_implicit_gradient_series(z, kappa):
    z, kappa = np.broadcast_arrays(*_von_mises_arrays(z, kappa))

    def cdf(kappa):
        j = np.arange(1, 61)
        terms = special.ive(j, kappa[..., None]) / special.i0e(kappa)[..., None] * np.sin(j * z[..., None]) / j
        return 0.5 + z / (2 * np.pi) + terms.sum(axis=-1) / np.pi

    h = 1e-5 * np.maximum(kappa, 0.1)
    return -(cdf(kappa + h) - cdf(kappa - h)) / (2 * h) / _von_mises_pdf(z, kappa)


@alternative
def von_mises_implicit_gradient_by_quadrature(z, kappa):
    z, kappa = np.broadcast_arrays(*_von_mises_arrays(z, kappa))
    gradient = np.zeros(z.shape)
    for place in np.ndindex(z.shape):
        k = kappa[place]
        mean = special.ive(1, k) / special.ive(0, k)

        def moved(t, k=k, mean=mean):
            return _von_mises_pdf(t, k) * (np.cos(t) - mean)

        slope, _ = scipy.integrate.quad(moved, -np.pi, z[place], epsabs=1e-12, epsrel=1e-10, limit=200)
        gradient[place] = -slope / _von_mises_pdf(z[place], k)
    return gradient


@misconception("lost the minus sign", hint="Do draws move towards the mean direction when kappa grows, or away?")
def von_mises_implicit_gradient_sign(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return _von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) / _von_mises_pdf(z, kappa)


@misconception("differentiated F with respect to z", hint="Which argument of F should be moved while z is held?")
def von_mises_implicit_gradient_wrong_argument(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    slope = (scipy.stats.vonmises.cdf(z + 1e-6, kappa) - scipy.stats.vonmises.cdf(z - 1e-6, kappa)) / 2e-6
    return -slope / _von_mises_pdf(z, kappa)


@misconception("did not divide by the density", hint="F changes by dF. How far must z move to make up for it?")
def von_mises_implicit_gradient_undivided(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return -_von_mises_cdf_slope(z, kappa, _von_mises_step(kappa))


@misconception("forgot the whole constant of the density", hint="Does the density that you divide by integrate to one?")
def von_mises_implicit_gradient_unnormalized(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return -_von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) / np.exp(kappa * np.cos(z))


@misconception(
    "forgot the Bessel function in the density's constant",
    hint="For which kappa does your density integrate to one?",
)
def von_mises_implicit_gradient_without_bessel(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    density = np.exp(kappa * np.cos(z)) / (2 * np.pi)
    return -_von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) / density


@misconception("forgot 2 pi in the density's constant", hint="What is the density of a direction when kappa is 0?")
def von_mises_implicit_gradient_without_two_pi(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return -_von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) / (2 * np.pi * _von_mises_pdf(z, kappa))


@misconception(
    "took the scaled Bessel function i0e for I0",
    hint="By which factor does scipy's i0e differ from i0, and does your exponential make up for it?",
)
def von_mises_implicit_gradient_scaled_bessel(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    density = np.exp(kappa * np.cos(z)) / (2 * np.pi * special.i0e(kappa))
    return -_von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) / density


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two depends on kappa while u stays fixed: the density at z, or z?",
)
def von_mises_implicit_gradient_score(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return np.cos(z) - special.i1e(kappa) / special.i0e(kappa)


@misconception(
    "took the constant of the density as free of kappa when you differentiated under the integral",
    hint="At z = pi, F is 1 for every kappa. What is your dF/dkappa there?",
)
def von_mises_implicit_gradient_fixed_constant(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    mean = special.i1e(kappa) / special.i0e(kappa)
    slope = _von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) + mean * scipy.stats.vonmises.cdf(z, kappa)
    return -slope / _von_mises_pdf(z, kappa)


@misconception("took the angle for degrees", hint="In which unit is z when it runs from -pi to pi?")
def von_mises_implicit_gradient_degrees(z, kappa):
    z, kappa = _von_mises_arrays(np.deg2rad(z), kappa)
    return -_von_mises_cdf_slope(z, kappa, _von_mises_step(kappa)) / _von_mises_pdf(z, kappa)


@misconception(
    "began the angles at 0, as if the circle were cut open at the mean direction",
    hint="Where is F zero: at -pi or at 0? Is the draw that sits at 0 moved by kappa?",
)
def von_mises_implicit_gradient_full_circle(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    z = np.mod(z, 2 * np.pi)
    h = _von_mises_step(kappa)
    slope = (scipy.stats.vonmises.cdf(z - np.pi, kappa + h) - scipy.stats.vonmises.cdf(z - np.pi, kappa - h)) / (2 * h)
    return -slope / _von_mises_pdf(z, kappa)


@misconception(
    "replaced the law by a Gaussian with variance 1 / kappa",
    hint="How good is that when kappa is 1, and the whole circle is in use?",
)
def von_mises_implicit_gradient_of_the_gaussian(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return -z / (2 * kappa)


@misconception(
    "differentiated the mean direction instead of the draw",
    hint="The mean direction is 0 for every kappa. Do the draws stay, too?",
)
def von_mises_implicit_gradient_of_the_mean(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return np.zeros_like(z * kappa)


@misconception(
    "took a step so large that the difference is no derivative",
    hint="How does your answer change with h / 10?",
)
def von_mises_implicit_gradient_large_step(z, kappa):
    z, kappa = _von_mises_arrays(z, kappa)
    return -_von_mises_cdf_slope(z, kappa, 0.1) / _von_mises_pdf(z, kappa)
