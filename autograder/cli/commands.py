"""One function a command: it calls one function of the package and prints what came of it."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.course.layout import Course

console = Console()


def build(course_dir: Path, name: str | None, force: list[str], dry_run: bool) -> int:
    """Render masters into source notebooks."""
    from autograder.authoring.build import build as build_assignment

    course = Course(course_dir)
    assignments = [course.require(name)] if name else course.editions()
    stale = False
    for assignment in assignments:
        for built in build_assignment(assignment, force, dry_run):
            verb = "unchanged" if not built.changed else "would change" if dry_run else "written"
            stale |= built.changed
            relative = built.path.relative_to(course_dir)
            console.print(
                f"{relative}: {verb}, {len(built.problems)} problems, {built.points:g} points", soft_wrap=True
            )
    return int(stale and dry_run)


def verify(course_dir: Path, name: str) -> int:
    """Prove the hidden graders of an assignment."""
    from autograder.authoring.verify import verify as verify_assignment

    assignment = Course(course_dir).require(name)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("verifying", total=len(list(assignment.solutions.glob("test_*.py"))))
        proofs = verify_assignment(assignment, lambda problem: progress.advance(task))
    table = Table(title=f"Graders of {name}")
    for column in ("problem", "points", "stub", "right", "lowest", "mistakes", "caught", "named"):
        table.add_column(column, justify="left" if column == "problem" else "right")
    for proof in proofs:
        right = {n: earned for n, earned in proof.earned.items() if n not in proof.named and n != "stub"}
        caught = sum(proof.earned[n] < proof.points for n in proof.named)
        named = sum(n == taken for n, taken in proof.named.items())
        numbers = [len(right), f"{min(right.values()):g}", len(proof.named), caught, named]
        table.add_row(proof.problem, f"{proof.points:g}", f"{proof.earned['stub']:g}", *map(str, numbers))
    console.print(table)
    faults = [fault for proof in proofs for fault in proof.faults]
    for fault in faults:
        console.print(f"✗ {fault}", markup=False)
    return int(bool(faults))


def report(course_dir: Path, name: str) -> int:
    """Show how a class did."""
    from autograder.gradebook.scores import class_rows
    from autograder.report.classroom import class_table, misconception_table

    rows = class_rows(course_dir, name)
    console.print(class_table(f"{name}: {len(rows)} students", rows))
    if any(row.misconceptions for row in rows):
        console.print(misconception_table(rows))
    return 0


def demo(course_dir: Path, folder: Path) -> int:
    """Grade a made-up class from end to end."""
    from autograder.gradebook import demo as steps

    name = "reparameterization"
    course = steps.lay_out(Course(course_dir), folder.resolve())
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("build and release the assignment", total=1)
        assignment = steps.build_and_release(course, name)
        progress.advance(task)
        notebooks = steps.hand_in(assignment)
        for verb, line_start in (("autograde", "Autograding"), ("generate_feedback", "Converting notebook")):
            task = progress.add_task(f"nbgrader {verb}", total=notebooks)

            def count(line: str, task: TaskID = task, start: str = line_start) -> None:
                progress.advance(task, start in line)

            steps.nbgrader(course.root, verb, name, on_line=count)
        task = progress.add_task("nbgrader export", total=1)
        steps.nbgrader(course.root, "export", "--to=grades.csv")
        progress.advance(task)
    report(course.root, name)
    console.print(f"\nFeedback pages: {course.root}/feedback/<student>/{name}/*.html", soft_wrap=True, highlight=False)
    console.print(f"Grades:         {course.root}/grades.csv", soft_wrap=True, highlight=False)
    return 0
