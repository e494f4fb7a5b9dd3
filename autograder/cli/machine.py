"""The command of those who run the machine: what it offers to confine submissions."""

from argparse import Namespace

from rich.console import Console
from rich.table import Table

from autograder.course.layout import Course

console = Console()


def doctor(course: Course, options: Namespace) -> int:
    """Try from inside a box what a submission could do here; 1 where that is too much."""
    from autograder.box.checkup import check_up
    from autograder.box.worker.places import exposed

    checkup = check_up()
    shown = exposed([course.root, course.source, course.solutions])
    code = int(bool(shown) or not checkup.enough)
    if options.json:
        print(checkup.as_json())
        return code
    layers = Table("layer", "holds", "what it does", title="Layers of confinement")
    for layer in checkup.layers:
        layers.add_row(layer.name, _mark(layer.holds), layer.purpose)
    trials = Table("tried from inside a box", "held", title="Trials")
    for trial in checkup.trials:
        trials.add_row(trial.what, _mark(trial.held) if trial.held or trial.essential else "[yellow]known limit[/]")
    console.print(layers)
    console.print(trials)
    for layer in checkup.layers:
        if left := checkup.left_to_others(layer):
            console.print(
                f"{layer.name} does not hold; other layers alone protect the {', '.join(left)} of this machine."
            )
    for limit in checkup.limits:
        console.print(f"Known limit here: a submission can {limit}.", style="yellow", soft_wrap=True)
    for protection in checkup.lacking:
        needed = " or ".join(protection.layers)
        console.print(f"Missing: {needed}. A submission could {protection.lost}.", style="bold red", soft_wrap=True)
    for path, place in shown.items():
        console.print(f"{path} lies in {place}, which every submission can read: move it elsewhere.", style="bold red")
    if code == 0:
        console.print("Submissions of people who would attack the grader can be graded here.")
        return code
    console.print(
        "Grading is refused here. c.Box.accept_weak_confinement = True grades all the same, and says so in every "
        "report: only for people whom you trust.",
        soft_wrap=True,
    )
    return code


def _mark(holds: bool) -> str:
    return "[green]yes[/]" if holds else "[bold red]no[/]"
