"""Finds out by doing what a submission could do on this machine: a box is made, and from inside it is tried.

What is tried stands in ``trials.py``.
"""

import contextlib
import json
import os
import select
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import cast

from autograder.box.box import Box
from autograder.box.limits import MEBIBYTE, Limits
from autograder.box.protection import PROTECTIONS, Protection, lacking
from autograder.box.template import Template
from autograder.box.trials import KNOWING, TRIALS, hide, know
from autograder.box.wire import FunctionSource
from autograder.box.worker.confinement import ALWAYS, NANNY_LAYERS, STUDENT_LAYERS
from autograder.course.errors import (
    BoxError,
    StudentFault,
    StudentOutOfMemory,
    StudentOverLimit,
    StudentRaised,
)

_LIMITS = Limits(memory=256 * MEBIBYTE, disk=16 * MEBIBYTE, call_seconds=20.0)
_GONE_MILLISECONDS = 10_000


@dataclass(frozen=True)
class Layer:
    """One layer of confinement: its name, what it does, and whether it holds here."""

    name: str
    purpose: str
    holds: bool


@dataclass(frozen=True)
class Trial:
    """One thing that was tried from inside a box, and whether the box held.

    Attributes:
        what: what a submission could do if not.
        held: whether the box held.
        essential: whether submissions are graded only where it does; otherwise it is a known limit where it does not.
    """

    what: str
    held: bool
    essential: bool = True


@dataclass(frozen=True)
class Checkup:
    """What came of it.

    Attributes:
        layers: all layers, in the order in which they are applied.
        trials: all that was tried.
        lacking: the protections that no layer gives here.
    """

    layers: tuple[Layer, ...]
    trials: tuple[Trial, ...]
    lacking: tuple[Protection, ...] = field(default=())

    def left_to_others(self, layer: Layer) -> list[str]:
        """What a layer that does not hold would protect, and others protect in its place."""
        return [p.name for p in PROTECTIONS if layer.name in p.layers and not layer.holds and p not in self.lacking]

    def as_json(self) -> str:
        """The same for programs."""
        layers = {layer.name: layer.holds for layer in self.layers}
        trials = {trial.what: trial.held for trial in self.trials}
        lost = [protection.name for protection in self.lacking]
        told = {"enough": self.enough, "layers": layers, "trials": trials, "limits": self.limits, "lacking": lost}
        return json.dumps(told, indent=2)

    @property
    def limits(self) -> list[str]:
        """What a submission can do here, and is known to, and is no reason to grade none."""
        return [trial.what for trial in self.trials if not trial.held and not trial.essential]

    @property
    def enough(self) -> bool:
        """Whether submissions of people who would attack the grader can be graded here."""
        return not self.lacking and all(trial.held for trial in self.trials if trial.essential)


def check_up() -> Checkup:
    """Make a box and try to get out of it.

    Raises:
        BoxError: no box can be made at all.
    """
    with Template(trusting=True, libraries=()) as template, _bait() as bait:
        trials = [Trial(what, not _gets_through(template, probe, bait)) for what, probe in TRIALS.items()]
        trials.append(Trial("leave a process behind that outlives the box", not _survives(template)))
        trials.append(Trial(KNOWING, not _gets_through(template, know, bait), essential=False))
        return Checkup(_layers(template.layers), tuple(trials), tuple(lacking(template.layers)))


def _layers(held: tuple[str, ...]) -> tuple[Layer, ...]:
    return tuple(
        Layer(layer.__name__, " ".join((layer.__doc__ or "").split()), layer.__name__ in held)
        for layer in (*NANNY_LAYERS, *STUDENT_LAYERS)
        if layer.__name__ not in ALWAYS
    )


@contextlib.contextmanager
def _bait() -> Iterator[dict[str, str]]:
    """What the trials are after: a file that everybody may read, listeners, and this process."""
    with contextlib.ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="autograder-bait-")
        stack.callback(shutil.rmtree, folder, True)
        os.chmod(folder, 0o777)
        secret = Path(folder, "secret")
        secret.write_text("nobody in a box may read this")
        bait: dict[str, str] = {"secret": str(secret), "folder": folder, "judge": str(os.getpid())}
        abstract = f"\0autograder-bait-{os.getpid()}"
        for kind, family, address in (
            ("tcp", socket.AF_INET, ("127.0.0.1", 0)),
            ("unix", socket.AF_UNIX, str(Path(folder, "socket"))),
            ("abstract", socket.AF_UNIX, abstract),
        ):
            listener = stack.enter_context(socket.socket(family))
            listener.bind(address)
            listener.listen()
            bait[kind] = str(listener.getsockname()[1]) if kind == "tcp" else str(address)
        os.chmod(Path(folder, "socket"), 0o777)
        yield bait


def _gets_through(template: Template, probe: Callable[..., None], bait: dict[str, str]) -> bool:
    with _box(template) as box:
        try:
            box.run(FunctionSource.of(cast(FunctionType, probe)), (bait,))
        except StudentRaised as fault:
            if "OSError" not in fault.lineage:
                raise BoxError(f"the trial {probe.__name__} is broken: {fault}: {fault.message}") from fault
            return False
        except (StudentOutOfMemory, StudentOverLimit):
            return False
    return True


def _survives(template: Template) -> bool:
    with _box(template) as box:
        # As long as any process of the box lives, it holds the other end.
        witness = socket.socket(fileno=os.dup(box.channel.socket.fileno()))
        with contextlib.suppress(StudentFault):
            box.run(FunctionSource.of(cast(FunctionType, hide)), ({},))
    with witness:
        poll = select.poll()
        poll.register(witness, select.POLLHUP)
        return not poll.poll(_GONE_MILLISECONDS)


@contextlib.contextmanager
def _box(template: Template) -> Iterator[Box]:
    with tempfile.TemporaryDirectory(prefix="autograder-box-", ignore_cleanup_errors=True) as folder:
        box = Box(template, Path(folder), _LIMITS)
        try:
            yield box
        finally:
            box.close()
