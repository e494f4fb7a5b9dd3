"""Implicit reparameterization: the pathwise derivative without an inverse (Figurnov et al. 2018)."""

import numpy as np
from scipy import special

from autograder.grading import alternative, inputs, misconception


def _theta_slope(function, z, theta, h):
    return (np.asarray(function(z, theta + h)) - np.asarray(function(z, theta - h))) / (2 * h)


def _theta_step(theta):
    return 1e-5 * max(1.0, abs(theta))


def implicit_gradient(cdf, pdf, z, theta):
    """Pathwise derivative dz/dtheta of a draw z, at fixed u = F(z; theta), without the inverse of F.

    Args:
        cdf: distribution function; cdf(z, theta) takes an array z and a float theta and returns F
            with the shape of z.
        pdf: density of the same law; pdf(z, theta) likewise. It is positive at the given z.
        z: draws from the law with parameter theta; a number, a list or an array.
        theta: the parameter, a float of any sign, zero included; the law exists for those nearby, too.

    Returns:
        dz/dtheta, with the shape of z, in units of z divided by those of theta; relative error below 1e-4.
    """
    z = np.asarray(z, dtype=float)
    # Near 1e-5 the error of the difference (h squared) and that of rounding (1e-16 / h) are both small.
    h = 1e-5 * max(1.0, abs(theta))
    cdf_slope = (cdf(z, theta + h) - cdf(z, theta - h)) / (2 * h)
    return -cdf_slope / pdf(z, theta)


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""

    def gamma_cdf(z, theta):
        from scipy import special

        return special.gammainc(theta, z)

    def gamma_pdf(z, theta):
        import numpy as np
        from scipy import special

        return np.exp((theta - 1) * np.log(z) - z - special.gammaln(theta))

    def location_cdf(z, theta):
        import numpy as np
        from scipy import special

        return special.expit(np.asarray(z, dtype=float) - np.sinh(theta / 10))

    def location_pdf(z, theta):
        import numpy as np
        from scipy import special

        x = np.asarray(z, dtype=float) - np.sinh(theta / 10)
        return special.expit(x) * special.expit(-x)

    shape = (2, 3, 4)[rng.integers(4) :]
    if rng.random() < 0.5:
        cdf, pdf, theta = gamma_cdf, gamma_pdf, float(np.exp(rng.uniform(np.log(0.3), np.log(25))))
        z = np.asarray(special.gammaincinv(theta, rng.uniform(0.02, 0.98, shape)))
    else:
        cdf, pdf, theta = location_cdf, location_pdf, float(rng.choice([0.0, rng.normal(0, 3), rng.uniform(-40, 40)]))
        z = np.asarray(np.sinh(theta / 10) + rng.uniform(-3, 3, shape))
    return cdf, pdf, z.tolist() if rng.random() < 0.3 else z, theta


@alternative
def implicit_gradient_absolute_step(cdf, pdf, z, theta):
    z = np.array(z, dtype=float)
    return _theta_slope(cdf, z, theta, 1e-6) / -np.asarray(pdf(z, theta))


@alternative
def implicit_gradient_five_points(cdf, pdf, z, theta):
    z, h = np.asarray(z, dtype=float), 1e-4
    return (_theta_slope(cdf, z, theta, 2 * h) - 4 * _theta_slope(cdf, z, theta, h)) / 3 / pdf(z, theta)


@alternative
def implicit_gradient_coarse_step(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -_theta_slope(cdf, z, theta, 1e-4) / pdf(z, theta)


@alternative
def implicit_gradient_forward_difference(cdf, pdf, z, theta):
    z, h = np.asarray(z, dtype=float), 1e-6
    return (cdf(z, theta) - cdf(z, theta + h)) / h / pdf(z, theta)


@alternative
def implicit_gradient_loop(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    one_by_one = [
        -float(_theta_slope(cdf, one, theta, _theta_step(theta))) / float(pdf(one, theta)) for one in z.ravel()
    ]
    return np.reshape(one_by_one, z.shape).tolist()


@misconception("lost the minus sign", hint="Hold u fixed, differentiate both sides of F(z, theta) = u, then solve.")
def implicit_gradient_sign(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return _theta_slope(cdf, z, theta, _theta_step(theta)) / pdf(z, theta)


@misconception("differentiated F with respect to z", hint="Which argument of F should be moved while z is held?")
def implicit_gradient_wrong_argument(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -(cdf(z + 1e-5, theta) - cdf(z - 1e-5, theta)) / 2e-5 / pdf(z, theta)


@misconception("did not divide by the density", hint="F changes by dF. How far must z move to make up for it?")
def implicit_gradient_undivided(cdf, pdf, z, theta):
    return -_theta_slope(cdf, np.asarray(z, dtype=float), theta, _theta_step(theta))


@misconception(
    "divided a difference over two steps by one step",
    hint="How far apart are the two points of a central difference?",
)
def implicit_gradient_twice(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -2 * _theta_slope(cdf, z, theta, _theta_step(theta)) / pdf(z, theta)


@misconception("multiplied by the density where a division belongs", hint="Does z move far where the density is high?")
def implicit_gradient_multiplied(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -_theta_slope(cdf, z, theta, _theta_step(theta)) * pdf(z, theta)


@misconception(
    "differentiated the density instead of the distribution function",
    hint="Which of the two, F or f, stays equal to u when theta moves and z moves along?",
)
def implicit_gradient_score(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -_theta_slope(pdf, z, theta, _theta_step(theta)) / pdf(z, theta)


@misconception(
    "differentiated the logarithm of F",
    hint="What stands in front of dF/dtheta when both sides are differentiated?",
)
def implicit_gradient_log_cdf(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -_theta_slope(cdf, z, theta, _theta_step(theta)) / cdf(z, theta) / pdf(z, theta)


@misconception(
    "took a step so large that the difference is no derivative",
    hint="How does your answer change with h / 10?",
)
def implicit_gradient_large_step(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -_theta_slope(cdf, z, theta, 0.1) / pdf(z, theta)


@misconception(
    "took a step so small that rounding eats the difference",
    hint="How many digits do the two values of F share?",
)
def implicit_gradient_tiny_step(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    return -_theta_slope(cdf, z, theta, 1e-15) / pdf(z, theta)


@misconception("made the step proportional to theta alone", hint="How large is your step when theta is zero?")
def implicit_gradient_vanishing_step(cdf, pdf, z, theta):
    z = np.asarray(z, dtype=float)
    with np.errstate(all="ignore"):
        return -_theta_slope(cdf, z, np.float64(theta), np.float64(1e-5 * theta)) / pdf(z, theta)


@misconception("lost the sign of theta", hint="At which parameter is F differentiated when theta is negative?")
def implicit_gradient_absolute_theta(cdf, pdf, z, theta):
    z, theta = np.asarray(z, dtype=float), abs(theta)
    return -_theta_slope(cdf, z, theta, _theta_step(theta)) / pdf(z, theta)
