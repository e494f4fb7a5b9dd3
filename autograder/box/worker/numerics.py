"""How torch is set where notebooks and hidden graders run: one thread, no missing devices, a compiler only if used.

What torch computes stays the same to the last bit.
"""

import functools
import sys
from contextlib import nullcontext
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_COMPILER = "torch._dynamo"


def settle(torch: Any) -> None:
    """Let torch compute in one thread, forget seeds for devices that it lacks, and import its compiler late.

    Its threads take longer to start on a tiny array than the array takes, and every process has a core of its own.
    Of each seed for a missing device it would note a traceback. The compiler takes a second to import, and every
    optimizer asks for it, though only to say that nothing is to be compiled.
    """
    torch.set_num_threads(1)
    if not torch.backends.cuda.is_built():
        torch.cuda.manual_seed_all = functools.wraps(torch.cuda.manual_seed_all)(_forget)
    xpu = getattr(torch, "xpu", None)
    if xpu is not None and not getattr(xpu, "_is_compiled", bool)():
        xpu.manual_seed_all = functools.wraps(xpu.manual_seed_all)(_forget)
    spec = find_spec(_COMPILER)
    if spec is not None and _COMPILER not in sys.modules:
        sys.modules[_COMPILER] = torch._dynamo = LateCompiler(spec)


def rehearse(torch: Any) -> None:
    """Differentiate and take a step with an optimizer, for whatever the first ones of a process wait for."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([parameter])
    (2 * parameter).backward(torch.ones(1))
    optimizer.step()


def _forget(seed: int) -> None:
    """Do nothing with a seed."""


class _NothingCompiled:
    """Stands for the part of the compiler that ``torch.func`` switches off while it differentiates."""

    _disable = staticmethod(nullcontext)

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(f"{_COMPILER}.compiled_autograd"), name)


class LateCompiler(ModuleType):
    """Stands for a compiler that nobody uses; whoever asks for more than is here has the real one, in the same object.

    Args:
        spec: of the real module.
    """

    compiled_autograd = _NothingCompiled()

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        # Who looks through all modules finds what every module has, and does not want this one imported.
        self.__spec__, self.__loader__, self.__file__ = spec, spec.loader, spec.origin
        self._left_alone: list[Any] = []

    def graph_break(self, msg: str = "") -> None:
        """Mark where compiled code would end."""

    def disable(self, fn: Any = None, recursive: bool = True, **options: Any) -> Any:
        """Keep a function from being compiled."""
        if fn is None:
            return functools.partial(self.disable, recursive=recursive, **options)
        self._left_alone.append(fn)
        return fn

    def __getattr__(self, name: str) -> Any:
        # A module has a path where something below it is to be imported.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self._become_real()
        return getattr(self, name)

    def _become_real(self) -> None:
        spec, left_alone = self.__spec__, self._left_alone
        assert spec is not None
        assert spec.loader is not None
        del self._left_alone
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__path__ = list(spec.submodule_search_locations or ())
        for function in left_alone:
            # By what torch knows that it has asked for this already.
            vars(function).pop("__dynamo_disable", None)
        try:
            spec.loader.exec_module(self)
        except BaseException:
            sys.modules.pop(self.__name__, None)
            raise
