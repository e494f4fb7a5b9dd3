"""A class of 24, made up: what people hand in, from right to hostile."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode, writes

from autograder.authoring.submissions import fill
from autograder.course.notebooks import TEST_PREFIX, grade_id
from autograder.grading.catalogue import Problem, as_submission

Answers = dict[str, str]

LOOP = "def {name}(*args, **kwargs):\n    while True:\n        pass"
RAISE = "def {name}(*args, **kwargs):\n    raise ZeroDivisionError('I could not make this work')"
MEGABYTES = "for line in range(400_000):\n    print('debug: epoch', line, 'loss is still fine')\n\n"


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
    answers: Answers = field(default_factory=dict)
    spoil: Callable[[str, NotebookNode], dict[str, str]] = lambda name, notebook: {name: writes(notebook)}

    def files(self, release: Mapping[str, NotebookNode]) -> dict[str, str]:
        """What the student hands in: texts by file name."""
        handed_in: dict[str, str] = {}
        for name, notebook in release.items():
            handed_in |= self.spoil(name, fill(notebook, self.answers))
        return handed_in


def make_class(problems: Mapping[str, Problem], variant: Any) -> list[Student]:
    """Make up the class.

    Args:
        problems: the problems, whose implementations the answers are.
        variant: the variant's numbers.
    """

    def answer(problem: Problem, name: str) -> str:
        return as_submission(problem, name, variant)

    right = {name: answer(problem, name) for name, problem in problems.items()}
    right["explain"] = (
        "The noise is drawn first; then z is an ordinary function of mu and sigma, so the chain rule applies."
    )
    functions = [name for name, problem in problems.items() if not problem.is_value]
    half = dict(list(right.items())[: len(right) // 2])

    def alternatives(index: int) -> Answers:
        chosen = {
            n: p.alternatives[index % len(p.alternatives)].__name__ for n, p in problems.items() if p.alternatives
        }
        return right | {name: answer(problems[name], other) for name, other in chosen.items()}

    def mistaken(seed: int) -> Answers:
        chosen = list(problems)[seed % 4 :: 4]
        # Every other mistake is one that two students share.
        wrong = {n: problems[n].misconceptions[seed // 4 * (place % 2)].name for place, n in enumerate(chosen)}
        return right | {name: answer(problems[name], other) for name, other in wrong.items()}

    def broken(template: str, every: int) -> Answers:
        return right | {name: template.format(name=name) for name in functions[::every]}

    loud = right | {name: MEGABYTES + right[name] for name in functions[:2]}
    leaving = right | {functions[0]: right[functions[0]] + "\n\nimport os\nos._exit(0)"}
    quitting = right | {functions[1]: f"def {functions[1]}(*args, **kwargs):\n    import sys\n    sys.exit(1)"}
    return [
        Student("ada", "right throughout", right),
        Student("bernoulli", "the same, written another way", alternatives(0)),
        Student("cauchy", "and yet another way", alternatives(1)),
        Student("dirichlet", "did the first half", half),
        *(Student(name, "some misconceptions", mistaken(seed)) for seed, name in enumerate(_MISTAKEN)),
        Student("hopper", "never opened it"),
        Student("ito", "every third function raises", broken(RAISE, 3)),
        Student("jensen", "two functions loop forever", broken(LOOP, len(functions) // 2 + 1)),
        Student("kolmogorov", "ends the process in a cell", leaving),
        Student("laplace", "calls sys.exit in a function", quitting),
        Student("markov", "prints megabytes", loud),
        Student("noether", "a damaged file", right, _cut_off("gaussian.ipynb")),
        Student("ornstein", "deleted the test cells", right, _without_test_cells),
        Student("pareto", "edited points and tests", right, _with_edited_tests),
        Student("quetelet", "renamed a notebook", right, _renamed("quiz.ipynb", "quiz-final (2).ipynb")),
        Student("rao", "handed in one notebook only", right, _only("gaussian.ipynb")),
        Student("student", "returns None everywhere", broken("def {name}(*args, **kwargs):\n    pass", 1)),
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
