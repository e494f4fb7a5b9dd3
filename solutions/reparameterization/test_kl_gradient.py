"""Hidden grader of kl_gradient: finite differences of the KL as an integral, shapes, untouched arguments."""

import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


@pytest.fixture
def differences(kl_of_latent):
    """Both derivatives of the KL, element by element."""

    def both(mu, raw):
        d_mu = central_difference(lambda moved: kl_of_latent(moved, raw), mu)
        d_raw = central_difference(lambda moved: kl_of_latent(mu, moved), raw)
        return d_mu, d_raw

    return both


def derivative_in_mu(notebook, mu, raw):
    """Probe: the first of the two derivatives."""
    d_mu, _ = notebook.kl_gradient(mu, raw)
    return d_mu


def derivative_in_spread(notebook, mu, raw):
    """Probe: the second of the two derivatives."""
    _, d_raw = notebook.kl_gradient(mu, raw)
    return d_raw


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_mu(student, moments, differences, shape):
    """The derivative with respect to mu agrees with finite differences of the divergence."""
    mu, raw = moments(shape)
    assert_close(student.run(derivative_in_mu, mu, raw), differences(mu, raw)[0])


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_spread(student, moments, differences, shape):
    """The derivative with respect to <%= variant.spread_text %> agrees with finite differences of the divergence."""
    mu, raw = moments(shape)
    assert_close(student.run(derivative_in_spread, mu, raw), differences(mu, raw)[1])


@pytest.mark.points(1)
def test_is_elementwise(student, moments, differences, raw_of, narrow_and_wide):
    """The pair has the shape of the arguments; numbers, lists and arrays are fine and stay as they were."""
    mu, raw = moments((2, 3, 4))
    for arguments in [(mu, raw), narrow_and_wide, (2, 1)]:
        assert_close(student.kl_gradient(*arguments), differences(*arguments))
    assert_close(student.kl_gradient([2, -1, 3], [3, 2, 4]), differences([2, -1, 3], [3, 2, 4]))
    for mean, sigma in [(-1.4, 0.3), (0.7, 0.04)]:
        assert_close(student.kl_gradient(mean, float(raw_of(sigma))), differences(mean, raw_of(sigma)))
    assert_arguments_unchanged(student.kl_gradient, mu, raw)
