"""Says in plain words what a box does not offer, where a library would hang or fail obscurely.

None of it protects anything: code that takes it away meets the limits themselves.
"""

import functools
import sys
from typing import Any

_NO_PROCESSES = (
    "multiprocessing is not available here: your notebook is graded in one process. "
    "Leave out the workers, or set their number to 0"
)


def install() -> None:
    """Refuse ``multiprocessing``, and let data loaders of torch work without it."""
    import multiprocessing

    multiprocessing.process.BaseProcess.start = _refuse  # type: ignore[method-assign]
    for name in ("Pool", "Manager"):
        for place in (multiprocessing, multiprocessing.context.BaseContext):
            setattr(place, name, _refuse)
    loaders = sys.modules.get("torch.utils.data")
    if loaders is not None:
        loaders.DataLoader.__init__ = _without_workers(loaders.DataLoader.__init__)


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError(_NO_PROCESSES)


def _without_workers(init: Any) -> Any:
    """A data loader with workers would wait for processes that cannot be: let it load by itself."""

    @functools.wraps(init)
    def without(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("num_workers"):
            kwargs.update(num_workers=0, persistent_workers=False, prefetch_factor=None, multiprocessing_context=None)
            kwargs["timeout"] = 0
        init(self, *args, **kwargs)

    return without
