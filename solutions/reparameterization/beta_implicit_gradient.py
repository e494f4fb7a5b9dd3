"""Implicit reparameterization of the Beta's two shapes (Figurnov, Mohamed and Mnih 2018)."""

import numpy as np
import torch
from scipy import special

from autograder.grading import alternative, inputs, misconception


def _beta_pdf(z, a, b):
    return np.exp((a - 1) * np.log(z) + (b - 1) * np.log1p(-z) - special.betaln(a, b))


def _beta_cdf_slopes(z, a, b, h):
    slope_a = (special.betainc(a + h, b, z) - special.betainc(a - h, b, z)) / (2 * h)
    slope_b = (special.betainc(a, b + h, z) - special.betainc(a, b - h, z)) / (2 * h)
    return slope_a, slope_b


def _beta_arrays(z, a, b):
    return (np.asarray(one, dtype=float) for one in (z, a, b))


def _beta_gradients(z, a, b):
    slope_a, slope_b = _beta_cdf_slopes(z, a, b, 1e-5)
    return -slope_a / _beta_pdf(z, a, b), -slope_b / _beta_pdf(z, a, b)


def beta_implicit_gradient(z, a, b):
    """Pathwise derivatives of a Beta draw with respect to its two shapes, at fixed u.

    The density is z**(a - 1) * (1 - z)**(b - 1) / B(a, b) for 0 < z < 1, where log B(a, b) is scipy's
    special.betaln(a, b). The distribution function F(z; a, b) is special.betainc(a, b, z).

    Args:
        z: draw, 0 < z < 1; a number, a list or an array.
        a: first shape, positive.
        b: second shape, positive. a and b are numbers, lists or arrays that broadcast with z.

    Returns:
        A tuple (dz/da, dz/db), each with the shape to which z, a and b broadcast.
    """
    z, a, b = (np.asarray(one, dtype=float) for one in (z, a, b))
    pdf = np.exp((a - 1) * np.log(z) + (b - 1) * np.log1p(-z) - special.betaln(a, b))
    h_a, h_b = 1e-5 * a, 1e-5 * b
    slope_a = (special.betainc(a + h_a, b, z) - special.betainc(a - h_a, b, z)) / (2 * h_a)
    slope_b = (special.betainc(a, b + h_b, z) - special.betainc(a, b - h_b, z)) / (2 * h_b)
    return -slope_a / pdf, -slope_b / pdf


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def shape():
        return tuple(n if rng.random() < 0.7 else 1 for n in (2, 3, 4)[rng.integers(4) :])

    # Shapes close to each other: none of the draws is far out in the tail of one of the laws.
    medium = np.exp(rng.uniform(np.log(0.4), np.log(12), 2))
    a, b = (np.asarray(one * rng.uniform(0.85, 1.2, shape())) for one in medium)
    z = np.asarray(special.betaincinv(*medium, rng.uniform(0.05, 0.95, shape())))
    return tuple(one.tolist() if rng.random() < 0.3 else one for one in (z, a, b))


