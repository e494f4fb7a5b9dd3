"""Proves hidden graders: what must pass passes, what must fail fails, and each known mistake is called by its name.

Every implementation is graded as a student's would be: as a cell of a notebook that runs in a box.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.authoring.submissions import essential, fill, stub
from autograder.box.limits import Limits
from autograder.box.session import Session
from autograder.box.template import Template
from autograder.course.layout import Assignment
from autograder.course.notebooks import code_sources, grade_id, read_notebook
from autograder.grading.catalogue import Problem, as_submission
from autograder.grading.judge import Judge
from autograder.grading.results import ProblemResult


@dataclass
class Proof:
    """What is known of one hidden grader.

    Attributes:
        problem: the stem.
        points: what it is worth.
        earned: what each implementation got, by name; the untouched stub is there as ``stub``.
        named: which misconception each misconception was taken for.
        faults: what falls short, one sentence each.
    """

    problem: str
    points: float
    earned: dict[str, float] = field(default_factory=dict)
    named: dict[str, str | None] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def verify(assignment: Assignment, progress: Callable[[str], None] = lambda name: None) -> list[Proof]:
    """Grade the stub, the reference, every alternative and every misconception of every problem.

    Args:
        assignment: what to verify; its notebooks are built first, without writing them.
        progress: called with each problem's name when it is done.

    Raises:
        OurFault: a grader raised, or a file of the course is broken.
    """
    build(assignment, force=[path.stem for path in assignment.source.glob("*.ipynb")], dry_run=True)
    proofs = []
    with Judge(assignment.solutions, assignment.variant) as judge, Template() as template:
        for path in sorted(assignment.source.glob("*.ipynb")):
            notebook = read_notebook(path)
            for cell in notebook.cells:
                name = grade_id(cell)
                if name in judge.problems:
                    proofs.append(_prove(judge, template, notebook, judge.problems[name], path.parent))
                    progress(name)
    return proofs


def _prove(judge: Judge, template: Template, notebook: NotebookNode, problem: Problem, files: Path) -> Proof:
    proof = Proof(problem.name, judge.points[problem.name])
    given = next(cell.source for cell in notebook.cells if grade_id(cell) == problem.name)
    answers: Mapping[str, str] = {
        "stub": stub(given),
        **{name: as_submission(problem, name, judge.variant) for name in problem.implementations()},
    }
    known = {misconception.name for misconception in problem.misconceptions}
    for name, answer in answers.items():
        result = _grade(judge, template, fill(notebook, {problem.name: answer}), problem.name, files)
        proof.earned[name] = result.earned
        if name in known:
            proof.named[name] = result.misconception.name if result.misconception else None
        proof.faults.extend(_faults(name, result, name in known))
    return proof


def _faults(name: str, result: ProblemResult, is_misconception: bool) -> list[str]:
    """What falls short in how one implementation was graded."""
    if name == "stub":
        return [f"the stub of {result.problem} earns {result.earned:g} points"] if result.earned else []
    if not is_misconception:
        lost = [f"{a.name} ({a.outcome.value}: {a.detail})" for a in result.aspects if a.earned < a.points]
        return [f"{name} is right and loses points in {', '.join(lost)}"] if lost else []
    if result.earned == result.possible:
        return [f"{name} is wrong and gets full marks"]
    named = result.misconception.name if result.misconception else "nothing"
    return [] if named == name else [f"{name} is taken for {named}"]


def _grade(judge: Judge, template: Template, notebook: NotebookNode, name: str, files: Path) -> ProblemResult:
    with Session(template, code_sources(essential(notebook)), files, Limits()) as session:
        session.run_cells()
        return judge.grade(session, [name])[name]
