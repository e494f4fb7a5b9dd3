"""What a box gives up before it runs a line of a student's code.

Each layer is a function of the limits; ``confine`` applies them in order. A layer that the machine does not offer is
passed over, and ``confine`` returns the names of those that hold.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

Limits = Mapping[str, Any]
Layer = Callable[[Limits], None]

_PR_SET_PDEATHSIG = 1


class Unavailable(Exception):
    """The machine does not offer the layer."""


def own_process_group(limits: Limits) -> None:
    """Lead a session and a group of its own, so that one signal reaches everything it started.

    The leader of a session cannot leave its group.
    """
    if os.getsid(0) != os.getpid():
        os.setsid()


def die_with_the_template(limits: Limits) -> None:
    """Be killed when the template ends, however it ends."""
    if sys.platform != "linux":
        raise Unavailable
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise Unavailable


def no_input(limits: Limits) -> None:
    """Read nothing from whoever started the grading."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def bounded_files(limits: Limits) -> None:
    """Write no file larger than the limit; leave no core file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_size"], limits["file_size"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bounded_memory(limits: Limits) -> None:
    """Take no more memory than the limit, counted from what the template had."""
    if sys.platform != "linux":
        raise Unavailable
    with open("/proc/self/status") as status:
        had = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    resource.setrlimit(resource.RLIMIT_DATA, (had + limits["memory"], had + limits["memory"]))


LAYERS: tuple[Layer, ...] = (
    own_process_group,
    die_with_the_template,
    no_input,
    bounded_files,
    bounded_memory,
)


def confine(limits: Limits, layers: tuple[Layer, ...] = LAYERS) -> list[str]:
    """Apply the layers in order.

    Returns:
        The names of the layers that hold.
    """
    held = []
    for layer in layers:
        try:
            layer(limits)
        except Unavailable:
            continue
        held.append(layer.__name__)
    return held
