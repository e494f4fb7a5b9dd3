"""How a class did: data first, then one way to draw it on a terminal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True)
class NotebookScore:
    """One notebook of one student.

    Attributes:
        score: the points, or None where the notebook is ungraded.
        possible: what it is worth.
        misconceptions: what its author seems to believe: ``problem: text``.
    """

    score: float | None
    possible: float
    misconceptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudentRow:
    """One student of a class."""

    student: str
    notebooks: dict[str, NotebookScore] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The points of all graded notebooks."""
        return sum(notebook.score or 0.0 for notebook in self.notebooks.values())

    @property
    def ungraded(self) -> bool:
        """Whether any notebook waits for a grade."""
        return any(notebook.score is None for notebook in self.notebooks.values())

    @property
    def misconceptions(self) -> list[str]:
        """Every named mistake of the student."""
        return [text for notebook in self.notebooks.values() for text in notebook.misconceptions]


def class_table(title: str, rows: Sequence[StudentRow]) -> Table:
    """Draw a class: a line a student, a column a notebook, the total, and the mistakes by name."""
    possible = {name: notebook.possible for row in rows for name, notebook in row.notebooks.items()}
    table = Table(title=title, show_lines=False)
    table.add_column("student", no_wrap=True)
    for name, points in possible.items():
        table.add_column(f"{name}\n/ {points:g}", justify="right")
    table.add_column(f"total\n/ {sum(possible.values()):g}", justify="right", style="bold")
    table.add_column("it looks as if this student …", overflow="fold")
    for row in rows:
        scores = [_score(row.notebooks.get(name)) for name in possible]
        told = escape("; ".join(row.misconceptions))
        table.add_row(escape(row.student), *scores, f"{row.total:g}{'?' if row.ungraded else ''}", told)
    return table


def common_misconceptions(rows: Sequence[StudentRow]) -> list[tuple[str, int]]:
    """What to teach again: each named mistake with the number of students, most frequent first."""
    return Counter(text for row in rows for text in row.misconceptions).most_common()


def _score(notebook: NotebookScore | None) -> str:
    if notebook is None:
        return "–"
    return "ungraded" if notebook.score is None else f"{notebook.score:g}"
