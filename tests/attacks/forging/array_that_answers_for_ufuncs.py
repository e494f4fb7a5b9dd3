"""Returns an array that answers every ufunc, comparisons and differences among them, with what suits it.

Expected: no points; its bytes cross, its class does not.
"""


class Suits(np.ndarray):
    """An array on which arithmetic finds no difference."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = [np.asarray(value) for value in inputs]
        shape = np.broadcast_shapes(*(value.shape for value in plain))
        if ufunc.__name__ in ("subtract", "absolute", "isnan"):
            return np.zeros(shape)
        return np.ones(shape, dtype=bool)


def law(x):
    return np.full(np.shape(x), 17.5).view(Suits)
