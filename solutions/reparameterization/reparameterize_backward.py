"""The backward pass through z = mu + sigma * eps, to whatever number sigma is written as."""

# ruff: noqa: D417 - the docstring calls the spread what the variant calls it.

import numpy as np

from autograder.grading import alternative, inputs, misconception, variant


def reparameterize_backward(grad_z, mu, spread, eps):
    """Carry the gradient of a loss from z back to mu and <%= variant.spread %>.

    mu, <%= variant.spread %> and eps are those of the forward pass. Where a parameter was broadcast, it reaches the
    loss along several paths: its gradient has the parameter's own shape and holds the sum over those paths.
    The arguments may be numbers, lists or arrays; none of them is changed.

    Args:
        grad_z: dL/dz, with the shape of z.
        mu: mean.
        <%= variant.spread %>: <%= variant.spread_is %>.
        eps: noise, the same as in the forward pass.

    Returns:
        The pair (grad_mu, grad_<%= variant.spread %>):
        dL/dmu with the shape of mu, dL/d<%= variant.spread %> with the shape of <%= variant.spread %>.
    """

    def sum_to_shape(gradient, shape):
        leading = tuple(range(gradient.ndim - len(shape)))
        gradient = gradient.sum(axis=leading)
        stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return gradient.sum(axis=stretched, keepdims=True)

    grad_z, spread, eps = (np.asarray(argument, dtype=float) for argument in (grad_z, spread, eps))
    grad_spread = variant.chain(grad_z * eps)
    return sum_to_shape(grad_z, np.shape(mu)), sum_to_shape(grad_spread, np.shape(spread))


@inputs
def inputs(rng):
    """Draw the arguments of one call: everything that the statement promises."""
    mu_shape, spread_shape, eps_shape = [
        ((), (), ()),
        ((5,), (5,), (5,)),
        ((4,), (4,), (3, 4)),
        ((), (), (5,)),
        ((3, 1), (4,), (3, 4)),
        ((1, 4), (3, 1), (3, 4)),
        ((2, 3, 4), (4,), (2, 3, 4)),
        ((4,), (3, 4), (2, 3, 4)),
        ((3, 1), (2, 1, 4), (4,)),
    ][rng.integers(9)]
    mu, spread, eps = rng.normal(0, 3, mu_shape), rng.normal(0, 1.5, spread_shape), rng.normal(0, 1.5, eps_shape)
    spread = np.exp(spread) if variant.parameterization == "sigma" else spread
    grad_z = rng.normal(0, 2, np.broadcast_shapes(mu_shape, spread_shape, eps_shape))
    kind = rng.integers(4)
    if kind == 0:
        return grad_z.tolist(), mu.tolist(), spread.tolist(), eps.tolist()
    if kind == 1:
        return np.round(grad_z).astype(int), np.round(mu).astype(int), np.ceil(np.abs(spread)).astype(int), eps
    return grad_z, mu, spread, eps


def _sum_to_shape(gradient, shape, reduce=np.sum):
    gradient = reduce(gradient, axis=tuple(range(np.ndim(gradient) - len(shape))))
    return reduce(gradient, axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


def _floats(*arguments):
    return tuple(np.asarray(argument, dtype=float) for argument in arguments)


def _chain(grad_sigma, spread):
    return variant.chain(grad_sigma)


def _pair(grad_mu, grad_spread, mu, spread):
    return _sum_to_shape(grad_mu, mu.shape), _sum_to_shape(grad_spread, spread.shape)


@alternative
def reparameterize_backward_autograd(grad_z, mu, spread, eps):
    import torch

    mu, spread, eps, grad_z = (torch.as_tensor(np.array(a), dtype=torch.float64) for a in (mu, spread, eps, grad_z))
    mu.requires_grad_()
    spread.requires_grad_()
    (mu + variant.torch_sigma_of(spread) * eps).backward(grad_z)
    return mu.grad.numpy(), spread.grad.numpy()


@alternative
def reparameterize_backward_counting(grad_z, mu, spread, eps):
    """Each element of z adds its share to the element of the parameter that it was made from."""
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)

    def collect(share, parameter):
        owner = np.broadcast_to(np.arange(parameter.size).reshape(parameter.shape), grad_z.shape)
        share = np.broadcast_to(share, grad_z.shape)
        return np.bincount(owner.ravel(), share.ravel(), minlength=parameter.size).reshape(parameter.shape)

    return [collect(grad_z, mu), _chain(collect(grad_z * eps, spread), spread)]


