"""Hidden grader of walkthrough: each number on its own, from the variant's numbers."""

import pytest
from scipy.stats import norm

from autograder.grading import assert_close, central_difference

# The statement asks for at least three decimals.
THREE_DECIMALS = 1e-3


@pytest.fixture
def z_of(variant, sigma_of):
    """The draw as a function of mu and the encoder's second number: the same quantile as the noise's."""
    return lambda mu, raw: norm.ppf(norm.cdf(variant.eps), loc=mu, scale=sigma_of(raw))


@pytest.fixture
def through_the_draw(variant, z_of):
    """Derivatives of the loss through z alone, as finite differences."""
    d_mu = central_difference(lambda mu: variant.dL_dz * z_of(mu, variant.raw_spread), variant.mu)
    d_raw = central_difference(lambda raw: variant.dL_dz * z_of(variant.mu, raw), variant.raw_spread)
    return float(d_mu), float(d_raw)


@pytest.fixture
def from_the_kl(variant, kl_of_latent):
    """Derivatives of the KL as finite differences of an integral."""
    d_mu = central_difference(lambda mu: kl_of_latent(mu, variant.raw_spread), variant.mu)
    d_raw = central_difference(lambda raw: kl_of_latent(variant.mu, raw), variant.raw_spread)
    return float(d_mu), float(d_raw)


@pytest.mark.points(1)
def test_z(student, variant, z_of):
    """The number under "z" is the draw that the noise makes."""
    assert_close(student.value("walkthrough"), {"z": z_of(variant.mu, variant.raw_spread)}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_dL_dmu(student, through_the_draw):
    """The number under "dL_dmu" is what reaches mu through z."""
    assert_close(student.value("walkthrough"), {"dL_dmu": through_the_draw[0]}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_dL_dspread(student, variant, through_the_draw):
    """The number under "dL_d<%= variant.spread %>" is what reaches <%= variant.spread_text %> through z."""
    key = f"dL_d{variant.spread}"
    assert_close(student.value("walkthrough"), {key: through_the_draw[1]}, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_kl_parts(student, variant, from_the_kl):
    """The numbers under "dKL_dmu" and "dKL_d<%= variant.spread %>" are the derivatives of the KL alone."""
    expected = {"dKL_dmu": from_the_kl[0], f"dKL_d{variant.spread}": from_the_kl[1]}
    assert_close(student.value("walkthrough"), expected, atol=THREE_DECIMALS)


@pytest.mark.points(1)
def test_totals(student, variant, through_the_draw, from_the_kl):
    """The numbers under "total_dmu" and "total_d<%= variant.spread %>" are the derivatives of the whole loss."""
    d_mu, d_raw = (through + direct for through, direct in zip(through_the_draw, from_the_kl, strict=True))
    expected = {"total_dmu": d_mu, f"total_d{variant.spread}": d_raw}
    assert_close(student.value("walkthrough"), expected, atol=THREE_DECIMALS)
