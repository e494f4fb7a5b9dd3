"""Measure what grading a class costs on this machine, by stock nbgrader, by Pathwise and by Otter.

All grade the same made-up class of the course's assignment, four notebooks a submission: every answer is drawn with a
seed from the reference and its alternatives (75 %) and from known mistakes and untouched stubs (25 %). A judge
remembers what it has seen, so a second class is the worst case: the same students, with numbers of which no two are
alike in their last digits.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.course.errors import PathwiseError
from tools.bench import curve, machine, roads
from tools.bench.courses import ROOT, Courses
from tools.bench.otter import Otter, OtterError
from tools.bench.tables import Results, plot, show

PLACE = ROOT / ".bench"
PARTS = ("roads", "stages", "curve")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="a smoke run: few students, one round, no Otter")
    add("--only", action="append", choices=PARTS, default=[], help="only this part; may be given several times")
    add("--rounds", type=int, default=3, help="interleaved rounds (default: 3)")
    add("--stock", type=int, default=3, metavar="N", help="submissions a round of stock nbgrader (default: 3)")
    add("--boxed", type=int, default=20, metavar="N", help="of nbgrader with Pathwise (default: 20)")
    add("--students", type=int, default=20, metavar="N", help="of autograder grade, and of its stages (default: 20)")
    add("--otter", type=int, default=1, metavar="N", help="of Otter; 0 leaves it out (default: 1)")
    add("--sizes", type=_sizes, default="25,100,400", help="sizes of classes for the curve (default: 25,100,400)")
    add("--unlike-up-to", type=int, default=400, metavar="N", help="largest class with no two alike (default: 400)")
    add("--plot", type=Path, default=PLACE / "bench.svg", metavar="FILE", help="(default: .bench/bench.svg)")
    add("--markdown", action="store_true", help="print Markdown, with the rows of the README's table")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.stock, options.boxed, options.students, options.otter = 1, 1, 1, 4, 0
        options.sizes = [4]
    return options


def _sizes(text: str) -> list[int]:
    return sorted({int(part) for part in text.split(",")})


_sizes.__name__ = "list of numbers"


def run(options: argparse.Namespace, place: Path) -> Results:
    """Measure.

    Args:
        options: the command line's.
        place: an empty folder for courses.
    """
    parts = options.only or PARTS
    results = Results(machine.versions(), machine.machine())
    results.notes.append(f"Load of the machine when this began: {machine.load()}.")
    largest = max(options.sizes) if "curve" in parts else 0
    say("rendering and releasing the assignment")
    courses = Courses(place, max(options.students, options.stock + 1, options.boxed + 1, options.otter + 1, largest))
    if "roads" in parts:
        _roads(options, place, courses, results)
    if "stages" in parts:
        for kind in (curve.ALIKE, curve.UNLIKE):
            say(f"stages, class {kind}")
            course = courses.make(f"stages-{len(results.stages)}", options.students, unlike=kind == curve.UNLIKE)
            results.stages[kind] = _stages(course.folder)
    if "curve" in parts:
        results.points = curve.measure(courses, options.sizes, options.unlike_up_to, say)
        plot(results.points, results.machine, options.plot)
        results.notes.append(f"The curve is drawn in {os.path.relpath(options.plot)}.")
    return results


def _roads(options: argparse.Namespace, place: Path, courses: Courses, results: Results) -> None:
    otter = None
    if options.otter:
        try:
            say("Otter: installed, and proven on a right submission and an untouched one")
            otter = Otter(PLACE / "otter", place / "otter", courses)
            results.notes.append(f"Otter's scores mean something: {otter.prove()}.")
            results.versions["otter-grader"] = otter.version
        except (OtterError, OSError, subprocess.TimeoutExpired) as error:
            otter = None
            results.versions["otter-grader"] = "not measured"
            results.notes.append(f"Otter was not measured: {error}.")
    else:
        results.notes.append("Otter was left out.")
    sizes = roads.Sizes(options.stock, options.boxed, options.students, options.otter)
    results.roads = roads.lay_roads(courses, sizes, otter, results.firsts)
    roads.travel(results.roads, options.rounds, say)
    results.notes.append(f"Held: {roads.hold_scores_equal(results.roads)}.")


def _stages(course: Path) -> dict[str, object]:
    """Measure the stages in a process of its own, which has graded nothing before."""
    command = [sys.executable, "-m", "tools.bench.stages", str(course)]
    measured = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if measured.returncode != 0:
        last = measured.stderr.strip().splitlines()[-1:] or ["it did not say why"]
        raise roads.BenchError(f"the stages could not be measured: {last[0]}")
    told: dict[str, object] = json.loads(measured.stdout.splitlines()[-1])
    if told["ungraded"]:
        raise roads.BenchError(f"submissions stayed ungraded while stages were measured: {told['ungraded']}")
    return told


def say(what: str) -> None:
    """Tell on stderr how far it is."""
    print(f"{what} ...", file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print."""
    options = parse()
    PLACE.mkdir(exist_ok=True)
    # On the disk of the project, where a course lies: a temporary folder may be memory.
    place = Path(tempfile.mkdtemp(prefix="run-", dir=PLACE))
    try:
        print(show(run(options, place), options.markdown))
    except (roads.BenchError, PathwiseError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
