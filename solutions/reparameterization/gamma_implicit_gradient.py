"""Implicit reparameterization of the Gamma's shape (Figurnov, Mohamed and Mnih 2018)."""

import numpy as np
import torch
from scipy import special

from autograder.grading import alternative, inputs, misconception


def _gamma_pdf(z, alpha):
    return np.exp((alpha - 1) * np.log(z) - z - special.gammaln(alpha))


def _gamma_cdf_slope(z, alpha, h):
    return (special.gammainc(alpha + h, z) - special.gammainc(alpha - h, z)) / (2 * h)


def _gamma_arrays(z, alpha):
    return np.asarray(z, dtype=float), np.asarray(alpha, dtype=float)


def gamma_implicit_gradient(z, alpha):
    """Pathwise derivative of a Gamma draw with respect to its shape, at fixed u.

    The law is Gamma(alpha) with rate 1: its density is z**(alpha - 1) * exp(-z) / Gamma(alpha) for z > 0. Its
    distribution function F(z; alpha) is scipy's special.gammainc(alpha, z).

    Args:
        z: draw, positive; a number, a list or an array.
        alpha: shape, positive; a number, a list or an array that broadcasts with z.

    Returns:
        dz/dalpha, with the shape to which z and alpha broadcast.
    """
    z, alpha = np.asarray(z, dtype=float), np.asarray(alpha, dtype=float)
    h = 1e-5 * alpha
    cdf_slope = (special.gammainc(alpha + h, z) - special.gammainc(alpha - h, z)) / (2 * h)
    log_pdf = (alpha - 1) * np.log(z) - z - special.gammaln(alpha)
    return -cdf_slope / np.exp(log_pdf)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    # Shapes close to each other: none of the draws is far out in the tail of one of the laws.
    medium = np.exp(rng.uniform(np.log(0.2), np.log(30)))
    alpha = np.asarray(medium * rng.uniform(0.85, 1.2, shape()))
    z = np.asarray(special.gammaincinv(medium, rng.uniform(0.05, 0.95, shape())))
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (z, alpha))


@alternative
def gamma_implicit_gradient_of_the_quantile(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    u = special.gammainc(alpha, z)
    return (special.gammaincinv(alpha + 1e-5, u) - special.gammaincinv(alpha - 1e-5, u)) / 2e-5


@alternative
def gamma_implicit_gradient_fixed_step(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -_gamma_cdf_slope(z, alpha, 1e-4) * special.gamma(alpha) / (z ** (alpha - 1) * np.exp(-z))


@misconception(
    "took PyTorch's built-in approximation, which has fewer digits than are asked for",
    hint="How far is its result from a finite difference of the quantile?",
)
def gamma_implicit_gradient_torch(z, alpha):
    z, alpha = np.broadcast_arrays(*_gamma_arrays(z, alpha))
    return torch._standard_gamma_grad(torch.tensor(alpha.copy()), torch.tensor(z.copy()))


@alternative
def gamma_implicit_gradient_by_quadrature(z, alpha):
    z, alpha = np.broadcast_arrays(*_gamma_arrays(z, alpha))
    # dF/dalpha is the integral of df/dalpha; t = z * x**(4 / alpha) takes the singularity at zero away.
    x, weight = special.roots_legendre(80)
    x, weight = (x + 1) / 2, weight / 2
    power = 4 / alpha[..., None]
    t = z[..., None] * x**power
    score = np.log(t) - special.digamma(alpha[..., None])
    integrand = _gamma_pdf(t, alpha[..., None]) * score * t * power / x
    return -(integrand @ weight) / _gamma_pdf(z, alpha)


@misconception("lost the minus sign", hint="Should a draw at fixed u rise or fall when the shape grows?")
def gamma_implicit_gradient_sign(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return _gamma_cdf_slope(z, alpha, 1e-5) / _gamma_pdf(z, alpha)


@misconception("differentiated F with respect to z", hint="Which argument of F should be moved while z is held?")
def gamma_implicit_gradient_wrong_argument(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -(special.gammainc(alpha, z + 1e-6) - special.gammainc(alpha, z - 1e-6)) / 2e-6 / _gamma_pdf(z, alpha)


@misconception("did not divide by the density", hint="F changes by dF. How far must z move to make up for it?")
def gamma_implicit_gradient_undivided(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -_gamma_cdf_slope(z, alpha, 1e-5)


@misconception(
    "forgot the constant Gamma(alpha) of the density",
    hint="Does the density that you divide by integrate to one?",
)
def gamma_implicit_gradient_unnormalized(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -_gamma_cdf_slope(z, alpha, 1e-5) / _gamma_pdf(z, alpha) / special.gamma(alpha)


@misconception("used z**alpha in the density", hint="Compare your density with the one in the docstring.")
def gamma_implicit_gradient_exponent(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -_gamma_cdf_slope(z, alpha, 1e-5) / _gamma_pdf(z, alpha) / z


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two depends on the shape while u stays fixed: the density at z, or z?",
)
def gamma_implicit_gradient_score(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return np.log(z) - special.digamma(alpha)


@misconception("treated the shape as a scale", hint="Does doubling the shape double every draw at the same u?")
def gamma_implicit_gradient_scale(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return z / alpha


@misconception(
    "differentiated the mean of the law instead of the draw",
    hint="Do all draws move equally fast when the shape grows?",
)
def gamma_implicit_gradient_of_the_mean(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return np.ones_like(z * alpha)


@misconception("exchanged the arguments of special.gammainc", hint="In which order does gammainc take shape and z?")
def gamma_implicit_gradient_arguments(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -(special.gammainc(z, alpha + 1e-5) - special.gammainc(z, alpha - 1e-5)) / 2e-5 / _gamma_pdf(z, alpha)


@misconception(
    "took a step so large that the difference is no derivative",
    hint="How does your answer change with h / 10?",
)
def gamma_implicit_gradient_large_step(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -_gamma_cdf_slope(z, alpha, 0.1) / _gamma_pdf(z, alpha)


@misconception(
    "added a small number to the density",
    hint="Can the density of a draw be zero? And how small is it far out, next to your number?",
)
def gamma_implicit_gradient_padded(z, alpha):
    z, alpha = _gamma_arrays(z, alpha)
    return -_gamma_cdf_slope(z, alpha, 1e-5) / (_gamma_pdf(z, alpha) + 1e-8)
