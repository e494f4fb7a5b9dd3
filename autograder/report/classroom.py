"""How a class did: data first, then one way to draw it on a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True)
class Named:
    """A mistake that was called by its name: the problem, and what its author seems to have done."""

    problem: str
    text: str


@dataclass(frozen=True)
class NotebookScore:
    """One notebook of one student.

    Attributes:
        score: the points, or None where the notebook is ungraded.
        possible: what it is worth.
        misconceptions: the mistakes that were named.
        unprotected: what the machine that graded it did not protect from it.
    """

    score: float | None
    possible: float
    misconceptions: tuple[Named, ...] = ()
    unprotected: tuple[str, ...] = ()


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
    def misconceptions(self) -> list[Named]:
        """Every named mistake of the student."""
        return [named for notebook in self.notebooks.values() for named in notebook.misconceptions]


def class_table(title: str, rows: Sequence[StudentRow]) -> Table:
    """Draw a class: a line a student, a column a notebook, the total, and how many mistakes were named."""
    possible = {name: notebook.possible for row in rows for name, notebook in row.notebooks.items()}
    table = Table(title=title)
    table.add_column("student", no_wrap=True)
    for name, points in possible.items():
        table.add_column(f"{name}\n/ {points:g}", justify="right")
    table.add_column(f"total\n/ {sum(possible.values()):g}", justify="right", style="bold")
    table.add_column("mistakes\nnamed", justify="right")
    for row in rows:
        scores = [_score(row.notebooks.get(name)) for name in possible]
        total = f"{row.total:g}{' + ?' if row.ungraded else ''}"
        table.add_row(escape(row.student), *scores, total, str(len(row.misconceptions) or ""))
    return table


def warning(rows: Sequence[StudentRow]) -> str:
    """What has to be known before anybody relies on these scores; nothing where all is well."""
    lacking = {name for row in rows for notebook in row.notebooks.values() for name in notebook.unprotected}
    if not lacking:
        return ""
    return f"Graded on a machine that did not protect its {', '.join(sorted(lacking))} from submissions."


def misconception_table(rows: Sequence[StudentRow]) -> Table:
    """Draw what to teach again: each mistake that was named, the most frequent first, with who made it."""
    students: dict[Named, list[str]] = {}
    for row in rows:
        for named in row.misconceptions:
            students.setdefault(named, []).append(row.student)
    table = Table(title="Misconceptions named")
    table.add_column("problem", no_wrap=True)
    table.add_column("it looks as if they …")
    table.add_column("who")
    for named, names in sorted(students.items(), key=lambda item: (-len(item[1]), item[0].problem)):
        table.add_row(escape(named.problem), escape(named.text), escape(", ".join(names)))
    return table


def _score(notebook: NotebookScore | None) -> str:
    if notebook is None:
        return "–"
    return "ungraded" if notebook.score is None else f"{notebook.score:g}"
