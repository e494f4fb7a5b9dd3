"""Questions with one right answer among several, kept in a pool: ``questions.toml`` in the secret room.

    [normal_draw]
    text = "A model contains the operation … Why can't you backpropagate through it?"
    right = "The number that is drawn is no differentiable function of …"

    [[normal_draw.wrong]]
    option = "The density is not differentiable …"
    mistake = "took the density for the draw"        # completes "It looks as if you …"
    hint = "Is the density smooth in its parameters?"

A variant names the questions that it asks (``questions = [...]``); its seed puts the options in order.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.errors import CourseError
from autograder.course.variants import Variant

QUESTIONS_FILE = "questions.toml"
QUESTION_GRADER = "test_question.py"
LETTERS = "ABCDEFGH"
_SAID = {"text", "right", "wrong"}
_WRONG = {"option", "mistake", "hint"}


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen; the right one has neither mistake nor hint."""

    text: str
    mistake: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """A question as one variant asks it.

    Attributes:
        name: the variable that takes the answer: ``q1`` for the first.
        key: its name in the pool.
        text: what is asked.
        options: each with its letter.
        right: the letter of the right one.
    """

    name: str
    key: str
    text: str
    options: tuple[tuple[str, Option], ...]
    right: str


def read_questions(path: Path, variant: Variant) -> list[Question]:
    """Read the questions that a variant asks.

    Raises:
        CourseError: the pool cannot be read, or lacks one of them.
    """
    keys = variant.values.get("questions", ())
    if not keys:
        return []
    try:
        pool: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error
    questions = []
    for number, key in enumerate(keys, start=1):
        if key not in pool:
            raise CourseError(f"{path} has no question [{key}]; it has {', '.join(pool)}")
        questions.append(_question(f"q{number}", key, pool[key], variant, path))
    return questions


def _question(name: str, key: str, table: Any, variant: Variant, path: Path) -> Question:
    if not _is_complete(table):
        raise CourseError(
            f"{path}: question [{key}] needs text, right, and [[{key}.wrong]] entries with option, mistake and hint, "
            "none of them empty, and nothing else"
        )
    options = [Option(table["right"].strip())]
    options += [Option(entry["option"].strip(), entry["mistake"], entry["hint"]) for entry in table["wrong"]]
    if len({option.text for option in options}) < len(options) or not 2 <= len(options) <= len(LETTERS):
        raise CourseError(f"{path}: question [{key}] needs two to {len(LETTERS)} options, all different")

    def place(option: Option) -> str:
        return hashlib.sha256(f"{variant.values.get('seed', 0)}/{key}/{option.text}".encode()).hexdigest()

    ordered = tuple(zip(LETTERS, sorted(options, key=place), strict=False))
    right = next(letter for letter, option in ordered if not option.mistake)
    return Question(name, key, table["text"].strip(), ordered, right)


def _is_complete(table: Any) -> bool:
    """Whether a question's table says what it must, in words, and nothing else."""
    if (
        not isinstance(table, dict)
        or table.keys() != {"text", "right", "wrong"}
        or not isinstance(table["wrong"], list)
    ):
        return False
    if not all(isinstance(entry, dict) and entry.keys() == _WRONG for entry in table["wrong"]):
        return False
    texts = [table["text"], table["right"], *(text for entry in table["wrong"] for text in entry.values())]
    return all(isinstance(text, str) and text.strip() for text in texts)
