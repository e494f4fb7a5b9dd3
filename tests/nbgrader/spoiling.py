"""What people hand in: each case spoils one notebook of a submission that is right otherwise.

A case says what it must earn. Wherever it says nothing, the points are full: a spoiled cell costs no neighbor anything.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import toy_course

Data = dict[str, Any]
NOTHING = {"double": 0.0, "average": 0.0}


@dataclass(frozen=True)
class Case:
    """One bad submission.

    Attributes:
        files: what is handed in by file name, made from the right ``one.ipynb`` as plain data.
        earns: the points of each problem that does not earn all of its points.
        says: words that the feedback of a problem must hold.
    """

    files: Callable[[Data], dict[str, str | bytes]]
    earns: dict[str, float] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)

    @property
    def scores(self) -> dict[str, float]:
        """What nbgrader must store for each problem."""
        return {**toy_course.POINTS, **self.earns}


CASES: dict[str, Case] = {}


def cell(one: Data, name: str) -> Data:
    """A cell by nbgrader's name for it."""
    return next(c for c in one["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def as_bytes(name: str, content: bytes, says: str) -> None:
    """Add a case whose ``one.ipynb`` consists of these bytes."""
    CASES[name] = Case(lambda one: {"one.ipynb": content}, NOTHING, {"double": "is not defined", "": says})


def edited(earns: dict[str, float] | None = None, says: dict[str, str] | None = None) -> Callable[..., Any]:
    """Add a case whose ``one.ipynb`` is edited as plain data; the function may give back another document."""

    def add(edit: Callable[[Data], Any]) -> Callable[[Data], Any]:
        def files(one: Data) -> dict[str, str | bytes]:
            other = edit(one)
            return {"one.ipynb": json.dumps(one if other is None else other)}

        CASES[edit.__name__] = Case(files, earns or {}, says or {})
        return edit

    return add


def answered(
    name: str, earns: dict[str, float] | None = None, says: dict[str, str] | None = None, **answers: str
) -> None:
    """Add a case in which solution cells hold these answers."""

    def files(one: Data) -> dict[str, str | bytes]:
        for problem, source in answers.items():
            cell(one, problem)["source"] = source
        return {"one.ipynb": json.dumps(one)}

    CASES[name] = Case(files, earns or {}, says or {})
