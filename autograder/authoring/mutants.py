"""Mutants of a reference: the same function with one small mistake, made by a rule (DeMillo, Lipton, Sayward 1978).

A hidden grader that gives a mutant full marks has a hole, unless the mutant computes the same as the reference.
"""

import ast
import copy
import difflib
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

SAME_PLACE: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
IN_PLACE = "changed in place, when all was done:"
MODULES = {"np", "torch", "F", "special", "scipy", "stats", "math"}
# Functions that are taken for each other.
RELATED = {
    "any": "all",
    "all": "any",
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "exp": "expm1",
    "expm1": "exp",
    "log": "log1p",
    "log1p": "log",
    "sqrt": "square",
    "square": "sqrt",
    "sin": "cos",
    "cos": "sin",
    "tan": "sin",
    "ndtr": "ndtri",
    "ndtri": "ndtr",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
}


@dataclass(frozen=True)
class Mutant:
    """A reference with one mistake.

    Attributes:
        rule: what was done to it.
        source: its text.
        difference: the lines that changed, as a unified diff.
    """

    rule: str
    source: str
    difference: str


def mutants(source: str) -> list[Mutant]:
    """Make every mutant of a function that the rules know, each once.

    Args:
        source: the text of one function; its docstring is left alone.
    """
    tree = ast.parse(source)
    _remove_docstrings(tree)
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    before = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for rule, mutated in [*_single_changes(tree), *_changed_arguments(definition)]:
        try:
            text = ast.unparse(ast.fix_missing_locations(mutated))
            compile(text, "mutant", "exec")
        except (SyntaxError, ValueError):
            continue
        if text != before and text not in found:
            found[text] = Mutant(
                rule, text, _difference(before, text) if not rule.startswith(IN_PLACE) else f"+ {rule}"
            )
    return list(found.values())


