"""Returns an array that overrides numpy's own functions by ``__array_function__``: allclose of it is always true.

Expected: no points; its bytes cross, its class does not.
"""


class Close(np.ndarray):
    """An array that is close to all others."""

    def __array_function__(self, function, types, args, kwargs):
        if function.__name__ in ("allclose", "array_equal", "all", "array_equiv"):
            return True
        if function.__name__ == "isclose":
            return np.bool_(True)
        return super().__array_function__(function, types, args, kwargs)


def law(x):
    return np.full(np.shape(x), 17.5).view(Close)
