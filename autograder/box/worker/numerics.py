"""How torch is set where notebooks and hidden graders run: one thread, and nothing done for missing devices."""

import functools
from typing import Any


def settle(torch: Any) -> None:
    """Let torch compute in one thread, and forget seeds for devices that it was built without.

    Its threads take longer to start on a tiny array than the array takes, and every process has a core of its own.
    Of each seed for a missing device it would note a traceback.
    """
    torch.set_num_threads(1)
    if not torch.backends.cuda.is_built():
        torch.cuda.manual_seed_all = functools.wraps(torch.cuda.manual_seed_all)(_forget)
    xpu = getattr(torch, "xpu", None)
    if xpu is not None and not getattr(xpu, "_is_compiled", bool)():
        xpu.manual_seed_all = functools.wraps(xpu.manual_seed_all)(_forget)


def _forget(seed: int) -> None:
    """Do nothing with a seed."""
