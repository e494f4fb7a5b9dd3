"""The variants of an assignment: editions of it that differ in numbers, distributions, questions and wording.

``variants.toml`` has one table for each variant. A module ``variants.py`` beside it, where there is one, says what may
stand there and what follows from it:

    AXES            the axis of every key; others are refused, missing ones too
    refuse(v)       yields (key, reason) for each impossible combination
    words(v)        further names for masters and graders
    asks(v, stem)   whether the variant has a problem
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import jinja2

from autograder.course.axes import Axis, Drawn
from autograder.course.errors import CourseError

T = TypeVar("T")

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
        self.values |= _told(vocabulary, "words", dict, self) or {}

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
        decided = _told(self._vocabulary, "asks", bool, self, stem)
        return True if decided is None else decided

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
        except Exception as error:
            raise CourseError(f"{_place(error, where)}: {_reason(error)}") from error


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


def _place(error: BaseException, where: object) -> str:
    """The file and the line of the last template that an error came through: a master's, or one of its parts'."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or where}, line {error.lineno}"
    file, line, traceback = str(where), 0, error.__traceback__
    folder = str(Path(file).parent)
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name == "<template>" or (str(Path(name).parent) == folder and not name.endswith(".py")):
            file, line = str(where) if name == "<template>" else name, traceback.tb_lineno
        traceback = traceback.tb_next
    return f"{file}, line {line}" if line else file


def _reason(error: BaseException) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no part {error.name} beside it"
    if isinstance(error, RecursionError):
        return "parts include each other without end"
    return str(error).replace("'autograder.course.variants.Variant object' has", "the variant has") or repr(error)


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
        text = path.read_text(encoding="utf-8-sig")
        tables = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error
    vocabulary = _vocabulary(folder / VOCABULARY_FILE)
    return {name: _variant(name, table, vocabulary, path, text) for name, table in tables.items()}


def _vocabulary(path: Path) -> ModuleType | None:
    if not path.is_file():
        return None
    module = ModuleType(f"pathwise_variants_{abs(hash(path.resolve())):x}")
    module.__file__ = str(path)
    try:
        # Not by an import, which would write compiled code beside it, and read that where the clock is coarse.
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise CourseError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    axes = getattr(module, "AXES", None)
    if axes is not None and not (isinstance(axes, dict) and all(hasattr(axis, "read") for axis in axes.values())):
        raise CourseError(f"{path}: AXES must give each key an axis, such as Integer(0)")
    return module


def _told(vocabulary: ModuleType | None, name: str, kind: type[T], *arguments: Any) -> T | None:
    """What a function of ``variants.py`` says, or None where there is no such function.

    Raises:
        CourseError: it raises, or says something of another kind.
    """
    function = getattr(vocabulary, name, None)
    if function is None:
        return None
    assert vocabulary is not None
    where = f"{vocabulary.__file__}: {name}()"
    try:
        said = function(*arguments)
        said = list(said) if kind is list else said
    except (Exception, SystemExit) as error:
        raise CourseError(f"{where} raises {type(error).__name__}: {error}") from error
    if not isinstance(said, kind):
        raise CourseError(f"{where} gives {said!r}, which is no {kind.__name__}")
    return said


def _variant(name: str, table: Any, vocabulary: ModuleType | None, path: Path, text: str) -> Variant:
    if not isinstance(table, dict):
        raise CourseError(f"{path}, line {_line(text, '', name)}: {name} stands outside of any variant's table")
    if not re.fullmatch(r"\w+(-\w+)*", name):
        raise CourseError(
            f"{path}: [{name!r}] cannot be the name of a variant, which becomes that of a folder: "
            "take letters, digits, and single hyphens between them"
        )
    axes: dict[str, Axis] | None = getattr(vocabulary, "AXES", None)
    if axes is None:
        return Variant(name, table)
    for key, reason in _faults(table, axes):
        raise CourseError(f"{path}, line {_line(text, name, key)}: in [{name}] {reason}")
    values = {key: axis.read(table[key]) for key, axis in axes.items()}
    values = {key: replace(value, key=key) if isinstance(value, Drawn) else value for key, value in values.items()}
    plain = Variant(name, values)
    for refusal in _told(vocabulary, "refuse", list, plain) or []:
        if not isinstance(refusal, tuple) or list(map(type, refusal)) != [str, str]:
            raise CourseError(f"{path.with_name(VOCABULARY_FILE)}: refuse() yields {refusal!r}, not a key and a reason")
        key, reason = refusal
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
