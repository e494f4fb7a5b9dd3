"""A class of 24, made up: what people hand in, from right to hostile."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode, writes

from autograder.authoring.submissions import fill
from autograder.course.notebooks import TEST_PREFIX, grade_id
from autograder.grading.catalogue import Problem
from autograder.grading.cells import as_submission

LOOPS = "def {name}(*args, **kwargs):\n    while True:\n        pass"
RAISES = "def {name}(*args, **kwargs):\n    raise ZeroDivisionError('I could not make this work')"
QUITS = "def {name}(*args, **kwargs):\n    import sys\n    sys.exit(1)"
GIVES_NOTHING = "def {name}(*args, **kwargs):\n    pass"
LEAVES = "{right}\n\nimport os\nos._exit(0)"
PRINTS = "for line in range(60_000):\n    print('debug: epoch', line, 'and the loss is still fine')\n\n{right}"


@dataclass(frozen=True)
class Student:
    """One made-up student.

    Attributes:
        name: the student's id.
        story: what is special about the submission.
        answers: the text of answer cells; other cells stay as they were released.
        spoil: what happens to each file before it is handed in: file name and text in, files out.
    """

    name: str
    story: str
    answers: Mapping[str, str] = field(default_factory=dict)
    spoil: Callable[[str, NotebookNode], dict[str, str]] = lambda name, notebook: {name: writes(notebook)}

    def files(self, release: Mapping[str, NotebookNode]) -> dict[str, str]:
        """What the student hands in: texts by file name."""
        handed_in: dict[str, str] = {}
        for name, notebook in release.items():
            handed_in |= self.spoil(name, fill(notebook, self.answers))
        return handed_in


class Answers:
    """What students may write into the cells of their answers, by nbgrader's name of the cell.

    Args:
        problems: the problems, whose implementations the answers are.
        variant: the variant's numbers.
    """

    def __init__(self, problems: Mapping[str, Problem], variant: Any) -> None:
        self.problems = problems
        self.variant = variant
        self.functions = [name for name, problem in problems.items() if not problem.is_value]
        self.right = {name: as_submission(problem, name, variant) for name, problem in problems.items()}
        self.right["explain"] = (
            "Noise comes first; then z is an ordinary function of mu and sigma: the chain rule applies."
        )

    def half(self) -> dict[str, str]:
        """The first half of them, right."""
        return dict(list(self.right.items())[: len(self.right) // 2])

    def chosen(self, implementations: Mapping[str, str]) -> dict[str, str]:
        """Right, but for problems of which another implementation is chosen by name."""
        problems = self.problems
        return self.right | {n: as_submission(problems[n], name, self.variant) for n, name in implementations.items()}

    def alternatives(self, index: int) -> dict[str, str]:
        """Right, and written another way where there is one."""
        accepted = {name: problem.alternatives for name, problem in self.problems.items() if problem.alternatives}
        return self.chosen({name: others[index % len(others)].__name__ for name, others in accepted.items()})

    def mistaken(self, seed: int) -> dict[str, str]:
        """Right, but for every fourth problem; every other mistake is one that two students share."""
        wrong = list(self.problems)[seed % 4 :: 4]
        known = {name: self.problems[name].misconceptions for name in wrong}
        return self.chosen({name: known[name][seed // 4 * (place % 2)].name for place, name in enumerate(wrong)})

    def with_cells(self, names: Iterable[str], template: str) -> dict[str, str]:
        """Right, but for cells that are written from a template with the problem's name and right answer."""
        return self.right | {name: template.format(name=name, right=self.right[name]) for name in names}


def make_class(problems: Mapping[str, Problem], variant: Any) -> list[Student]:
    """Make up the class.

    Args:
        problems: the problems, whose implementations the answers are.
        variant: the variant's numbers.
    """
    answers = Answers(problems, variant)
    right, functions = answers.right, answers.functions
    return [
        Student("ada", "right throughout", right),
        Student("bernoulli", "the same, written another way", answers.alternatives(0)),
        Student("cauchy", "and yet another way", answers.alternatives(1)),
        Student("dirichlet", "did the first half", answers.half()),
        *(Student(name, "some misconceptions", answers.mistaken(seed)) for seed, name in enumerate(_MISTAKEN)),
        Student("hopper", "never opened it"),
        Student("ito", "every third function raises", answers.with_cells(functions[::3], RAISES)),
        Student(
            "jensen", "two functions loop forever", answers.with_cells(functions[:: len(functions) // 2 + 1], LOOPS)
        ),
        Student("kolmogorov", "ends the process in a cell", answers.with_cells(functions[:1], LEAVES)),
        Student("laplace", "calls sys.exit in a function", answers.with_cells(functions[1:2], QUITS)),
        Student("markov", "prints megabytes", answers.with_cells(functions[:2], PRINTS)),
        Student("noether", "a damaged file", right, _cut_off("gaussian.ipynb")),
        Student("ornstein", "deleted the test cells", right, _without_test_cells),
        Student("pareto", "edited points and tests", right, _with_edited_tests),
        Student("quetelet", "renamed a notebook", right, _renamed("quiz.ipynb", "quiz-final (2).ipynb")),
        Student("rao", "handed in one notebook only", right, _only("gaussian.ipynb")),
        Student("student", "returns None everywhere", answers.with_cells(functions, GIVES_NOTHING)),
    ]


_MISTAKEN = ("euler", "fisher", "gauss", "tukey", "uhlenbeck", "venn", "wald", "yule")


def _cut_off(damaged: str) -> Callable[[str, NotebookNode], dict[str, str]]:
    def spoil(name: str, notebook: NotebookNode) -> dict[str, str]:
        text = writes(notebook)
        return {name: text[: len(text) // 2] if name == damaged else text}

    return spoil


def _renamed(old: str, new: str) -> Callable[[str, NotebookNode], dict[str, str]]:
    return lambda name, notebook: {new if name == old else name: writes(notebook)}


def _only(kept: str) -> Callable[[str, NotebookNode], dict[str, str]]:
    return lambda name, notebook: {name: writes(notebook)} if name == kept else {}


def _without_test_cells(name: str, notebook: NotebookNode) -> dict[str, str]:
    notebook.cells = [cell for cell in notebook.cells if not (grade_id(cell) or "").startswith(TEST_PREFIX)]
    return {name: writes(notebook)}


def _with_edited_tests(name: str, notebook: NotebookNode) -> dict[str, str]:
    for cell in notebook.cells:
        if (grade_id(cell) or "").startswith(TEST_PREFIX):
            cell.source = "100.0"
            cell.metadata["nbgrader"]["points"] = 100.0
    return {name: json.dumps(notebook)}
