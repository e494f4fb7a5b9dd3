"""Hidden grader of every quantile function: scipy's quantiles or a root finder, shapes, ends, refusals."""

import numpy as np
import pytest

from autograder.grading import assert_arguments_unchanged, assert_close, assert_raises

# Single precision keeps two to three digits of 1 - u next to 1; an answer that clips u is off by far more.
TAIL_RTOL = 1e-2


@pytest.mark.points(2)
def test_matches_the_quantiles(student, problem, law):
    """The draws are the quantiles of the law, for small, medium and large parameters."""
    ask = getattr(student, problem)
    rng = np.random.default_rng(11)
    # Levels from end to end, with one set of medium parameters for all of them.
    u = np.concatenate([[0.002, 0.013, 0.5, 0.998], rng.uniform(0.02, 0.98, 12)])
    for _ in range(2):
        shared = [float(one) for one in law.parameters(rng, (), (), narrow=0.3)]
        assert_close(ask(u, *shared), law.quantile(u, *shared))
    # Next to the median, where a law may have two branches that meet; no location hides the small difference.
    u, shared = np.array([0.497, 0.503]), [0.0 if span is None else 1.8 for span in law.ranges]
    assert_close(ask(u, *shared), law.quantile(u, *shared))
    # A location is as long as it likes.
    for far in (-25.0, 25.0):
        shared = [far if span is None else 1.8 for span in law.ranges]
        assert_close(ask(u, *shared), law.quantile(u, *shared))
    # Levels in the middle, each with parameters of its own from wide ranges and from their very ends.
    wide = [np.append(*both) for both in zip(law.parameters(rng, (24,), (24,)), law.corners(), strict=True)]
    u, *wide = law.well_posed(rng.uniform(0.1, 0.9, wide[0].size), *wide)
    assert_close(ask(u, *wide), law.quantile(u, *wide))


@pytest.mark.points(1)
def test_broadcasts(student, problem, law):
    """Numbers, lists and arrays broadcast as in numpy, and the arguments stay as they are."""
    ask = getattr(student, problem)
    rng = np.random.default_rng(12)
    u = rng.uniform(0.05, 0.95, (3, 4))
    calls = []
    for shapes in [((4,), (3, 1)), ((3, 1), (4,)), ((2, 1, 1), ()), ((), (2, 3, 1))]:
        parameters = law.parameters(rng, *shapes, narrow=0.4)
        calls += [(u, *parameters), (0.17, *parameters)]
    number, pair, whole = (
        [1.7, 2.3][: law.count],
        [[2, 1.5], 3][: law.count],
        [[[1], [2], [5]], [3, 1, 2, 2]][: law.count],
    )
    lists = [[2, 1.5], [0.5, 3]][: law.count]
    calls += [(0.37, *number), (0.37, *[2, 3][: law.count]), (u.astype(np.float32), *number)]
    calls += [([0.1, 0.6], *pair), ([0.1, 0.6], *lists)]
    calls += [(u, *map(np.array, whole)), (u[:, :1].tolist(), *number)]
    for arguments in calls:
        assert_close(ask(*arguments), law.quantile(*arguments))
    assert_arguments_unchanged(ask, *calls[0])


@pytest.mark.points(1)
def test_ends(student, problem, law):
    """Far out the draws reach as far as they should, to one percent; where u = 0 is allowed, it gives the left end."""
    ask = getattr(student, problem)
    nearest = 1e-5 if law.left else 1 - law.farthest
    u, parameters = np.array([nearest, 1e-4, 1 - 1e-5, law.farthest]), law.tail[-law.count :]
    assert_close(ask(u, *parameters), law.quantile(u, *parameters), rtol=TAIL_RTOL)
    if law.left is not None:
        # Every right formula gives exactly this; one that clips u, however gently, does not.
        for parameters in ([2.0, 0.75], [0.5, 3.0]):
            parameters = parameters[: law.count]
            left = law.left(*parameters)
            assert_close(ask(0.0, *parameters), left, rtol=0.0, atol=0.0)
            assert_close(ask([0.0, 0.0], *parameters), np.array([left, left]), rtol=0.0, atol=0.0)


@pytest.mark.points(1)
def test_refuses(student, problem, law):
    """A parameter or a level outside its range, anywhere in an array, raises ValueError; valid ones do not."""
    ask = getattr(student, problem)
    u = np.array([0.2, 0.7, 0.9])
    good = [np.array([-1.0, 0.0, 2.0]) if span is None else np.array([0.4, 1.0, 3.0]) for span in law.ranges]
    assert_close(ask(u, *good), law.quantile(u, *good))
    for place, span in enumerate(law.ranges):
        if span is not None:
            for wrong in (0.0, -1.5, [0.4, -1.0, 3.0], [0.4, 1.0, 0.0], [-2.0, -1.0, -3.0]):
                assert_raises(ValueError, ask, u, *good[:place], np.array(wrong), *good[place + 1 :])
    for wrong in (1.0, -0.1, 1.3, [0.2, 1.3, 0.9], [0.2, 0.7, -0.3], [1.0, 0.7, 0.9]):
        assert_raises(ValueError, ask, np.array(wrong), *good)
    if law.left is None:
        for wrong in (0.0, [0.2, 0.0, 0.9]):
            assert_raises(ValueError, ask, np.array(wrong), *good)
