"""Hidden grader of every backward pass of a law: differences of its quantiles, shapes of shared parameters."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, central_difference


def _differences(law, grad_z, u, *parameters):
    """Gradients of the loss sum(grad_z * z) if no two draws shared a parameter: one for each draw and parameter."""
    grad_z, u, *parameters = (np.asarray(one, dtype=float) for one in np.broadcast_arrays(grad_z, u, *parameters))

    def of(place):
        def quantile(x):
            return law.quantile(u, *parameters[:place], x, *parameters[place + 1 :])

        # A step in proportion to a positive parameter is as good for 0.02 as for 50.
        step = 1e-3 if law.ranges[place] is None else 1e-3 * parameters[place]
        return grad_z * central_difference(quantile, parameters[place], step)

    return [of(place) for place in range(law.count)]


def _gradients(law, grad_z, u, *parameters):
    """What is asked for: a parameter's own shape, with the contributions of the draws that share it added up."""
    gradients = []
    for each, parameter in zip(_differences(law, grad_z, u, *parameters), parameters, strict=True):
        shape = (1,) * (each.ndim - np.ndim(parameter)) + np.shape(parameter)
        shared = tuple(axis for axis in range(each.ndim) if shape[axis] == 1)
        gradients.append(each.sum(axis=shared, keepdims=True).reshape(np.shape(parameter)))
    return tuple(gradients) if law.count > 1 else gradients[0]


@pytest.mark.points(2)
def test_matches_finite_differences(student, problem, law):
    """Every gradient agrees with finite differences of the quantile at fixed u, for small and large parameters."""
    ask = getattr(student, problem)
    rng = np.random.default_rng(31)
    # Levels from end to end with medium parameters, then levels in the middle with parameters from wide ranges.
    u = np.append(rng.uniform(0.03, 0.97, 12), [0.0008, 0.503, 0.9992])
    medium = law.parameters(rng, u.shape, u.shape, narrow=0.3)
    wide = [np.append(*both) for both in zip(law.parameters(rng, (16,), (16,)), law.corners(), strict=True)]
    middle = rng.uniform(0.1, 0.9, wide[0].size)
    for arguments in ((u, *medium), (middle, *wide)):
        grad_z = rng.normal(0, 2, arguments[0].size)
        assert_close(ask(grad_z, *arguments), _gradients(law, grad_z, *arguments))
    for numbers in ((-2.15, 0.63, 0.7, 1.9), (140.0, 0.13, 1.6, 0.8), (3, 0.4, 2, 3)):
        numbers = numbers[: 2 + law.count]
        assert_close(ask(*numbers), _gradients(law, *numbers))


@pytest.mark.points(1)
def test_shared_parameters(student, problem, law):
    """A parameter that several draws share gets the sum of their contributions, in its own shape."""
    ask = getattr(student, problem)
    rng = np.random.default_rng(32)
    shapes = [((4,), (3, 1)), ((3, 1), (4,)), ((), (1,)), ((1, 4), ()), ((2, 1, 4), (3, 1)), ((3, 1), (2, 1, 1))]
    for each in shapes:
        # One, two or no axes before the parameter's own.
        for shape in ((3, 4), (2, 3, 4))[max(map(len, each[: law.count])) > 2 :]:
            parameters = law.parameters(rng, *each, narrow=0.4)
            grad_z, u = rng.normal(0, 2, shape), rng.uniform(0.03, 0.97, shape)
            assert_close(ask(grad_z, u, *parameters), _gradients(law, grad_z, u, *parameters))
            # One level for all draws, so that the parameters alone make the shape.
            grad_z = rng.normal(0, 2, np.broadcast_shapes(*map(np.shape, parameters)))
            assert_close(ask(grad_z, 0.21, *parameters), _gradients(law, grad_z, 0.21, *parameters))


@pytest.mark.points(1)
def test_kinds_of_arguments(student, problem, law):
    """Lists, whole numbers and single precision are taken as arrays are, and so is u = 0; none of them is changed."""
    ask = getattr(student, problem)
    rng = np.random.default_rng(33)
    shape = (3, 4)
    arrays = [rng.normal(0, 2, shape), rng.uniform(0.05, 0.95, shape), *law.parameters(rng, shape, (4,), narrow=0.4)]
    # At u = 0 stands the left end, which moves with the parameters or stays where it is.
    lists = [[1.5, -0.4, 3], [law.first, 0.7, 0.4], [2, 0.5, 1.25], [3, 0.75, 2]][: 2 + law.count]
    whole = [np.array([2, -1, 3]), [0.3, 0.8, law.first], np.array([1, 2, 3]), 2][: 2 + law.count]
    single = [one.astype(np.float32) for one in arrays]
    for arguments in (lists, whole, single):
        assert_close(ask(*arguments), _gradients(law, *arguments))
    assert_arguments_unchanged(ask, *arrays)
