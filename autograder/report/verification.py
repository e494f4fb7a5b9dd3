"""How graders were proven: the same view of it on a terminal, as an HTML page and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from rich.table import Table

from autograder.course.files import write_whole
from autograder.grading.proof import GENERATED, RIGHT, STUB, WRONG, Proof, Verification

COLUMNS = ("problem", "pts", "stub", "right", "forms", "caught", "named", "mutants", "equal", "alive")


@dataclass(frozen=True)
class Row:
    """One problem in numbers.

    Attributes:
        cells: what stands in each of ``COLUMNS``.
        sound: whether nothing falls short.
    """

    cells: tuple[str, ...]
    sound: bool


def rows(verification: Verification) -> list[Row]:
    """Every problem in numbers, and their sums in the last row."""
    proofs = verification.proofs
    problems = [Row(_cells(proof.problem, [proof]), not proof.faults) for proof in proofs]
    return [*problems, Row(_cells(f"{len(proofs)} problems", proofs), not verification.all_faults)]


def _cells(title: str, proofs: Sequence[Proof]) -> tuple[str, ...]:
    """One row: what some proofs come to together."""
    stubs = [max(answer.earned for answer in proof.of(STUB)) for proof in proofs if proof.of(STUB)]
    wrong = [(proof, answer) for proof in proofs for answer in proof.of(WRONG)]
    mutations = [proof.mutation for proof in proofs]
    return (
        title,
        f"{sum(proof.points for proof in proofs):g}",
        f"{sum(stubs):g}" if stubs else "–",
        _share([answer.earned == proof.points for proof in proofs for answer in proof.of(RIGHT)]),
        _share([answer.earned == proof.points for proof in proofs for answer in proof.of(GENERATED)]),
        _share([answer.earned < proof.points for proof, answer in wrong]),
        _share([answer.named == answer.name for _, answer in wrong]),
        str(sum(mutation.total for mutation in mutations)),
        str(sum(mutation.equivalent for mutation in mutations)),
        str(sum(len(mutation.survivors) for mutation in mutations)),
    )


def _share(holds: list[bool]) -> str:
    """How many there are, or how many of all where some fall short: "12" or "11/12"."""
    return "–" if not holds else f"{len(holds)}" if all(holds) else f"{sum(holds)}/{len(holds)}"


def summary(verification: Verification) -> str:
    """One line on the whole of it."""
    faults = len(verification.all_faults)
    verdict = "sound" if not faults else f"{faults} fault{'s' if faults > 1 else ''}"
    speed = f", {verification.mutants_per_second:.0f} mutants a second in each process"
    again = f", {verification.repeats} times again under other conditions" if verification.repeats else ""
    return f"{verdict}: {verification.seconds:.0f} s{speed if verification.mutants_per_second else ''}{again}"


def terminal_table(verification: Verification) -> Table:
    """The problems in numbers, for a terminal."""
    table = Table(title=f"Graders of {verification.assignment}", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for column in COLUMNS:
        table.add_column(
            column, justify="left" if column == "problem" else "right", no_wrap=True, min_width=len(column)
        )
    *problems, total = rows(verification)
    for row in problems:
        table.add_row(*row.cells, style=None if row.sound else "red")
    table.add_section()
    table.add_row(*total.cells, style="bold")
    return table


def write_page(verification: Verification, path: Path) -> None:
    """Write the HTML page: numbers for each problem, what falls short, and the difference of each survivor.

    The page quotes the secret room; it is for instructors alone.
    """
    environment = jinja2.Environment(loader=jinja2.PackageLoader("autograder.report"), autoescape=True)
    template = environment.get_template("verification.html")
    *problems, total = rows(verification)
    text = template.render(
        verification=verification, summary=summary(verification), columns=COLUMNS, rows=problems, total=total
    )
    write_whole(path, text)


def write_json(verification: Verification, path: Path) -> None:
    """Write everything that was found, for machines."""
    write_whole(path, json.dumps(verification.as_data(), indent=1) + "\n")
