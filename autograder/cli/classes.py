"""The commands of those who grade: each calls one function and prints what came of it."""

from argparse import Namespace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from autograder.course.layout import Course

console = Console()


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
    """Grade a made-up class from end to end."""
    from autograder.gradebook import demo as steps
    from autograder.gradebook.commands import nbgrader

    name = "reparameterization"
    course = steps.lay_out(original, options.directory.resolve())
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

            nbgrader(course.root, verb, name, on_line=count)
        task = progress.add_task("nbgrader export", total=1)
        nbgrader(course.root, "export", "--to=grades.csv")
        progress.advance(task)
    _report(course, name)
    console.print(f"\nFeedback pages: {course.root}/feedback/<student>/{name}/*.html", soft_wrap=True, highlight=False)
    console.print(f"Grades:         {course.root}/grades.csv", soft_wrap=True, highlight=False)
    return 0
