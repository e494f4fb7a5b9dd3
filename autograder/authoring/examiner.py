"""What a process needs to grade answers to an assignment, and the answers that its secret room declares."""

from collections.abc import Iterator

from autograder.authoring.build import rendered
from autograder.authoring.submissions import stub
from autograder.authoring.trial import Trial
from autograder.box.template import Template
from autograder.course.layout import Assignment
from autograder.course.notebooks import grade_id
from autograder.grading.catalogue import Problem
from autograder.grading.cells import as_submission
from autograder.grading.judge import Judge
from autograder.grading.proof import RIGHT, STUB, WRONG

# Whose numbers hold where each student has others: three of them, so that no lucky draw proves anything.
STUDENTS = ("ada", "emmy", "sofia")


class Examiner:
    """Holds a judge open for one assignment, and its notebooks as its masters render them.

    Args:
        assignment: the assignment.
        template: where boxes come from.
    """

    def __init__(self, assignment: Assignment, template: Template) -> None:
        self.assignment = assignment
        self.template = template
        self.judge = Judge(assignment.solutions, assignment.variant)
        self.notebooks = rendered(assignment, self.judge)
        # A variant that was never built has no folder yet, and all have their files from the family's.
        self.files = assignment.course.source / assignment.family

    def trials(self, name: str) -> Iterator[tuple[str, str, Trial]]:
        """The notebook and the given cell of a problem, and a trial for each student that it is tried with."""
        problem = self.judge.problems[name]
        drawn = self.assignment.variant.per_student and problem.is_value and problem.question is None
        students = STUDENTS if drawn else ("",)
        for path, notebook in self.notebooks.items():
            for cell in notebook.cells:
                if grade_id(cell) == name:
                    for student in students:
                        trial = Trial(self.judge, self.template, notebook, problem, self.files, student)
                        yield path.stem, cell.source, trial


def declared_answers(problem: Problem, given: str, trial: Trial) -> Iterator[tuple[str, str, str]]:
    """The name, the kind and the cell of every answer that the secret room declares, and of the untouched stub."""
    yield STUB, STUB, stub(given)
    variant = trial.judge.variant.of(trial.student)
    wrong = {misconception.name for misconception in problem.misconceptions}
    for name in problem.implementations():
        yield name, WRONG if name in wrong else RIGHT, as_submission(problem, name, variant)