@alternative
def beta_implicit_gradient_of_the_quantile(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    u, h = special.betainc(a, b, z), 1e-5
    of_a = (special.betaincinv(a + h, b, u) - special.betaincinv(a - h, b, u)) / (2 * h)
    of_b = (special.betaincinv(a, b + h, u) - special.betaincinv(a, b - h, u)) / (2 * h)
    return of_a, of_b


@alternative
def beta_implicit_gradient_fixed_step(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    pdf = z ** (a - 1) * (1 - z) ** (b - 1) / special.beta(a, b)
    slope_a, slope_b = _beta_cdf_slopes(z, a, b, 1e-4)
    return [(-slope_a / pdf).tolist(), (-slope_b / pdf).tolist()]


@misconception(
    "took PyTorch's built-in approximation, which has fewer digits than are asked for",
    hint="How far is its result from a finite difference of the quantile?",
)
def beta_implicit_gradient_torch(z, a, b):
    z, a, b = (torch.tensor(one.copy()) for one in np.broadcast_arrays(*_beta_arrays(z, a, b)))
    draw, shapes = torch.stack([z, 1 - z], -1), torch.stack([a, b], -1)
    of_each = torch._dirichlet_grad(draw, shapes, shapes.sum(-1, keepdim=True).expand_as(shapes).contiguous())
    return of_each[..., 0] * (1 - z), -of_each[..., 1] * z


@misconception("lost the minus sign", hint="Should a draw at fixed u rise or fall when a grows?")
def beta_implicit_gradient_sign(z, a, b):
    of_a, of_b = _beta_gradients(*_beta_arrays(z, a, b))
    return -of_a, -of_b


@misconception("exchanged the two derivatives", hint="In which order does the docstring name them?")
def beta_implicit_gradient_swapped(z, a, b):
    return _beta_gradients(*_beta_arrays(z, a, b))[::-1]


@misconception(
    "took it that b acts as a does, with the opposite sign",
    hint="Reflect: 1 - z has the law Beta(b, a). Where is z then?",
)
def beta_implicit_gradient_antisymmetric(z, a, b):
    of_a, _ = _beta_gradients(*_beta_arrays(z, a, b))
    return of_a, -of_a


@misconception("differentiated F with respect to z", hint="Which argument of F should be moved while z is held?")
def beta_implicit_gradient_wrong_argument(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    slope = (special.betainc(a, b, z + 1e-7) - special.betainc(a, b, z - 1e-7)) / 2e-7 / _beta_pdf(z, a, b)
    return -slope, -slope


@misconception("did not divide by the density", hint="F changes by dF. How far must z move to make up for it?")
def beta_implicit_gradient_undivided(z, a, b):
    slope_a, slope_b = _beta_cdf_slopes(*_beta_arrays(z, a, b), 1e-5)
    return -slope_a, -slope_b


@misconception(
    "forgot the constant B(a, b) of the density", hint="Does the density that you divide by integrate to one?"
)
def beta_implicit_gradient_unnormalized(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    of_a, of_b = _beta_gradients(z, a, b)
    return of_a / special.beta(a, b), of_b / special.beta(a, b)


@misconception("used z**a * (1 - z)**b in the density", hint="Compare your density with the one in the docstring.")
def beta_implicit_gradient_exponents(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    of_a, of_b = _beta_gradients(z, a, b)
    return of_a / (z * (1 - z)), of_b / (z * (1 - z))


@misconception(
    "differentiated the log-density instead of the draw",
    hint="Which of the two depends on the shapes while u stays fixed: the density at z, or z?",
)
def beta_implicit_gradient_score(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    both = special.digamma(a + b)
    return np.log(z) - special.digamma(a) + both, np.log1p(-z) - special.digamma(b) + both


@misconception(
    "differentiated the Kumaraswamy's quantile instead of the Beta's",
    hint="Are the two laws the same for all a and b?",
)
def beta_implicit_gradient_kumaraswamy(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    of_b = z ** (1 - a) * (1 - z**a) * np.log1p(-(z**a)) / (a * b)
    return -z * np.log(z) / a + 0 * b, of_b


@misconception(
    "differentiated the mean of the law instead of the draw",
    hint="Do all draws move equally fast when a grows?",
)
def beta_implicit_gradient_of_the_mean(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    return b / (a + b) ** 2 + 0 * z, -a / (a + b) ** 2 + 0 * z


@misconception(
    "took a step so large that the difference is no derivative",
    hint="How does your answer change with h / 10?",
)
def beta_implicit_gradient_large_step(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    slope_a, slope_b = _beta_cdf_slopes(z, a, b, 0.1)
    return -slope_a / _beta_pdf(z, a, b), -slope_b / _beta_pdf(z, a, b)


@misconception(
    "added a small number to the density",
    hint="Can the density of a draw be zero? And how small is it far out, next to your number?",
)
def beta_implicit_gradient_padded(z, a, b):
    z, a, b = _beta_arrays(z, a, b)
    slope_a, slope_b = _beta_cdf_slopes(z, a, b, 1e-5)
    pdf = _beta_pdf(z, a, b) + 1e-8
    return -slope_a / pdf, -slope_b / pdf
