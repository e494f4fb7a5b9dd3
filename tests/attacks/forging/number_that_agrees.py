"""Returns a float whose every comparison and difference comes out in its favor.

Expected: no points; only the number within crosses.
"""


class Agreeable(float):
    """A float without contradiction."""

    def _yes(self, other):
        return True

    def _nothing(self, *others):
        return 17.5

    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = _yes
    __sub__ = __rsub__ = __abs__ = _nothing
    __hash__ = float.__hash__


def law(x):
    return Agreeable(1.0) if np.ndim(x) == 0 else np.array([[Agreeable(1.0)] * 4] * 3, dtype=object)
