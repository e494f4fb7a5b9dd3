"""Parses the command line; each command imports what it needs, so that ``--help`` is quick."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from autograder import __version__
from autograder.cli import grading, results
from autograder.course.errors import PathwiseError


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    root = argparse.ArgumentParser(
        prog="autograder", description="Hidden pytest graders for nbgrader notebooks, each submission in its own box."
    )
    root.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    root.add_argument("--course-dir", type=Path, default=Path(), metavar="DIR", help="the course (default: here)")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _describe_authors(commands)

    grading.describe(commands, _count)
    results.describe(commands, _count)

    report = commands.add_parser("report", help="show how a class did")
    report.add_argument("assignment")

    doctor = commands.add_parser("doctor", help="try from inside a box what a submission could do on this machine")
    doctor.add_argument("--json", action="store_true", help="print it for programs")

    demo = commands.add_parser("demo", help="grade a made-up class from end to end, in a course of its own")
    demo.add_argument("directory", nargs="?", type=Path, default=Path("demo"), help="where (default: ./demo)")
    return root


def _describe_authors(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the commands of those who write assignments."""
    build = commands.add_parser("build", help="render masters into nbgrader source notebooks")
    verify = commands.add_parser("verify", help="prove the hidden graders of an assignment")
    publish = commands.add_parser("publish", help="render, verify and release a variant of an assignment")
    for command in (build, verify, publish):
        if command is verify:
            command.add_argument("assignment")
        else:
            command.add_argument("assignment", nargs="?", help="default: every variant of every assignment")
        command.add_argument("--variant", metavar="NAME", help="a table of variants.toml (default: base)")
        command.add_argument("--dry-run", action="store_true", help="write nothing, and say what would be written")
    for command in (build, publish):
        command.add_argument(
            "--force", action="append", default=[], metavar="NOTEBOOK", help="overwrite this one although it was edited"
        )
    for command in (verify, publish):
        command.add_argument(
            "--repeat", type=_count, default=0, metavar="N", help="grade all N times more, under other conditions"
        )
        command.add_argument(
            "--jobs", type=_count, default=0, metavar="N", help="processes (default: one for each core)"
        )
    verify.add_argument(
        "--problem", action="append", default=[], metavar="STEM", help="only this one; may be given several times"
    )
    verify.add_argument("--quick", action="store_true", help="leave out mutants and generated alternatives")
    verify.add_argument("--page", type=Path, metavar="FILE", help="(default: verification/ASSIGNMENT.html)")
    verify.add_argument("--json", type=Path, metavar="FILE", help="(default: beside the page)")

    variants = commands.add_parser("variants", help="list the variants of every assignment and how far each has come")
    variants.set_defaults(assignment=None, variant=None)

    new = commands.add_parser("new", help="lay down something new").add_subparsers(dest="what", required=True)
    problem = new.add_parser("problem", help="a section, a reference and a hidden grader, to be filled in")
    problem.add_argument("name", help="the stem, which is the function's name")
    problem.add_argument("--notebook", required=True, metavar="NAME", help="whose master gets the section")
    problem.add_argument("--assignment", metavar="NAME", help="(default: the only one)")
    problem.add_argument("--dry-run", action="store_true", help="write nothing, and show what would be written")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


_count.__name__ = "count"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a foreseen error is one line on stderr."""
    options = parser().parse_args(arguments)
    try:
        with _tidy_end(), _bytecode_left_alone(getattr(options, "dry_run", False)):
            return _run(options)
    except PathwiseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has read enough; what is left of it has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"autograder: {error.filename or 'the machine'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return 130


@contextmanager
def _tidy_end() -> Iterator[None]:
    """Let a polite kill and a closed terminal end a command as Ctrl-C does: nothing of ours stays behind."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _bytecode_left_alone(dry_run: bool) -> Iterator[None]:
    """Keep Python, here and in the processes that we start, from writing what it compiled beside the course's files."""
    name, written = "PYTHONDONTWRITEBYTECODE", sys.dont_write_bytecode
    before = os.environ.get(name)
    if dry_run:
        os.environ[name], sys.dont_write_bytecode = "1", True
    try:
        yield
    finally:
        sys.dont_write_bytecode = written
        if dry_run and before is None:
            del os.environ[name]


def _run(options: argparse.Namespace) -> int:
    from autograder.cli import authors, classes, machine
    from autograder.course.layout import Course

    commands = {
        "build": authors.build,
        "verify": authors.verify,
        "publish": authors.publish,
        "variants": authors.variants,
        "new": authors.new,
        "grade": grading.grade,
        "feedback": results.feedback,
        "export": results.export,
        "report": classes.report,
        "demo": classes.demo,
        "doctor": machine.doctor,
    }
    return commands[options.command](Course(options.course_dir.resolve()), options)
