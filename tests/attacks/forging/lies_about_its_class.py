"""Returns an object whose ``__class__`` says float, whose size says zero and whose array interface changes when read.

Expected: no points; what crosses is read from the bytes, once.
"""


class Liar:
    """A float by its own word."""

    __class__ = float
    __array_priority__ = 1e9
    reads = 0

    @property
    def __array_interface__(self):
        Liar.reads += 1
        return {"shape": (), "typestr": "<f8", "data": float(Liar.reads).hex().encode()[:8].ljust(8), "version": 3}

    def __float__(self):
        return 4.0

    def __sub__(self, other):
        return 17.5

    __rsub__ = __abs__ = __sub__


def law(x):
    return Liar()
