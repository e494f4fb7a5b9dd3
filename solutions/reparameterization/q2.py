"""Quiz question 2: what the backward pass hands to sigma."""

from autograder.grading import misconception, value


@value
def q2():
    """D: sigma is multiplied by eps in the forward pass, so the very same eps multiplies the gradient."""
    return "D"


@misconception(
    "drew a second noise for the backward pass",
    hint="The backward pass differentiates the forward pass that ran. Which number multiplied sigma there?",
)
def q2_fresh_noise():
    return "A"


@misconception(
    "gave sigma the derivative that belongs to mu",
    hint="Raise sigma by 0.1 while eps stays at 3. By how much does z move?",
)
def q2_like_mu():
    return "B"


@misconception(
    "treated the noise as a parameter",
    hint="Which of the three inputs of z does the optimizer own?",
)
def q2_noise_learned():
    return "C"
