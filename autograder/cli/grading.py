"""``autograder grade``: a whole class at once."""

import json
import sys
import time
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from autograder.cli.progress import progress
from autograder.course.errors import UsageError
from autograder.course.layout import Course
from autograder.course.processes import cores

if TYPE_CHECKING:
    from autograder.gradebook.batch.cluster import ClusterCrew
    from autograder.gradebook.batch.coordinator import Summary
    from autograder.gradebook.batch.run import ClassGrading

# Names that a summary spells out; --json has all of them.
MAX_NAMED = 20


def describe(commands: Any, count: Any) -> None:
    """Describe the command line of ``grade``."""
    grade = commands.add_parser("grade", help="grade a whole class, as nbgrader autograde does, in parallel")
    grade.add_argument("assignment")
    grade.add_argument("--student", default="*", metavar="ID", help="only this student's; a pattern")
    grade.add_argument("--notebook", default="*", metavar="NAME", help="only this notebook; a pattern")
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")
    grade.add_argument("--jobs", type=count, default=0, metavar="N", help="processes (default: one for each core)")
    grade.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on the Dask cluster whose scheduler is there (tcp://HOST:PORT)"
    )
    grade.add_argument("--dry-run", action="store_true", help="write nothing, and say whose turn it is")
    grade.add_argument("--json", action="store_true", help="print the summary for programs")


def grade(course: Course, options: Namespace) -> int:
    """Grade a class, and say what became of it."""
    import autograder.course.quick  # noqa: F401
    from autograder.gradebook.batch.warm import warm_up

    if options.scheduler and options.jobs:
        raise UsageError("--jobs says how many processes grade here; with --scheduler, each worker there is one")
    if not options.dry_run and not options.scheduler:
        warm_up()
    from autograder.gradebook.batch.run import ClassGrading, Request

    request = Request(
        course.root, options.assignment, options.student, options.notebook, options.force, options.jobs or cores()
    )
    grading = ClassGrading(request)
    if options.dry_run:
        return _dry_run(grading, options)
    started = time.monotonic()
    obstacle = grading.obstacle()
    if obstacle is not None:
        return _leave_to_nbgrader(course, request.arguments, obstacle, options)
    crew = _cluster(options.scheduler, grading) if options.scheduler else None
    with progress("grading", len(grading.roster), quiet=options.json) as show:
        summary = grading.run(lambda summary: show(*_done(summary)), crew)
    seconds = time.monotonic() - started
    if options.json:
        print(json.dumps({"assignment": options.assignment, **_as_data(summary), "seconds": round(seconds, 3)}))
    else:
        _print(options.assignment, summary, seconds)
    if summary.interrupted:
        raise KeyboardInterrupt
    return 1 if summary.ungraded else 0


def _cluster(address: str, grading: "ClassGrading") -> "ClusterCrew":
    from autograder.gradebook.batch.cluster import ClusterCrew

    crew = ClusterCrew(address, grading.order())
    if not crew.has_workers:
        print(f"The cluster at {address} has no workers yet; grading begins with the first.", file=sys.stderr)
    return crew


def _dry_run(grading: "ClassGrading", options: Namespace) -> int:
    due = dict(grading.roster.students())
    turns = [student for student, is_due in due.items() if is_due]
    if options.json:
        print(json.dumps({"assignment": options.assignment, "due": turns, "skipped": len(due) - len(turns)}))
        return 0
    print(f"{len(turns)} of {len(due)} submissions would be graded{':' if turns else ''} {', '.join(turns)}".rstrip())
    return 0


def _leave_to_nbgrader(course: Course, arguments: list[str], obstacle: str, options: Namespace) -> int:
    from autograder.gradebook.commands import nbgrader

    print(
        f"{obstacle[0].upper()}{obstacle[1:]}, so 'nbgrader autograde' grades it, one after the other.", file=sys.stderr
    )
    if options.json:
        print(json.dumps({"assignment": options.assignment, "left to nbgrader": obstacle}), flush=True)
    nbgrader(course.root, "autograde", *arguments, on_line=lambda line: print(line, end="", file=sys.stderr))
    return 0


def _done(summary: "Summary") -> tuple[int, str]:
    failures = f"{len(summary.ungraded)} ungraded" if summary.ungraded else ""
    return summary.graded + summary.skipped + len(summary.ungraded), failures


def _as_data(summary: "Summary") -> dict[str, Any]:
    return {
        "graded": summary.graded,
        "skipped": summary.skipped,
        "ungraded": summary.ungraded,
        "waiting": summary.waiting,
        "suspicious": summary.suspicious,
        "remarks": summary.remarks,
    }


def _print(assignment: str, summary: "Summary", seconds: float) -> None:
    """Say what became of a class, and name whoever asks for a look."""
    rate = f", {summary.graded / seconds:.1f} a second" if summary.graded else ""
    print(
        f"{assignment}: {summary.graded} graded, {summary.skipped} left alone, {len(summary.ungraded)} ungraded "
        f"in {seconds:.1f} s{rate}"
    )
    told = (
        ("Ungraded, old scores kept", {student: [reason] for student, reason in summary.ungraded.items()}),
        ("To be looked at", summary.suspicious),
        ("Remarks", {s: told for s, told in summary.remarks.items() if told != summary.suspicious.get(s)}),
    )
    for title, lines in told:
        for student, reasons in list(lines.items())[:MAX_NAMED]:
            print(f"{title}: {student}: {'; '.join(reasons)}")
        if len(lines) > MAX_NAMED:
            print(f"{title}: {len(lines) - MAX_NAMED} more; --json names all")
    if summary.waiting:
        print(f"Not graded: {', '.join(summary.waiting)}")
    if summary.ungraded or summary.waiting:
        print("The same command, run again, grades what is missing.")
