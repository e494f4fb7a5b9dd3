"""How far a command is, on a line of its own, where somebody looks at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    """Submissions a second since the first."""

    def render(self, task: Task) -> Text:
        """Show it."""
        return Text(f"{task.finished_speed or task.speed or 0.0:.1f}/s", style="progress.data.speed")


@contextmanager
def progress(what: str, total: int, quiet: bool) -> Iterator[Callable[[int, str], None]]:
    """Show rate, time to go and what failed; nothing where nobody looks.

    Args:
        what: is done.
        total: of how many.
        quiet: whether to show nothing at all.

    Returns:
        What is called with how many are done, and with what is to be said of failures.
    """
    terminal = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failures]}"),
    )
    with Progress(*columns, console=terminal, disable=quiet or not terminal.is_terminal) as shown:
        task = shown.add_task(what, total=total, failures="")

        def show(done: int, failures: str) -> None:
            shown.update(task, completed=done, failures=failures)

        yield show
