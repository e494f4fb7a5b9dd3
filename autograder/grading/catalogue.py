"""The modules of the secret room: a reference, accepted alternatives and named misconceptions of each problem."""

import ast
import importlib.util
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar

from autograder.course.errors import CourseError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Misconception:
    """A mistake that people make, as code.

    Attributes:
        name: the function's name.
        text: completes "It looks as if you …".
        hint: a question or sentence that leads on without giving the answer away.
        function: the mistaken implementation.
    """

    name: str
    text: str
    hint: str
    function: FunctionType


@dataclass(frozen=True)
class Problem:
    """One stem of an assignment, as its reference module tells it.

    Attributes:
        name: the stem.
        is_value: whether the student assigns a value instead of writing a function.
        reference: the right implementation.
        alternatives: right implementations written another way.
        misconceptions: wrong ones that people really write.
        path: the reference module; its hidden grader lies beside it.
    """

    name: str
    is_value: bool
    reference: FunctionType
    alternatives: tuple[FunctionType, ...]
    misconceptions: tuple[Misconception, ...]
    path: Path

    @property
    def grader(self) -> Path:
        """The hidden grader's file."""
        return self.path.with_name(f"test_{self.name}.py")

    def implementations(self) -> dict[str, FunctionType]:
        """Every implementation by name: the reference first, then alternatives, then misconceptions."""
        functions = [self.reference, *self.alternatives, *(m.function for m in self.misconceptions)]
        return {function.__name__: function for function in functions}


def alternative(function: F) -> F:
    """Mark an implementation that is written another way and must get full marks."""
    function.__dict__["role"] = "alternative"
    return function


def misconception(text: str, hint: str = "") -> Callable[[F], F]:
    """Mark an implementation that must lose marks and be named.

    Args:
        text: completes "It looks as if you …".
        hint: what the student is asked next.
    """

    def mark(function: F) -> F:
        function.__dict__.update(role="misconception", text=text, hint=hint)
        return function

    return mark


def value(function: F) -> F:
    """Mark a reference that stands for a value: it is called with the variant, or without arguments."""
    function.__dict__["is_value"] = True
    return function


def load_problem(path: Path) -> Problem:
    """Import one reference module.

    Args:
        path: ``solutions/<assignment>/<stem>.py``.

    Raises:
        CourseError: the module cannot be imported or has no reference.
    """
    module = _import(path)
    functions = [f for f in vars(module).values() if isinstance(f, FunctionType) and f.__module__ == module.__name__]
    reference = getattr(module, path.stem, None)
    if not isinstance(reference, FunctionType):
        raise CourseError(f"{path} defines no function {path.stem}: the reference has the name of its file")
    return Problem(
        name=path.stem,
        is_value=getattr(reference, "is_value", False),
        reference=reference,
        alternatives=tuple(f for f in functions if getattr(f, "role", "") == "alternative"),
        misconceptions=tuple(
            Misconception(f.__name__, f.__dict__["text"], f.__dict__["hint"], f)
            for f in functions
            if getattr(f, "role", "") == "misconception"
        ),
        path=path,
    )


def load_problems(folder: Path) -> dict[str, Problem]:
    """Import every reference module of an assignment: those that have a hidden grader beside them.

    Raises:
        CourseError: there is no such folder, it holds no hidden grader, or a module cannot be imported.
    """
    if not folder.is_dir():
        raise CourseError(f"there is no folder {folder}: hidden graders and references belong there")
    graders = sorted(folder.glob("test_*.py"))
    if not graders:
        raise CourseError(f"{folder} holds no hidden grader")
    return {path.stem[5:]: load_problem(path.with_name(path.name[5:])) for path in graders}


def _import(path: Path) -> ModuleType:
    """Import a file as it is now, under a name of its own, so that two courses in one process never meet."""
    name = f"pathwise_solutions_{abs(hash(path.resolve().parent)):x}.{path.stem}"
    linecache.checkcache(str(path))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(f"there is no reference module {path} for the hidden grader beside it")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise CourseError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module


def signature_and_body(function: FunctionType) -> tuple[str, str]:
    """Split a function's text into what a student is given and what he writes.

    Returns:
        The ``def`` line with the docstring, and the body below it, both as they stand in the file.
    """
    source = inspect.getsource(function)
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    lines = source.splitlines()
    body = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    first = body[0].lineno - 1
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "\n".join(lines[definition.lineno - 1 : first]).rstrip(), "\n".join(lines[first:]).rstrip()


def as_submission(problem: Problem, name: str, variant: Any = None) -> str:
    """Write one implementation as the cell of a student who thought of it.

    The module's own imports and helpers come first, then the function under its own name, then the problem's name
    for it. Of a value problem only the value is written.

    Args:
        problem: the problem.
        name: a key of ``problem.implementations()``.
        variant: what value functions are given.
    """
    if problem.is_value:
        return f"{problem.name} = {_literal(value_of(problem.implementations()[name], variant))!r}"
    text = problem.path.read_text(encoding="utf-8")
    body = ast.parse(text).body

    def texts(kind: Callable[[ast.stmt], bool]) -> list[str]:
        return [ast.get_source_segment(text, node) or "" for node in body if kind(node)]

    imports = texts(_is_import)
    helpers = texts(lambda node: _is_helper(node, problem))
    definition = texts(lambda node: isinstance(node, ast.FunctionDef) and node.name == name)
    if not helpers:
        return "\n\n".join(
            ["\n".join(imports), *definition, *([f"{problem.name} = {name}"] if name != problem.name else [])]
        )
    # Helpers of two problems may share a name, and two cells of one notebook share their names: each keeps its own.
    inner = textwrap.indent("\n\n".join([*helpers, *definition, f"return {name}"]), "    ")
    return "\n\n".join(
        ["\n".join(imports), f"def make_{problem.name}():\n{inner}", f"{problem.name} = make_{problem.name}()"]
    )


def _literal(value: Any) -> Any:
    """A value as a student would type it: numbers of numpy and torch become plain ones."""
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    return value.item() if hasattr(value, "item") else value


def value_of(function: FunctionType, variant: Any) -> Any:
    """Call a value function, with the variant if it takes one."""
    return function(variant) if inspect.signature(function).parameters else function()


def _is_import(node: ast.stmt) -> bool:
    from_here = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder")
    return isinstance(node, ast.Import | ast.ImportFrom) and not from_here


def _is_helper(node: ast.stmt, problem: Problem) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name not in problem.implementations()
    return not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)
