"""Writes implementations of the secret room as the cells of a notebook."""

import ast
import inspect
import textwrap
from functools import lru_cache
from types import FunctionType
from typing import Any, NamedTuple

from autograder.grading.catalogue import Problem, value_of


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
    return cell_of(problem, name, [_parts(problem.text, problem.name).definitions[name]])


def cell_of(problem: Problem, name: str, definitions: list[str]) -> str:
    """Write definitions as a cell that answers a problem, with what its module imports and its helpers before them.

    Args:
        problem: the problem.
        name: which of the definitions answers it.
        definitions: texts of functions.
    """
    parts = _parts(problem.text, problem.name)
    imports = "\n".join(parts.imports)
    if not parts.helpers:
        renamed = [f"{problem.name} = {name}"] if name != problem.name else []
        return "\n\n".join([imports, *definitions, *renamed])
    # Helpers of two problems may share a name, and two cells of one notebook share their names: each keeps its own.
    inner = textwrap.indent("\n\n".join([*parts.helpers, *definitions, f"return {name}"]), "    ")
    return "\n\n".join([imports, f"def make_{problem.name}():\n{inner}", f"{problem.name} = make_{problem.name}()"])


class _Parts(NamedTuple):
    """What a reference module is made of, as texts."""

    imports: list[str]
    helpers: list[str]
    definitions: dict[str, str]


@lru_cache(maxsize=64)
def _parts(text: str, problem: str) -> _Parts:
    parts = _Parts([], [], {})
    for node in ast.parse(text).body:
        source = ast.get_source_segment(text, node) or ""
        if isinstance(node, ast.FunctionDef):
            parts.definitions[node.name] = source
        if _is_import(node):
            parts.imports.append(source)
        elif _is_helper(node, problem):
            parts.helpers.append(source)
    return parts


def _literal(value: Any) -> Any:
    """A value as a student would type it: numbers of numpy and torch become plain ones."""
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
    return value.item() if hasattr(value, "item") else value


def _is_import(node: ast.stmt) -> bool:
    from_here = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder")
    return isinstance(node, ast.Import | ast.ImportFrom) and not from_here


def _is_helper(node: ast.stmt, problem: str) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name != problem and not any(_is_role(decorator) for decorator in node.decorator_list)
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "GRADER":
        return False
    return not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)


def _is_role(decorator: ast.expr) -> bool:
    marker = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(marker, ast.Name) and marker.id in {"alternative", "misconception", "inputs", "probe", "value"}
