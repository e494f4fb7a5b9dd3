"""Quiz question 3: a draw from a log-variance head, as a number."""

from autograder.grading import misconception, value


@value
def q3():
    """C: the variance is 9, so the standard deviation is 3, and z = 1 + 3 * 0.5 = 2.5."""
    return "C"


@misconception(
    "took the square root twice",
    hint="Work out the variance from logvar first. Which number comes next, and how do you get it?",
)
def q3_root_taken_twice():
    return "A"


@misconception(
    "scaled the noise by a logarithm",
    hint="What would your scale be for logvar = -3, and can a standard deviation be that?",
)
def q3_logarithm_as_scale():
    return "B"


@misconception(
    "scaled the noise by the variance",
    hint="Which one has the units of z, the variance or the standard deviation?",
)
def q3_variance_as_scale():
    return "D"
