"""Which hidden tests read the numbers that a variant draws for each student: others' answers say nothing there."""

from collections.abc import Mapping
from typing import Any

from autograder.course.axes import Drawn
from autograder.course.variants import Variant

# A word that is the same for so many students does not depend on what is drawn for them.
_STUDENTS = 32


class WatchedVariant(Variant):
    """A variant with one student's numbers, which notes whether they were read.

    Args:
        variant: the variant.
        personal: the names that differ from student to student.

    Attributes:
        was_read: whether one of these was read, or could have been; to be reset by whoever wants to know.
    """

    def __init__(self, variant: Variant, personal: frozenset[str]) -> None:
        self.__dict__.update(variant.__dict__, _personal=personal, was_read=False)

    def __getattr__(self, name: str) -> Any:
        table: Mapping[str, Any] = self.__dict__["values"]
        if name.startswith("__") or name not in table:
            raise AttributeError(f"the variant has no {name!r}")
        if name in self.__dict__["_personal"]:
            self.was_read = True
        return table[name]

    @property
    def values(self) -> dict[str, Any]:  # type: ignore[override]
        """The whole table."""
        return self._whole("values")

    @property
    def said(self) -> dict[str, Any]:  # type: ignore[override]
        """The whole table, without what follows from it."""
        return self._whole("said")

    def _whole(self, name: str) -> dict[str, Any]:
        self.was_read = True
        table: dict[str, Any] = self.__dict__[name]
        return table


class Personal:
    """The numbers of one student at a time, and which tests have read such numbers.

    Args:
        variant: the variant that is graded.

    Attributes:
        variant: the same with the present student's numbers.
        numbers: these numbers as text; empty where all have the same.
    """

    def __init__(self, variant: Variant) -> None:
        self._general = variant
        self._drawn = [name for name, value in variant.values.items() if isinstance(value, Drawn)]
        self._names = _personal_names(variant) if self._drawn else frozenset()
        self._readers: set[str] = set()
        self.variant = variant
        self.numbers = ""

    def seat(self, student: str) -> Variant:
        """Let a student's numbers hold from now on."""
        if self._drawn:
            own = self._general.of(student)
            self.variant = WatchedVariant(own, self._names)
            self.numbers = repr([own.values[name] for name in self._drawn])
        return self.variant

    def key(self, test: str) -> tuple[str, str]:
        """By what the memory knows a test: by the student's numbers too if it reads them."""
        return test, self.numbers if test in self._readers else ""

    def begin(self) -> None:
        """A test begins."""
        if isinstance(self.variant, WatchedVariant):
            self.variant.was_read = False

    def end(self, test: str) -> None:
        """It has ended."""
        if isinstance(self.variant, WatchedVariant) and self.variant.was_read:
            self._readers.add(test)


def _personal_names(variant: Variant) -> frozenset[str]:
    """The names whose values are not the same for everybody; functions that are made anew each time count too."""
    tables = [variant.of(str(number)).values for number in range(_STUDENTS)]
    names = {name for table in tables for name in table}
    return frozenset(name for name in names if len({repr(table.get(name)) for table in tables}) > 1)
