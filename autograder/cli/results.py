"""The commands that hand results out: feedback pages for students, grades for a spreadsheet."""

import ast
from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder.course.errors import UsageError
from autograder.course.layout import Course

console = Console()


def describe(commands: Any, count: Any) -> None:
    """Describe the command lines."""
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
