"""Hidden grader of walkthrough: each number on its own, from the variant's numbers."""

import pytest
from scipy.stats import norm

from autograder.grading import assert_close, central_difference

# The statement asks for at least three decimals.
THREE_DECIMALS = 1e-3


def through_the_draw(variant):
    """Derivatives of the loss through z alone, as finite differences."""

    def z(mu, sigma):
        return norm.ppf(norm.cdf(variant.eps), loc=mu, scale=sigma)

    d_mu = central_difference(lambda mu: variant.dL_dz * z(mu, variant.raw_spread), variant.mu)
    d_sigma = central_difference(lambda sigma: variant.dL_dz * z(variant.mu, sigma), variant.raw_spread)
    return float(d_mu), float(d_sigma)


def from_the_kl(variant, kl):
    """Derivatives of the KL as finite differences of an integral."""
    d_mu = central_difference(lambda mu: kl(mu, variant.raw_spread), variant.mu)
    d_sigma = central_difference(lambda sigma: kl(variant.mu, sigma), variant.raw_spread)
    return float(d_mu), float(d_sigma)


@pytest.mark.points(1)
def test_z(student, variant):
    """The number under "z" is the draw that the noise makes."""
    z = norm.ppf(norm.cdf(variant.eps), loc=variant.mu, scale=variant.raw_spread)
    assert_close(student.value("walkthrough"), {"z": z}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_dL_dmu(student, variant):
    """The number under "dL_dmu" is what reaches mu through z."""
    assert_close(student.value("walkthrough"), {"dL_dmu": through_the_draw(variant)[0]}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_dL_dsigma(student, variant):
    """The number under "dL_dsigma" is what reaches sigma through z."""
    assert_close(student.value("walkthrough"), {"dL_dsigma": through_the_draw(variant)[1]}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_kl_parts(student, variant, kl_by_quadrature):
    """The numbers under "dKL_dmu" and "dKL_dsigma" are the derivatives of the KL alone."""
    d_mu, d_sigma = from_the_kl(variant, kl_by_quadrature)
    assert_close(student.value("walkthrough"), {"dKL_dmu": d_mu, "dKL_dsigma": d_sigma}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_totals(student, variant, kl_by_quadrature):
    """The numbers under "total_dmu" and "total_dsigma" are the derivatives of the whole loss."""
    through, direct = through_the_draw(variant), from_the_kl(variant, kl_by_quadrature)
    totals = {"total_dmu": through[0] + direct[0], "total_dsigma": through[1] + direct[1]}
    assert_close(student.value("walkthrough"), totals, atol=THREE_DECIMALS)
