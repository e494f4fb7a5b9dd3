"""What a variant may say: the kinds of values in ``variants.toml``, each of which reads one and knows what is allowed.

A course declares its axes in ``source/<assignment>/variants.py``::

    AXES = {"seed": Integer(0), "parameterization": Choice("sigma", "log sigma"), "sigma": Number(above=0, drawn=True)}
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

DRAWN = "drawn_from"


class Axis(Protocol):
    """One thing that variants differ in."""

    @property
    def allowed(self) -> str:
        """Completes "it must be …"."""

    def read(self, value: Any) -> Any:
        """Give the value in the form in which masters and graders use it.

        Raises:
            ValueError: it is not allowed.
        """


class Name(str):
    """A word that is the name of an argument: what the secret room calls otherwise is renamed to it."""


class Formula(str):
    """Python text with one gap, ``{}``: ``variant.sigma_of(x)`` in the secret room is replaced by it."""


@dataclass(frozen=True)
class Drawn:
    """A number that each student gets another of.

    Attributes:
        key: what is drawn.
        choices: among which.
    """

    key: str
    choices: tuple[float, ...]

    def of(self, seed: int, student: str) -> float:
        """Draw for a student; the same formula stands in the notebook, where the student sees it."""
        digest = hashlib.sha256(f"{seed}/{self.key}/{student.strip().casefold()}".encode()).digest()
        return self.choices[int.from_bytes(digest[:8], "big") % len(self.choices)]


@dataclass(frozen=True)
class Text:
    """Any text that is not empty."""

    allowed = "text"

    def read(self, value: Any) -> str:
        """Take the text."""
        if not isinstance(value, str) or not value.strip():
            raise ValueError
        return value


@dataclass(frozen=True)
class Integer:
    """A whole number, ``least`` or more."""

    least: int

    @property
    def allowed(self) -> str:
        """Completes "it must be …"."""
        return f"a whole number, {self.least} or more"

    def read(self, value: Any) -> int:
        """Take the number."""
        if type(value) is not int or value < self.least:
            raise ValueError
        return value


@dataclass(frozen=True)
class Number:
    """A finite number, larger than ``above``; where ``drawn``, it may be drawn for each student."""

    above: float = -math.inf
    drawn: bool = False

    @property
    def allowed(self) -> str:
        """Completes "it must be …"."""
        bound = f" above {self.above:g}" if math.isfinite(self.above) else ""
        drawn = f", or {{ {DRAWN} = [...] }} with at least two such numbers" if self.drawn else ""
        return f"a number{bound}{drawn}"

    def read(self, value: Any) -> float | Drawn:
        """Take the number, or the numbers to draw from."""
        if self.drawn and isinstance(value, dict) and value.keys() == {DRAWN} and isinstance(value[DRAWN], list):
            choices = tuple(self._number(choice) for choice in value[DRAWN])
            if len(set(choices)) < max(2, len(choices)):
                raise ValueError
            return Drawn("", choices)
        return self._number(value)

    def _number(self, value: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value) or value <= self.above:
            raise ValueError
        return float(value)


class Choice:
    """One of several texts."""

    def __init__(self, *options: str) -> None:
        self.options = options

    @property
    def allowed(self) -> str:
        """Completes "it must be …"."""
        return f"one of {', '.join(map(repr, self.options))}"

    def read(self, value: Any) -> str:
        """Take the text."""
        if not isinstance(value, str) or value not in self.options:
            raise ValueError
        return value


class Several:
    """Some of several texts, in an order of one's own, none of them twice."""

    def __init__(self, *options: str) -> None:
        self.options = options

    @property
    def allowed(self) -> str:
        """Completes "it must be …"."""
        return f"a list of one or more of {', '.join(map(repr, self.options))}, none of them twice"

    def read(self, value: Any) -> tuple[str, ...]:
        """Take the texts."""
        if not isinstance(value, list) or not value or any(option not in self.options for option in value):
            raise ValueError
        if len(set(value)) < len(value):
            raise ValueError
        return tuple(value)


class Fields:
    """A table of its own, with an axis for each of its keys."""

    def __init__(self, **axes: Axis) -> None:
        self.axes = axes

    @property
    def allowed(self) -> str:
        """Completes "it must be …"."""
        return f"{{ {', '.join(f'{key} = {axis.allowed}' for key, axis in self.axes.items())} }}"

    def read(self, value: Any) -> Mapping[str, Any]:
        """Take every key's value."""
        if not isinstance(value, dict) or value.keys() != self.axes.keys():
            raise ValueError
        return {key: axis.read(value[key]) for key, axis in self.axes.items()}
