"""Parses the command line; each command imports what it needs, so that ``--help`` is quick."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder import __version__
from autograder.course.errors import PathwiseError


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    root = argparse.ArgumentParser(
        prog="autograder", description="Hidden pytest graders for nbgrader notebooks, each submission in its own box."
    )
    root.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    root.add_argument("--course-dir", type=Path, default=Path(), metavar="DIR", help="the course (default: here)")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="render masters into nbgrader source notebooks")
    build.add_argument("assignment", nargs="?", help="default: every assignment that has masters")
    build.add_argument(
        "--force", action="append", default=[], metavar="NOTEBOOK", help="overwrite this one, edited by hand or not"
    )
    build.add_argument("--dry-run", action="store_true", help="write nothing; exit 1 if anything would change")

    verify = commands.add_parser("verify", help="prove the hidden graders of an assignment")
    verify.add_argument("assignment")

    report = commands.add_parser("report", help="show how a class did")
    report.add_argument("assignment")

    demo = commands.add_parser("demo", help="grade a made-up class from end to end, in a course of its own")
    demo.add_argument("directory", nargs="?", type=Path, default=Path("demo"), help="where (default: ./demo)")
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a foreseen error is one line on stderr."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except PathwiseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    from autograder.cli import commands

    course_dir = options.course_dir.resolve()
    match options.command:
        case "build":
            return commands.build(course_dir, options.assignment, options.force, options.dry_run)
        case "verify":
            return commands.verify(course_dir, options.assignment)
        case "report":
            return commands.report(course_dir, options.assignment)
        case _:
            return commands.demo(course_dir, options.directory)
