"""Hidden grader of implicit_gradient: laws with and without a known quantile, a location at zero, shapes."""

import numpy as np
import pytest
from scipy import special

from autograder.grading import assert_close, central_difference

# What leaves for the student's process is a law and nothing else: each function stands alone.


def gamma_cdf(z, theta):
    from scipy import special

    return special.gammainc(theta, z)


def gamma_pdf(z, theta):
    import numpy as np
    from scipy import special

    return np.exp((theta - 1) * np.log(z) - z - special.gammaln(theta))


def student_t_cdf(z, theta):
    from scipy import special

    return special.stdtr(theta, z)


def student_t_pdf(z, theta):
    import numpy as np
    from scipy import special

    z = np.asarray(z, dtype=float)
    log_constant = special.gammaln((theta + 1) / 2) - special.gammaln(theta / 2) - np.log(theta * np.pi) / 2
    return np.exp(log_constant - (theta + 1) / 2 * np.log1p(z**2 / theta))


def weibull_cdf(z, theta):
    import numpy as np

    return -np.expm1(-(np.asarray(z, dtype=float) ** theta))


def weibull_pdf(z, theta):
    import numpy as np

    z = np.asarray(z, dtype=float)
    return theta * z ** (theta - 1) * np.exp(-(z**theta))


def normal_location_cdf(z, theta):
    import numpy as np
    from scipy import special

    return special.ndtr((np.asarray(z, dtype=float) - theta) / 1.3)


def normal_location_pdf(z, theta):
    import numpy as np

    z = np.asarray(z, dtype=float)
    return np.exp(-(((z - theta) / 1.3) ** 2) / 2) / (1.3 * np.sqrt(2 * np.pi))


def log_scale_cdf(z, theta):
    import numpy as np
    from scipy import special

    return special.expit(np.asarray(z, dtype=float) * np.exp(-theta))


def log_scale_pdf(z, theta):
    import numpy as np
    from scipy import special

    x = np.asarray(z, dtype=float) * np.exp(-theta)
    return special.expit(x) * special.expit(-x) * np.exp(-theta)


def exponential_location_cdf(z, theta):
    import numpy as np
    from scipy import special

    return special.expit(np.asarray(z, dtype=float) - np.exp(theta))


def exponential_location_pdf(z, theta):
    import numpy as np
    from scipy import special

    x = np.asarray(z, dtype=float) - np.exp(theta)
    return special.expit(x) * special.expit(-x)


def z_after_a_call(notebook, cdf, pdf, z, theta):
    notebook.implicit_gradient(cdf, pdf, z, theta)
    return z


LEVELS = np.array([0.03, 0.18, 0.44, 0.71, 0.96])


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [0.45, 2.6, 17.0])
def test_gamma(student, shape):
    """The Gamma's shape, for which no inverse can be written down: small, medium and large."""
    z = special.gammaincinv(shape, LEVELS)
    expected = central_difference(lambda a: special.gammaincinv(a, LEVELS), shape)
    assert_close(student.implicit_gradient(gamma_cdf, gamma_pdf, z, shape), expected)


@pytest.mark.points(1)
def test_other_laws(student):
    """Other laws and parameters: degrees of freedom of Student's t, the shape of a Weibull."""
    z = special.stdtrit(3.7, LEVELS)
    expected = central_difference(lambda nu: special.stdtrit(nu, LEVELS), 3.7)
    assert_close(student.implicit_gradient(student_t_cdf, student_t_pdf, z, 3.7), expected)
    z = (-np.log1p(-LEVELS)) ** (1 / 1.8)
    assert_close(student.implicit_gradient(weibull_cdf, weibull_pdf, z, 1.8), -z * np.log(z) / 1.8)


@pytest.mark.points(1)
@pytest.mark.parametrize("theta", [0.0, -2.4, 30.0])
def test_parameters_of_any_sign(student, theta):
    """A location or a log-scale may be zero or negative, small or large."""
    z = theta + np.array([-2.1, 0.3, 1.6])
    assert_close(student.implicit_gradient(normal_location_cdf, normal_location_pdf, z, theta), np.ones(3))
    spread = min(theta, 1.0)
    z = np.exp(spread) * np.array([-1.9, -0.2, 2.3])
    assert_close(student.implicit_gradient(log_scale_cdf, log_scale_pdf, z, spread), z)
    # The two derivatives so far are the same for every theta; this one is not.
    z = np.exp(spread) + np.array([-1.4, 0.2, 1.7])
    reply = student.implicit_gradient(exponential_location_cdf, exponential_location_pdf, z, spread)
    assert_close(reply, np.full(3, np.exp(spread)))


@pytest.mark.points(1)
def test_shapes(student, reference):
    """The draws may be a number, a list or an array of any shape, and stay as they are."""
    z = np.random.default_rng(51).uniform(0.3, 4.0, (3, 2))
    expected = reference.implicit_gradient(gamma_cdf, gamma_pdf, z, 1.7)
    assert_close(student.implicit_gradient(gamma_cdf, gamma_pdf, z, 1.7), expected)
    assert_close(student.implicit_gradient(gamma_cdf, gamma_pdf, z[0].tolist(), 1.7), expected[0])
    assert_close(student.implicit_gradient(weibull_cdf, weibull_pdf, 0.5, 2.0), -0.5 * np.log(0.5) / 2.0)
    assert_close(student.run(z_after_a_call, gamma_cdf, gamma_pdf, z, 1.7), z, rtol=0.0, atol=0.0)
