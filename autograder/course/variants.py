"""The variants of an assignment: editions of it that differ in numbers, distributions, questions and wording.

``variants.toml`` has one table for each variant. A module ``variants.py`` beside it, where there is one, says what may
stand there and what follows from it:

    AXES            the axis of every key; others are refused, missing ones too
    refuse(v)       yields (key, reason) for each impossible combination
    words(v)        further names for masters and graders
    asks(v, stem)   whether the variant has a problem
"""

import importlib.util
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2

from autograder.course.axes import Axis, Drawn
from autograder.course.errors import CourseError

VARIANTS_FILE = "variants.toml"
VOCABULARY_FILE = "variants.py"


class Variant:
    """One edition of an assignment; its values are attributes: ``variant.seed``.

    Args:
        name: the table in ``variants.toml``.
        values: what the table says.
        vocabulary: the module that says what follows, or None.

    Attributes:
        said: what the table says, without what follows from it.
        values: both.
    """

    def __init__(self, name: str, values: Mapping[str, Any], vocabulary: ModuleType | None = None) -> None:
        self.name = name
        self.said = dict(values)
        self.values = dict(values)
        self._vocabulary = vocabulary
        words: Callable[[Variant], Mapping[str, Any]] = getattr(vocabulary, "words", lambda variant: {})
        self.values |= words(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.__dict__.get("values", {}):
            raise AttributeError(f"the variant has no {name!r}")
        return self.values[name]

    @property
    def per_student(self) -> bool:
        """Whether some numbers are drawn for each student."""
        return any(isinstance(value, Drawn) for value in self.values.values())

    def of(self, student: str) -> "Variant":
        """The variant with one student's numbers."""
        if not self.per_student:
            return self
        drawn = {key: value for key, value in self.values.items() if isinstance(value, Drawn)}
        numbers = {key: value.of(self.values["seed"], student) for key, value in drawn.items()}
        return Variant(self.name, self.said | numbers, self._vocabulary)

    def asks(self, stem: str) -> bool:
        """Whether this variant has a problem."""
        decide: Callable[[Variant, str], bool] = getattr(self._vocabulary, "asks", lambda variant, stem: True)
        return decide(self, stem)

    def expand(self, text: str, where: object, **names: Any) -> str:
        """Fill in the expressions of a text, ``<%= … %>``.

        Args:
            text: a master, a docstring or a module of the secret room.
            where: its file, for messages; other parts are included from the same folder.
            **names: what expressions may speak of besides ``variant``.

        Raises:
            CourseError: an expression fails.
        """
        if "<%" not in text:
            return text
        environment = _environment(Path(str(where)).parent)
        try:
            return environment.from_string(text).render(variant=self, **names)
        except (jinja2.TemplateError, AttributeError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            line = getattr(error, "lineno", None) or _line_in_template(error)
            part = getattr(error, "name", None)
            place = f"{where}{f', line {line}' if line else ''}{f' (in {part})' if part else ''}"
            raise CourseError(f"{place}: {error}") from error


def _environment(parts: Path) -> jinja2.Environment:
    """Templates whose marks clash with neither LaTeX nor Python."""
    return jinja2.Environment(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<%=",
        variable_end_string="%>",
        comment_start_string="<%#",
        comment_end_string="%>",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        loader=jinja2.FileSystemLoader(parts),
    )


def _line_in_template(error: BaseException) -> int | None:
    """The last line of a template that an error came through."""
    line, traceback = None, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def read_variants(folder: Path) -> dict[str, Variant]:
    """Read all variants of an assignment family.

    Args:
        folder: ``source/<family>``.

    Raises:
        CourseError: a file cannot be read, or a table says what it may not; the text names the line.
    """
    path = folder / VARIANTS_FILE
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error
    vocabulary = _vocabulary(folder / VOCABULARY_FILE)
    return {name: _variant(name, table, vocabulary, path, text) for name, table in tables.items()}


def _vocabulary(path: Path) -> ModuleType | None:
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"pathwise_variants_{abs(hash(path.resolve())):x}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module


def _variant(name: str, table: Any, vocabulary: ModuleType | None, path: Path, text: str) -> Variant:
    if not isinstance(table, dict):
        raise CourseError(f"{path}, line {_line(text, '', name)}: {name} stands outside of any variant's table")
    axes: dict[str, Axis] | None = getattr(vocabulary, "AXES", None)
    if axes is None:
        return Variant(name, table)
    for key, reason in _faults(table, axes):
        raise CourseError(f"{path}, line {_line(text, name, key)}: in [{name}] {reason}")
    values = {key: axis.read(table[key]) for key, axis in axes.items()}
    values = {key: replace(value, key=key) if isinstance(value, Drawn) else value for key, value in values.items()}
    plain = Variant(name, values)
    refuse: Callable[[Variant], Iterator[tuple[str, str]]] = getattr(vocabulary, "refuse", lambda variant: iter(()))
    for key, reason in refuse(plain):
        raise CourseError(f"{path}, line {_line(text, name, key)}: in [{name}] {reason}")
    return Variant(name, values, vocabulary)


def _faults(table: Mapping[str, Any], axes: Mapping[str, Axis]) -> Iterator[tuple[str, str]]:
    """What a table says and may not, or should and does not, as pairs of a key and a sentence."""
    for key, value in table.items():
        if key not in axes:
            yield key, f"nobody knows {key!r}; it may say {', '.join(axes)}"
            continue
        try:
            axes[key].read(value)
        except ValueError:
            yield key, f"{key} = {value!r} is not possible; it must be {axes[key].allowed}"
    for key, axis in axes.items():
        if key not in table:
            yield key, f"{key} is missing; it must be {axis.allowed}"


def _line(text: str, table: str, key: str) -> int:
    """The line of a key in its table, or of the table's head where the key is missing."""
    current, head = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            current = found[1].strip("\"'")
            head = number if current == table else head
            if current == f"{table}.{key}":
                return number
        elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return head
