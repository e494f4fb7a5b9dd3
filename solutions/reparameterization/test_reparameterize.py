"""Hidden grader of reparameterize: quantiles of the normal law, broadcasting, kinds of input."""

import numpy as np
import pytest
from scipy.stats import norm

from autograder.grading import assert_arguments_unchanged, assert_close


@pytest.mark.points(2)
@pytest.mark.parametrize("shape", [(), (6,), (3, 4)])
def test_draws_from_the_normal_law(student, moments, noise, sigma_of, shape):
    """The draw lies at the same quantile of N(mu, sigma^2) as the noise does of N(0, 1)."""
    mu, raw = moments(shape)
    eps = noise(shape)
    assert_close(student.reparameterize(mu, raw, eps), norm.ppf(norm.cdf(eps), loc=mu, scale=sigma_of(raw)))


@pytest.mark.points(1)
@pytest.mark.parametrize(
    "shapes", [((3, 4), (4,), (3, 4)), ((), (), (5,)), ((3, 1), (4,), (3, 4)), ((2, 1, 4), (3, 1), (4,))]
)
def test_broadcasts(student, moments, noise, sigma_of, shapes):
    """Arguments of different shapes broadcast as numpy arrays do."""
    (mu, _), (_, raw), eps = moments(shapes[0]), moments(shapes[1]), noise(shapes[2])
    expected = [mean + sigma * e for mean, sigma, e in np.broadcast(mu, sigma_of(raw), eps)]
    shape = np.broadcast_shapes(*shapes)
    assert_close(student.reparameterize(mu, raw, eps), np.reshape(expected, shape))


@pytest.mark.points(1)
def test_takes_numbers_lists_and_other_types(student, sigma_of, narrow_and_wide):
    """Plain numbers, nested lists, whole numbers and single precision are fine as arguments."""
    assert_close(student.reparameterize(-1, 2, 0.75), -1 + 0.75 * sigma_of(2))
    assert_close(student.reparameterize(2, 1, -2), 2 - 2 * sigma_of(1))
    mu, raw = narrow_and_wide
    assert_close(student.reparameterize(mu, raw, [1.25, -0.75]), mu + sigma_of(raw) * [1.25, -0.75])
    # Rare noise is noise, too.
    assert_close(student.reparameterize(0.5, 1.5, [-4.5, 3.5]), 0.5 + sigma_of(1.5) * np.array([-4.5, 3.5]))
    noise = np.array([-0.5, 1.5, 0.25])
    reply = student.reparameterize([[1, -2, 3], [0, 2, -1]], [1.5, 0.5, 2.5], [-0.5, 1.5, 0.25])
    assert_close(reply, [[1, -2, 3], [0, 2, -1]] + sigma_of([1.5, 0.5, 2.5]) * noise)
    single = np.array([0.25, -1.5], dtype=np.float32)
    assert_close(student.reparameterize(np.array([3, -4]), 1.75, single), [3, -4] + sigma_of(1.75) * single)


@pytest.mark.points(1)
def test_leaves_its_arguments_alone(student, moments, noise, sigma_of):
    """The result is right and the caller's arrays are what they were before the call."""
    mu, raw = moments((2, 3))
    eps = noise((2, 3))
    assert_close(student.reparameterize(mu, raw, eps), norm.ppf(norm.cdf(eps), loc=mu, scale=sigma_of(raw)))
    assert_arguments_unchanged(student.reparameterize, mu, raw, eps)
