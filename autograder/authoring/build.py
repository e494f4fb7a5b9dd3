"""Builds an assignment: every master of it becomes a source notebook, and every room has every stem."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring import records
from autograder.authoring.edits import digest, refuse_if_edited
from autograder.authoring.render import render
from autograder.course.errors import CourseError, PathwiseError, UsageError
from autograder.course.files import write_whole
from autograder.course.layout import MASTER_SUFFIX, Assignment
from autograder.course.notebooks import TEST_PREFIX, grade_id
from autograder.grading.judge import Judge


@dataclass(frozen=True)
class Built:
    """One source notebook.

    Attributes:
        path: where it lies.
        problems: its problems that have hidden graders.
        points: their points together.
        changed: whether the file differs from what lay there before.
    """

    path: Path
    problems: tuple[str, ...]
    points: float
    changed: bool


def build(assignment: Assignment, force: Collection[str] = (), dry_run: bool = False) -> list[Built]:
    """Render every master of an assignment, and link the files that its notebooks need from its family's folder.

    Args:
        assignment: what to build.
        force: the notebooks, by name, that are overwritten although somebody edited them by hand.
        dry_run: whether files are left as they are.

    Raises:
        CourseError: a room lacks a stem that another has.
        UsageError: a notebook was edited by hand, or there is none of a name in ``force``.
    """
    refuse_unknown(assignment, force)
    with Judge(assignment.solutions, assignment.variant) as judge:
        notebooks = rendered(assignment, judge)
        points = judge.points
    recorded = records.recall(assignment).get(records.NOTEBOOKS, {})
    for path, notebook in notebooks.items():
        if path.stem not in force:
            refuse_if_edited(path, notebook, recorded.get(path.stem))
    built = [_write(path, notebook, points, dry_run) for path, notebook in notebooks.items()]
    if not dry_run:
        link_companions(assignment)
        digests = {path.stem: digest(notebook) for path, notebook in notebooks.items()}
        records.note(assignment, **{records.RENDERED: records.fingerprint(assignment), records.NOTEBOOKS: digests})
    return built


def rendered(assignment: Assignment, judge: Judge) -> dict[Path, NotebookNode]:
    """Render every master of an assignment, without writing anything.

    Raises:
        CourseError: a room lacks a stem that another has.
    """
    notebooks = {
        assignment.source / master.name.replace(MASTER_SUFFIX, ".ipynb"): _render(master, assignment, judge)
        for master in assignment.masters
    }
    check_stems(notebooks.values(), judge.points)
    return notebooks


def _render(master: Path, assignment: Assignment, judge: Judge) -> NotebookNode:
    try:
        return render(master, assignment, judge.problems, judge.points)
    except PathwiseError:
        raise
    except Exception as error:
        # A cell's metadata may say anything, and what reads text notebooks has many ways to fail.
        reason = " ".join(str(error).split())
        raise CourseError(f"{master} cannot be rendered: {type(error).__name__}: {reason}") from error


def refuse_unknown(assignment: Assignment, force: Collection[str]) -> None:
    """Hold that what shall be overwritten exists.

    Raises:
        UsageError: there is no such notebook or file.
    """
    known = {path.name.removesuffix(MASTER_SUFFIX) for path in assignment.masters}
    known |= {path.stem for path in assignment.companions}
    if assignment.release.is_dir():
        known |= {path.stem for path in assignment.release.rglob("*") if path.is_file()}
    for name in force:
        if name not in known:
            raise UsageError(
                f"--force {name}: {assignment.name} has no such notebook or file; it has {', '.join(sorted(known))}"
            )


def link_companions(assignment: Assignment) -> None:
    """Let the folder of a variant have its family's files; a file that it has already stays."""
    for path in assignment.companions:
        link = assignment.source / path.name
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(Path("..") / path.parent.name / path.name)


def check_stems(notebooks: Iterable[NotebookNode], graded: Iterable[str]) -> None:
    """Hold that every problem has its cell, its visible checks, its reference and its hidden grader.

    Raises:
        CourseError: one is missing; the text names it.
    """
    names = [grade_id(cell) or "" for notebook in notebooks for cell in notebook.cells]
    for stem in graded:
        if names.count(stem) != 1:
            raise CourseError(
                f"problem {stem} has a hidden grader and {names.count(stem)} cells in the masters, not one"
            )
        if names.count(TEST_PREFIX + stem) != 1:
            raise CourseError(f"problem {stem} needs exactly one cell with visible checks in the masters")


def _write(path: Path, notebook: NotebookNode, points: dict[str, float], dry_run: bool) -> Built:
    text = nbformat.writes(notebook) + "\n"
    changed = not path.exists() or path.read_bytes() != text.encode()
    if changed and not dry_run:
        write_whole(path, text)
    problems = tuple(name for name in points if any(grade_id(cell) == name for cell in notebook.cells))
    return Built(path, problems, sum(points[name] for name in problems), changed)
