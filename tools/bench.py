"""Measure ``nbgrader autograde`` with the stock Execute and with Pathwise, on the same notebooks in one run.

Both grade the same right submissions of the course's assignment, one after the other, each in a course folder of its
own. Stock runs the visible checks alone, which is less work: it has no hidden graders. The first submission is a
warm-up and does not count; what counts is the time between two submissions, so that neither pays for its own start.
"""

import argparse
import itertools
import re
import shutil
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import read_notebook
from autograder.gradebook import demo
from autograder.gradebook.commands import nbgrader
from autograder.gradebook.demo_class import make_class
from autograder.grading.catalogue import load_problems

NAME = "reparameterization"
STOCK = """c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.ignore.extend(["*.master.md", "*.part.md", "variants.toml", "variants.py"])
"""


def lay_out(folder: Path, students: int, config: str | None) -> Assignment:
    """Make a course in which so many students handed in the right answers."""
    course = demo.lay_out(Course(Path(__file__).resolve().parent.parent), folder)
    if config is not None:
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    assignment = demo.build_and_release(course, NAME)
    released = folder / "assignments" / NAME
    release = {path.name: read_notebook(path) for path in sorted(released.glob("*.ipynb"))}
    right = make_class(load_problems(assignment.solutions, assignment.variant), assignment.variant)[0]
    for number in range(students + 1):
        handed_in = folder / "submitted" / f"student{number:04d}" / NAME
        shutil.copytree(released, handed_in, ignore=shutil.ignore_patterns("*.ipynb"))
        for name, text in right.files(release).items():
            (handed_in / name).write_text(text, encoding="utf-8")
    return assignment


def measure(folder: Path) -> list[float]:
    """Autograde a course and give the seconds of each submission but the first."""
    starts: list[float] = []

    def on_line(line: str) -> None:
        if re.search(r"Sanitizing .*gaussian\.ipynb", line):
            starts.append(time.perf_counter())

    nbgrader(folder, "autograde", NAME, on_line=on_line)
    starts.append(time.perf_counter())
    return [end - start for start, end in itertools.pairwise(starts[1:])]


def main() -> int:
    """Print seconds per submission and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=6, help="submissions that count (default: 6)")
    students = parser.parse_args().students
    versions = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "ipython", "numpy", "torch", "pytest"))
    print(f"Python {sys.version.split()[0]}, {versions}; {students} submissions of four notebooks each")
    medians = {}
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as temporary:
        for name, config in (("stock Execute", STOCK), ("Pathwise", None)):
            folder = Path(temporary) / name.split()[0]
            lay_out(folder, students, config)
            seconds = measure(folder)
            medians[name] = statistics.median(seconds)
            print(f"{name:14} {medians[name]:7.2f} s a submission (median; {min(seconds):.2f} to {max(seconds):.2f})")
    print(f"ratio          {medians['stock Execute'] / medians['Pathwise']:7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
