"""Whether the rooms of a course go together: every stem in each of them, and nothing else."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder.box.session import Session
from autograder.box.template import Template
from autograder.course.layout import PART_SUFFIX, Assignment
from autograder.course.notebooks import code_cells, grade_id
from autograder.grading.catalogue import stems


def faults_of_rooms(assignment: Assignment, notebooks: Mapping[Path, NotebookNode]) -> Iterator[str]:
    """Yield what one room has and another lacks, and each cell that fails although every answer is the reference.

    Args:
        assignment: the assignment.
        notebooks: its source notebooks, as its masters render them.
    """
    yield from _unused(assignment)
    folder = assignment.course.source / assignment.family
    with Template(trusting=True) as template:
        for path, notebook in notebooks.items():
            cells = code_cells(notebook)
            with Session(template, [cell.source for cell in cells], folder) as session:
                for cell, run in zip(cells, session.run_cells(), strict=True):
                    if run.failed:
                        name = grade_id(cell) or cell.source.strip().splitlines()[0]
                        yield f"in {path.name} with the reference solutions, this cell fails: {name}"


def _unused(assignment: Assignment) -> Iterator[str]:
    """What stands in the secret room or among the parts, and no variant has any use for."""
    variants = list(assignment.variants.values()) or [assignment.variant]
    for stem in stems(assignment.solutions):
        if not any(variant.asks(stem) for variant in variants):
            yield f"{assignment.solutions / stem}.py is asked by no variant"
    folder = assignment.course.source / assignment.family
    masters = "".join(path.read_text(encoding="utf-8") for path in assignment.masters)
    for part in folder.glob(f"*{PART_SUFFIX}"):
        # A part that has a problem's name belongs to it; a master may spell such names from pieces.
        if part.name not in masters and part.name.removesuffix(PART_SUFFIX) not in stems(assignment.solutions):
            yield f"{part} is included by no master"