def _remove_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _single_changes(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Every tree in which one node was replaced."""
    parameters = {argument.arg for argument in ast.walk(tree) if isinstance(argument, ast.arg)}
    copied = pickle.dumps(tree)  # several times as fast as copy.deepcopy
    for index, node in enumerate(ast.walk(tree)):
        for rule, make in _replacements(node, parameters):
            mutated = pickle.loads(copied)
            _put(mutated, index, make)
            yield rule, mutated


Make = Callable[[Any], ast.AST | None]


def _put(tree: ast.Module, index: int, make: Make) -> None:
    """Replace the node that a walk meets at an index; None takes a statement away."""
    parents = {
        id(child): (parent, field, at)
        for parent in ast.walk(tree)
        for field, value in ast.iter_fields(parent)
        for at, child in enumerate(value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    }
    node = list(ast.walk(tree))[index]
    new = make(node)
    parent, field, at = parents[id(node)]
    value = getattr(parent, field)
    if not isinstance(value, list):
        setattr(parent, field, new)
    elif new is None:
        value[at : at + 1] = [] if len(value) > 1 else [ast.Pass()]
    else:
        value[at] = new


def _replacements(node: ast.AST, parameters: set[str]) -> Iterator[tuple[str, Make]]:
    """The rules that apply to one node."""
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
        case ast.UnaryOp():
            yield "removed a sign or a not", lambda n: n.operand
        case ast.Constant(value=bool()):
            yield "turned a choice around", lambda n: ast.Constant(not n.value)
        case ast.Constant(value=int() | float() as number):
            for value in _other_numbers(number):
                yield "changed a constant", _constantly(ast.Constant(value))
        case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS:
            yield "changed a comparison", _with_comparison
            yield "turned a condition around", lambda n: ast.UnaryOp(ast.Not(), n)
        case ast.BoolOp():
            yield "swapped and with or", _with_other_connective
            for at in range(len(node.values)):
                yield "dropped a condition", _part("values", at)
        case ast.Call():
            yield from _of_call(node)
        case ast.Attribute(ctx=ast.Load()) if node.attr == "T":
            yield "left out a transposition", lambda n: n.value
        case ast.Subscript(ctx=ast.Load()):
            yield "left out an index", lambda n: n.value
        case ast.IfExp():
            yield "took one side of a choice", lambda n: n.body
            yield "took one side of a choice", lambda n: n.orelse
        case ast.Name(ctx=ast.Load()) if node.id in parameters:
            for other in sorted(parameters - {node.id}):
                yield "took another argument", _constantly(ast.Name(other, ast.Load()))
        case ast.Return(value=ast.Tuple(elts=[_, _, *_])):
            yield "swapped the results", _with_swapped_results
        case ast.If() | ast.Raise() | ast.Expr() | ast.AugAssign() | ast.With():
            yield "left out a statement", lambda n: None


def _of_operation(node: ast.BinOp) -> Iterator[tuple[str, Make]]:
    if type(node.op) in SAME_PLACE:
        yield "changed an operator", _with_operator
    yield "dropped a term or factor", lambda n: n.left
    yield "dropped a term or factor", lambda n: n.right
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield "swapped operands", lambda n: ast.BinOp(n.right, n.op, n.left)


def _of_call(node: ast.Call) -> Iterator[tuple[str, Make]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield "left out a call", lambda n: n.args[0]
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") not in MODULES:
        yield "left out a call", lambda n: n.func.value
    if len(node.args) >= 2 and not any(isinstance(argument, ast.Starred) for argument in node.args):
        yield "swapped arguments", _with_swapped_arguments
    for at, keyword in enumerate(node.keywords):
        yield "left out an option", partial(_without_keyword, at)
        if keyword.arg == "dtype":
            yield "changed a type", partial(_with_keyword, at, ast.Name("int", ast.Load()))
        if keyword.arg in ("axis", "dim"):
            yield "changed an axis", partial(_with_keyword, at, ast.Constant(None))
    if name in RELATED:
        yield "took a related function", _with_related_function


def _other_numbers(value: float) -> list[float]:
    """What a constant is changed to; a little more than it is, too, which a loose tolerance would let pass."""
    others: list[float] = [0, 1, 2, -value, value + 1, value - 1, 2 * value, value / 2]
    if isinstance(value, float):
        others.append(value * 1.01)
    return [other for at, other in enumerate(others) if other != value and other not in others[:at]]


def _constantly(new: ast.expr) -> Make:
    """Take a new node, whatever the old one was."""
    return lambda node: new


def _part(field: str, at: int) -> Make:
    """Take one part of a node in its place."""
    return lambda node: getattr(node, field)[at]


def _with_operator(node: Any) -> Any:
    node.op = SAME_PLACE[type(node.op)]()
    return node


def _with_comparison(node: Any) -> Any:
    node.ops = [COMPARISONS[type(node.ops[0])]()]
    return node


def _with_other_connective(node: Any) -> Any:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return node


def _with_swapped_results(node: Any) -> Any:
    node.value.elts = [node.value.elts[1], node.value.elts[0], *node.value.elts[2:]]
    return node


def _with_swapped_arguments(node: Any) -> Any:
    node.args = [node.args[1], node.args[0], *node.args[2:]]
    return node


def _without_keyword(at: int, node: Any) -> Any:
    del node.keywords[at]
    return node


def _with_keyword(at: int, value: ast.expr, node: Any) -> Any:
    node.keywords[at].value = value
    return node


def _with_related_function(node: Any) -> Any:
    if isinstance(node.func, ast.Attribute):
        node.func.attr = RELATED[node.func.attr]
    elif isinstance(node.func, ast.Name):
        node.func.id = RELATED[node.func.id]
    return node


_CHANGE_AFTERWARDS = """
def {name}({signature}):
    def unchanged({signature}):
        pass
    result = unchanged({names})
    if getattr({argument}, "ndim", 0):
        getattr({argument}, "data" if hasattr({argument}, "detach") else "real")[...] += 1
    return result
"""


def _changed_arguments(definition: ast.FunctionDef) -> Iterator[tuple[str, ast.Module]]:
    """The function with each of its arguments changed in place after the work is done."""
    names = [argument.arg for argument in [*definition.args.posonlyargs, *definition.args.args]]
    for argument in names:
        text = _CHANGE_AFTERWARDS.format(
            name=definition.name, signature=ast.unparse(definition.args), names=", ".join(names), argument=argument
        )
        tree = ast.parse(text)
        outer = tree.body[0]
        assert isinstance(outer, ast.FunctionDef)
        inner = outer.body[0]
        assert isinstance(inner, ast.FunctionDef)
        inner.body = copy.deepcopy(definition.body)
        yield f"{IN_PLACE} {argument}", tree
