"""How torch is set where notebooks and hidden graders run: one thread, no missing devices, a compiler only if used.

What torch computes is what it computes in any process with one thread.
"""

import functools
import sys
import threading
from contextlib import nullcontext, suppress
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
    for devices in _missing_devices(torch):
        if not hasattr(devices.manual_seed_all, "__wrapped__"):
            devices.manual_seed_all = functools.wraps(devices.manual_seed_all)(lambda seed: None)
    spec = find_spec(_COMPILER)
    if spec is not None and _COMPILER not in sys.modules:
        sys.modules[_COMPILER] = torch._dynamo = LateCompiler(spec)


def rehearse(torch: Any) -> None:
    """Take a step with an optimizer, for whatever the first one of a process waits for.

    A torch that could find a device must not look for one here: after that, no fork of this process could compute.
    For the same reason nothing is differentiated, which starts a thread for each device.
    """
    if torch.cuda in _missing_devices(torch):
        parameter = torch.nn.Parameter(torch.zeros(1))
        parameter.grad = torch.zeros(1)
        torch.optim.Adam([parameter]).step()


def _missing_devices(torch: Any) -> list[Any]:
    """Torch's modules for kinds of devices that it was built without; none that it might look for."""
    cuda, xpu = torch.backends.cuda.is_built(), getattr(torch, "xpu", None)
    missing = [] if cuda else [torch.cuda]
    if xpu is not None and not getattr(xpu, "_is_compiled", bool)():
        missing.append(xpu)
    return missing


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

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        # Who looks through all modules finds what every module has, and does not want this one imported.
        self.__spec__, self.__loader__, self.__file__ = spec, spec.loader, spec.origin
        self._left_alone: list[Any] = []
        self._turn = threading.RLock()
        self._turner: int | None = None
        self._answers = {
            "graph_break": lambda *args, **options: None,
            "disable": self._disable,
            "compiled_autograd": _NothingCompiled(),
        }

    def __getattr__(self, name: str) -> Any:
        # Where the real one is being imported, it must not find what stands for it.
        if name in self._answers and self._turner != threading.get_ident():
            return self._answers[name]
        # A module has a path where something below it is to be imported.
        if not name.startswith("__") or name == "__path__":
            with self._turn:
                if type(self) is LateCompiler and self._turner is None:
                    self._become_real()
            if type(self) is not LateCompiler:
                return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def _disable(self, fn: Any = None, recursive: bool = True, **options: Any) -> Any:
        """Keep a function from being compiled."""
        if fn is None:
            return functools.partial(self._disable, recursive=recursive, **options)
        if not any(fn is known for known in self._left_alone):
            self._left_alone.append(fn)
        return fn

    def _become_real(self) -> None:
        """Import what this stands for; other threads have the one or the other meanwhile, and nothing in between."""
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        self._turner = threading.get_ident()
        self.__path__ = list(spec.submodule_search_locations or ())
        try:
            spec.loader.exec_module(self)
        except BaseException:
            sys.modules.pop(self.__name__, None)
            raise
        finally:
            self._turner = None
        for function in self._left_alone:
            # By what torch knows that it has asked for this already.
            with suppress(AttributeError, TypeError):
                delattr(function, "__dynamo_disable")
        self.__class__ = ModuleType  # type: ignore[assignment]
