"""Measure what a box costs: from the request until it is ready, its end, and each layer of its confinement.

The first part asks a template for boxes, as grading does. The second makes boxes in a process that has imported the
same, with a clock round every layer. Medians over many boxes; the first ones are a warm-up and do not count.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from autograder.box.box import Box
from autograder.box.limits import Limits
from autograder.box.template import LIBRARIES, Template
from autograder.box.worker import confinement, kernel, survey
from autograder.box.worker.__main__ import preload
from autograder.box.worker.shell import make_shell

FILES = Path(__file__).resolve().parent.parent / "assignments" / "reparameterization"
WARM_UP = 5


def show(what: str, seconds: list[float]) -> None:
    """Print a row: median and extremes in milliseconds."""
    milliseconds = sorted(1000 * each for each in seconds[WARM_UP:])
    median = statistics.median(milliseconds)
    print(f"{what:32} {median:7.2f}  ({milliseconds[0]:.2f} to {milliseconds[-1]:.2f})")


def whole_boxes(number: int) -> None:
    """Time boxes as grading makes them."""
    starts, ends = [], []
    with Template() as template:
        for _ in range(number + WARM_UP):
            with tempfile.TemporaryDirectory() as folder:
                begun = time.perf_counter()
                box = Box(template, Path(folder), Limits(), FILES)
                ready = time.perf_counter()
                box.close()
                starts.append(ready - begun)
                ends.append(time.perf_counter() - ready)
        print(f"{len(template.layers)} layers: {', '.join(template.layers)}\n")
    print("milliseconds                      median  (least to most)")
    show("a box, start to ready", starts)
    show("its end, until all are gone", ends)


def layers(number: int) -> None:
    """Time every step of making a box, in this process."""
    survey.become_root_of_little()
    plan = survey.survey()
    make_shell()
    preload(LIBRARIES)
    gc.collect()
    gc.freeze()
    kernel.gather_memory()
    costs: dict[str, list[float]] = defaultdict(list)
    for _ in range(number + WARM_UP):
        for step, seconds in one_box(plan).items():
            costs[step].append(seconds)
    for step, seconds_of_step in costs.items():
        show(f"  {step}", seconds_of_step)


def one_box(plan: list[str]) -> dict[str, float]:
    """Make and end a box: the seconds of each step."""
    steps: dict[str, float] = {}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        steps[step] = time.perf_counter() - begun

    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        making = confinement.Making(Path(folder), FILES, asdict(Limits()), plan)
        with timed("fork of the nanny"):
            nanny = survey.fork_nanny(plan)
        if nanny == 0:
            for layer in confinement.NANNY_LAYERS:
                with timed(layer.__name__):
                    confinement.apply((layer,), making)
            with timed("fork of the student's process"):
                student = os.fork()
            if student != 0:
                os.waitpid(student, 0)
                os._exit(0)
            for layer in confinement.STUDENT_LAYERS:
                with timed(layer.__name__):
                    confinement.apply((layer,), making)
            os.write(writing, json.dumps(steps).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            steps = json.load(told)
        os.waitpid(nanny, 0)
    return steps


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=60, help="boxes that count (default: 60)")
    number = parser.parse_args().boxes
    whole_boxes(number)
    layers(number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
