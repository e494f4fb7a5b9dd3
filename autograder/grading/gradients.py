"""Finite differences: the oracle that shares nothing with any closed form."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike


def central_difference(function: Callable[[np.ndarray], ArrayLike], x: ArrayLike, step: float = 1e-3) -> np.ndarray:
    """Differentiate with the five-point formula (Abramowitz and Stegun 25.3.6).

    The truncation error is of order ``step**4``, the rounding error of order ``1e-16 / step``.

    Args:
        function: elementwise in ``x``, or a function of a scalar ``x``.
        x: where to differentiate.
        step: distance of the inner points.

    Returns:
        The derivative, with the shape of ``function(x)``.
    """
    x = np.asarray(x, dtype=float)

    def at(steps: int) -> np.ndarray:
        return np.asarray(function(x + steps * step), dtype=float)

    return np.asarray((at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * step))
