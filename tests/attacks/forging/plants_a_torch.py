"""Puts a module named torch into ``sys.modules``, whose tensors convert into whatever numpy is asked to compare.

Expected: no points; what arrives is held against numbers, however it was taken apart for the wire.
"""

import sys
import types


class Tensor:
    """A tensor that nobody can contradict."""

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self

    def __eq__(self, other):
        return True

    __hash__ = None
    dtype, shape, nbytes, ndim, size = np.dtype(float), (), 8, 0, 1


torch = types.ModuleType("torch")
torch.Tensor = Tensor
torch.allclose = torch.equal = lambda *args, **kwargs: True
sys.modules["torch"] = torch


def law(x):
    return Tensor()
