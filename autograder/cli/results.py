"""The commands that hand results out: feedback pages for students, grades for a spreadsheet."""

import ast
import json
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from autograder.cli.progress import progress
from autograder.course.errors import UsageError
from autograder.course.layout import Course
from autograder.course.processes import cores

if TYPE_CHECKING:
    from autograder.gradebook.class_feedback import Summary

console = Console()


def describe(commands: Any, count: Any) -> None:
    """Describe the command lines."""
    feedback = commands.add_parser(
        "feedback", help="make everybody's feedback pages, as nbgrader generate_feedback does"
    )
    feedback.add_argument("assignment")
    feedback.add_argument("--student", default="*", metavar="ID", help="only this student's; a pattern")
    feedback.add_argument("--notebook", default="*", metavar="NAME", help="only of this notebook; a pattern")
    feedback.add_argument("--force", action="store_true", help="make anew what is there already")
    feedback.add_argument(
        "--jobs", type=count, default=0, metavar="N", help="at most so many processes (default: cores)"
    )
    feedback.add_argument("--dry-run", action="store_true", help="write nothing, and say whose turn it is")
    feedback.add_argument("--json", action="store_true", help="print the summary for programs")

    export = commands.add_parser("export", help="write the grades of all students as CSV, as nbgrader export does")
    export.add_argument("--to", type=Path, default=Path("grades.csv"), metavar="FILE", help="(default: grades.csv)")
    for name in ("assignment", "student"):
        export.add_argument(
            f"--{name}",
            type=_names,
            action="extend",
            default=[],
            metavar="NAME",
            help="only this one; or [one,another]",
        )


def _names(text: str) -> list[str]:
    """One name, or several in brackets, as nbgrader takes them."""
    if not (text.startswith("[") and text.endswith("]")):
        return [text]
    try:
        return [str(name) for name in ast.literal_eval(text)]
    except (ValueError, SyntaxError):
        names = [name.strip().strip("\"'") for name in text[1:-1].split(",")]
    if not all(names):
        raise ArgumentTypeError(f"{text} is no list of names")
    return names


def feedback(course: Course, options: Namespace) -> int:
    """Make feedback pages, and say what came of it."""
    import autograder.course.quick  # noqa: F401
    from autograder.gradebook.class_feedback import ClassFeedback
    from autograder.gradebook.feedback import Request

    started = time.monotonic()
    request = Request(course.root, options.assignment, options.student, options.notebook, options.force)
    work = ClassFeedback(request)
    if not options.dry_run:
        with progress("feedback", len(work.due), quiet=options.json) as show:
            work.make(options.jobs or cores(), lambda summary: show(len(summary.made) + len(summary.failed), ""))
    seconds = time.monotonic() - started
    if options.json:
        due = [submission.student for submission in work.due]
        data = {"due": due} if options.dry_run else {"made": work.summary.made, "failed": work.summary.failed}
        told = {"assignment": options.assignment, **data, "kept": work.summary.kept, "seconds": round(seconds, 3)}
        print(json.dumps(told))
    elif options.dry_run:
        _say(f"{options.assignment}: feedback for {len(work.due)} would be made", work.summary.kept)
        _say(", ".join(submission.student for submission in work.due))
    else:
        _print(options.assignment, work.summary, seconds)
    return int(bool(work.summary.failed))


def _print(assignment: str, summary: "Summary", seconds: float) -> None:
    pages = sum(summary.made.values())
    _say(f"{assignment}: {pages} pages for {len(summary.made)} students in {seconds:.1f} s", summary.kept)
    for student, reason in summary.failed.items():
        _say(f"✗ {student}: {reason}")
    if summary.failed:
        _say("What these had before is as it was. The same command, run again, makes what is missing.")


def _say(text: str, kept: Sequence[str] = ()) -> None:
    left = f"; {len(kept)} left as they are (--force makes them anew)" if kept else ""
    if text:
        console.print(f"{text}{left}", soft_wrap=True, highlight=False, markup=False)


def export(course: Course, options: Namespace) -> int:
    """Write everybody's grades."""
    import autograder.course.quick  # noqa: F401
    from autograder.course.files import write_whole
    from autograder.gradebook.export import export_csv

    if options.to.exists() and not options.to.is_file():
        raise UsageError(f"{options.to} is no file that grades could be written to")
    text, rows = export_csv(course.root, options.assignment, options.student)
    write_whole(options.to, text)
    console.print(f"{options.to}: {rows} rows", soft_wrap=True, highlight=False, markup=False)
    return 0
