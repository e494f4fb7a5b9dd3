"""The class that is graded: every answer drawn with a seed, from right ones, known mistakes and untouched stubs."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nbformat import NotebookNode, writes

from autograder.authoring.submissions import fill
from autograder.grading.catalogue import Problem
from autograder.grading.cells import as_submission

SEED = 1312
SHARE_RIGHT = 0.75
STUB = "an untouched stub"

# How a student of the class without likeness writes: each answer as it was, with the last digits of every number
# being nobody else's. Far below the graders' tolerance of 1e-4. Single precision has few digits to spare, so there
# the student's number is written in bits, over the elements of an array; one number alone has room for 16 students.
UNLIKE = """

def _in_my_digits(result, k={number}):
    import numpy as np
    if callable(result):
        return lambda *args, **kwargs: _in_my_digits(result(*args, **kwargs))
    if isinstance(result, (tuple, list)):
        return type(result)(_in_my_digits(part) for part in result)
    if isinstance(result, dict):
        return {{key: _in_my_digits(part) for key, part in result.items()}}
    if isinstance(result, str):
        return result + "".join(" \\t"[k >> bit & 1] for bit in range(16))
    if isinstance(result, float):
        return result * (1 + k * 2**-48)
    kind = str(getattr(result, "dtype", "")).removeprefix("torch.")
    if kind == "float64":
        return result * (1 + k * 2**-48)
    if kind != "float32":
        return result
    size = int(np.prod(result.shape))
    digits = np.array([k % 16]) if size == 1 else k >> np.arange(size) % 16 & 1
    factor = (1 + digits * 2.0**-22).astype(np.float32).reshape(tuple(result.shape))
    if type(result).__module__ == "torch":
        import torch
        factor = torch.from_numpy(factor)
    return result * factor


{name} = _in_my_digits({name})
"""


@dataclass(frozen=True)
class Student:
    """One made-up student.

    Attributes:
        name: the student's id.
        number: which one this is, from 0.
        choices: the name of the implementation that answers each problem, by problem; ``STUB`` for none.
    """

    name: str
    number: int
    choices: Mapping[str, str]


def draw_class(problems: Mapping[str, Problem], size: int, seed: int = SEED) -> list[Student]:
    """Make up a class. A larger one begins with the students of a smaller one.

    Args:
        problems: whose implementations the answers are.
        size: how many students.
        seed: of the draw.
    """
    rng = random.Random(seed)
    return [Student(f"student{number:05d}", number, _draw(problems, rng)) for number in range(size)]


def _draw(problems: Mapping[str, Problem], rng: random.Random) -> dict[str, str]:
    choices = {}
    for name, problem in problems.items():
        right = [name, *(function.__name__ for function in problem.alternatives)]
        wrong = [STUB, *(mistake.name for mistake in problem.misconceptions)]
        choices[name] = rng.choice(right if rng.random() < SHARE_RIGHT else wrong)
    return choices


class Writer:
    """Writes what students hand in.

    Args:
        problems: whose implementations the answers are.
        variant: the variant's numbers.
        release: the released notebooks, by file name.
    """

    def __init__(self, problems: Mapping[str, Problem], variant: Any, release: Mapping[str, NotebookNode]) -> None:
        self._problems = problems
        self._variant = variant
        self._text_of = lru_cache(maxsize=None)(self._text)
        # A notebook is written once, with marks where the answers go: a class of thousands is made in seconds.
        marks = {name: _mark(name) for name in problems}
        self._templates = {file: writes(fill(notebook, marks)) for file, notebook in release.items()}
        self._stubs = {
            name: cell.source
            for notebook in release.values()
            for cell in notebook.cells
            if (name := cell.metadata.get("nbgrader", {}).get("grade_id")) in problems
        }

    def files(self, student: Student, unlike: bool = False) -> dict[str, str]:
        """What a student hands in: notebooks by file name.

        Args:
            student: whose.
            unlike: whether nobody else's numbers have the same last digits.
        """
        return {file: self._filled(template, student, unlike) for file, template in self._templates.items()}

    def _filled(self, template: str, student: Student, unlike: bool) -> str:
        for name, choice in student.choices.items():
            mark = json.dumps(_mark(name))
            if mark in template:
                answer = self._text_of(name, choice)
                if unlike and choice != STUB:
                    answer += UNLIKE.format(number=student.number + 1, name=name)
                template = template.replace(mark, ", ".join(map(json.dumps, answer.splitlines(keepends=True))))
        return template

    def _text(self, name: str, choice: str) -> str:
        return self._stubs[name] if choice == STUB else as_submission(self._problems[name], choice, self._variant)


def _mark(name: str) -> str:
    return f"answer of {name} goes here"