@misconception("left out the gradient that comes from the loss", hint="Which factor comes from the loss?")
def reparameterize_backward_without_upstream(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    ones = np.ones(grad_z.shape)
    return _pair(ones, _chain(ones * eps, spread), mu, spread)


@misconception("left out dz/dsigma", hint="How fast does z move when sigma grows?")
def reparameterize_backward_without_noise(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, _chain(grad_z, spread), mu, spread)


@misconception(
    "gave both parameters the same gradient",
    hint="How fast does z move when <%= variant.spread_text %> grows?",
    when=variant.parameterization != "sigma",
)
def reparameterize_backward_bare(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z, mu, spread)


@misconception(
    "multiplied by sigma where eps belongs",
    hint="dz/dsigma is what multiplies sigma in the forward pass.",
    when=variant.parameterization == "sigma",
)
def reparameterize_backward_with_sigma(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * spread, mu, spread)


@misconception(
    "took the derivative with respect to log sigma",
    hint="With respect to which variable?",
    when=variant.parameterization in ("sigma", "log-variance"),
)
def reparameterize_backward_of_log_sigma(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * variant.sigma_of(spread) * eps, mu, spread)


@misconception(
    "stopped at sigma, one step before <%= variant.spread_text %>",
    hint="z is made from sigma, and sigma from the second argument: how many factors has the chain rule then?",
    when=variant.parameterization != "sigma",
)
def reparameterize_backward_of_sigma(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * eps, mu, spread)


@misconception(
    "took the derivative with respect to the log-variance",
    hint="With respect to which variable?",
    when=variant.parameterization == "log sigma",
)
def reparameterize_backward_of_log_variance(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, 0.5 * _chain(grad_z * eps, spread), mu, spread)


@misconception(
    "multiplied by sigma once too often",
    hint="Count the sigmas in your derivative, and compare its units with those of z.",
    when=variant.parameterization != "sigma",
)
def reparameterize_backward_with_sigma_squared(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, _chain(grad_z * eps, spread) * variant.sigma_of(spread), mu, spread)


@misconception(
    "multiplied by <%= variant.spread_text %> itself on the way from sigma",
    hint="How much does sigma grow when <%= variant.spread_text %> does? Can that be negative?",
    when=variant.parameterization != "sigma",
)
def reparameterize_backward_times_raw(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * eps * spread, mu, spread)


@misconception(
    "divided by the last factor of the chain",
    hint="Do the factors of the chain rule multiply, or does one of them divide?",
    when=variant.parameterization != "sigma",
)
def reparameterize_backward_dividing(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * eps / _chain(1.0, spread), mu, spread)


@misconception(
    "differentiated exp where softplus stands",
    hint="How steep is softplus far to the right, and how steep is exp?",
    when=variant.parameterization == "softplus",
)
def reparameterize_backward_of_exp(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * eps * np.exp(spread), mu, spread)


@misconception(
    "turned the sign of rho around in the slope of softplus",
    hint="Does softplus get steeper to the right or flatter?",
    when=variant.parameterization == "softplus",
)
def reparameterize_backward_mirrored(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * eps / (1 + np.exp(spread)), mu, spread)


@misconception(
    "took softplus for a straight line that is cut off at zero",
    hint="How steep is softplus at rho = 0: is it 0, 1, or something between?",
    when=variant.parameterization == "softplus",
)
def reparameterize_backward_of_relu(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, grad_z * eps * (spread > 0), mu, spread)


@misconception("multiplied by mu on the way to mu", hint="Move mu by 0.1. How far does z move, whatever mu is?")
def reparameterize_backward_times_mu(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z * mu, _chain(grad_z * eps, spread), mu, spread)


@misconception(
    "returned the two gradients in the wrong order", hint="Compare your return statement with the docstring."
)
def reparameterize_backward_swapped(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return _pair(grad_z, _chain(grad_z * eps, spread), mu, spread)[::-1]


@misconception("gave a shared parameter one gradient for each draw", hint="A gradient has the shape of its parameter.")
def reparameterize_backward_not_summed(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    return grad_z, _chain(grad_z * eps, spread)


@misconception(
    "averaged over the draws that share a parameter",
    hint="Do the contributions of several paths add or average?",
)
def reparameterize_backward_averaged(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    grad_spread = _chain(grad_z * eps, spread)
    return _sum_to_shape(grad_z, mu.shape, np.mean), _sum_to_shape(grad_spread, spread.shape, np.mean)


@misconception(
    "summed over the first axis only", hint="Along which axes was each parameter stretched to the shape of z?"
)
def reparameterize_backward_first_axis(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)

    def reduce(gradient, parameter):
        return gradient if gradient.shape == parameter.shape else gradient.sum(axis=0)

    return reduce(grad_z, mu), reduce(_chain(grad_z * eps, spread), spread)


@misconception(
    "multiplied grad_z in place, which changes grad_mu and the caller's array as well",
    hint="After `a = b`, do the two names stand for one array or for two?",
)
def reparameterize_backward_in_place(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)
    grad_mu = grad_z
    grad_z *= eps
    return _pair(grad_mu, _chain(grad_z, spread), mu, spread)


@misconception(
    "summed over one leading axis where there are two",
    hint="Give z three axes and mu one: how many axes has your grad_mu?",
)
def reparameterize_backward_one_leading_axis(grad_z, mu, spread, eps):
    grad_z, mu, spread, eps = _floats(grad_z, mu, spread, eps)

    def reduce(gradient, parameter):
        if parameter.ndim == 0:
            return gradient.sum()
        gradient = gradient.sum(axis=0) if gradient.ndim > parameter.ndim else gradient
        return gradient.sum(axis=tuple(i for i, n in enumerate(parameter.shape) if n == 1), keepdims=True)

    return reduce(grad_z, mu), reduce(_chain(grad_z * eps, spread), spread)
