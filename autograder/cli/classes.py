"""The commands of those who grade: each calls one function and prints what came of it."""

import subprocess
import sys
from argparse import Namespace
from typing import Any

from rich.console import Console

from autograder.course.layout import Course

console = Console()
# A path is not to be folded, nor coloured.
_PLAIN: dict[str, Any] = {"soft_wrap": True, "highlight": False}


def report(course: Course, options: Namespace) -> int:
    """Show how a class did."""
    return _report(course, options.assignment)


def _report(course: Course, name: str) -> int:
    import autograder.course.quick  # noqa: F401
    from autograder.gradebook.scores import class_rows
    from autograder.report.classroom import class_table, misconception_table, warning

    rows = class_rows(course.root, name)
    console.print(class_table(f"{name}: {len(rows)} students", rows))
    if any(row.misconceptions for row in rows):
        console.print(misconception_table(rows))
    if warning(rows):
        console.print(warning(rows), style="bold red")
    return 0


def demo(original: Course, options: Namespace) -> int:
    """Grade a made-up class from end to end, with the commands that a TA would type."""
    from autograder.gradebook import demo as steps

    name = "reparameterization"
    course = steps.lay_out(original, options.directory.resolve())
    with console.status("building and releasing the assignment"):
        assignment = steps.build_and_release(course, name)
    notebooks = steps.hand_in(assignment)
    console.print(f"A class has handed in {notebooks} notebooks of {name} in {course.root}.", **_PLAIN)
    grades = str(course.root / "grades.csv")
    for command in (["grade", name], ["feedback", name], ["export", "--to", grades], ["report", name]):
        console.print(f"\n$ autograder {' '.join(command)}", style="bold", **_PLAIN)
        sys.stdout.flush()
        typed = [sys.executable, "-m", "autograder", "--course-dir", str(course.root), *command]
        code = subprocess.run(typed, check=False).returncode
        if code:
            return code
    console.print(f"\nFeedback pages: {course.root}/feedback/<student>/{name}/*.html", **_PLAIN)
    console.print(f"Grades:         {grades}", **_PLAIN)
    return 0
