"""Quiz question 1: why a plain draw has no backward pass (the lesson's own question)."""

from autograder.grading import misconception, value


@value
def q1():
    """B: the draw is no function of mu and sigma in the graph, so no local derivative is defined for it."""
    return "B"


@misconception(
    "put the blame on the density",
    hint="Write down the logarithm of the normal density. Can you differentiate it with respect to mu?",
)
def q1_density():
    return "A"


@misconception(
    "took the single draw for the average over all draws",
    hint="For the loss z squared, the average over draws is mu^2 + sigma^2. Has that no gradient?",
)
def q1_expectation():
    return "C"


@misconception(
    "took a derivative that is missing for one that is zero",
    hint="When the same law is written as mu + sigma * eps, how fast does z move with mu?",
)
def q1_zero():
    return "D"
