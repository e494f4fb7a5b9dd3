"""Hidden grader of kl_gradient: finite differences of the KL as an integral, shapes, untouched arguments."""

import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


@pytest.fixture
def differences(kl_by_quadrature):
    """Both derivatives of the KL, element by element."""

    def both(mu, sigma):
        d_mu = central_difference(lambda moved: kl_by_quadrature(moved, sigma), mu)
        d_sigma = central_difference(lambda moved: kl_by_quadrature(mu, moved), sigma)
        return d_mu, d_sigma

    return both


def derivative_in_mu(notebook, mu, sigma):
    """Probe: the first of the two derivatives."""
    d_mu, _ = notebook.kl_gradient(mu, sigma)
    return d_mu


def derivative_in_sigma(notebook, mu, sigma):
    """Probe: the second of the two derivatives."""
    _, d_sigma = notebook.kl_gradient(mu, sigma)
    return d_sigma


@pytest.mark.points(1)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_mu(student, moments, differences, shape):
    """The derivative with respect to mu agrees with finite differences of the divergence."""
    mu, sigma = moments(shape)
    assert_close(student.run(derivative_in_mu, mu, sigma), differences(mu, sigma)[0])


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_derivative_in_sigma(student, moments, differences, shape):
    """The derivative with respect to sigma agrees with finite differences of the divergence."""
    mu, sigma = moments(shape)
    assert_close(student.run(derivative_in_sigma, mu, sigma), differences(mu, sigma)[1])


@pytest.mark.points(1)
def test_is_elementwise(student, moments, differences):
    """The pair has the shape of the arguments; numbers, lists and arrays are fine and stay as they were."""
    mu, sigma = moments((3, 4))
    assert_close(student.kl_gradient(mu, sigma), differences(mu, sigma))
    assert_close(student.kl_gradient([2, -1, 3], [3, 2, 4]), differences([2, -1, 3], [3, 2, 4]))
    assert_close(student.kl_gradient(-1.4, 0.3), differences(-1.4, 0.3))
    assert_close(student.kl_gradient(0.7, 0.04), differences(0.7, 0.04))
    assert_arguments_unchanged(student.kl_gradient, mu, sigma)
