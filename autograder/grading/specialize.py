"""Makes a module of the secret room speak of one variant: its numbers, and its names for things.

The module is plain Python all the same. After ``from autograder.grading import variant`` it may say

    variant.beta              a number or text of the variant: replaced by its literal
    variant.sigma_of(spread)  a formula: replaced by the variant's expression, here ``np.exp(log_sigma)``
    spread                    a name that variants call differently: renamed, here to ``log_sigma``

and docstrings may hold the expressions of a master, ``<%= variant.beta %>``. Everything else stays letter by letter, so
that what an instructor reads in a notebook is what stands in the file.
"""

import ast
from typing import Any

from autograder.course.axes import Drawn, Formula, Name
from autograder.course.errors import CourseError
from autograder.course.variants import Variant

VARIANT = "variant"


class Placeholder:
    """What ``variant`` is to a type checker and an editor; no module that runs ever meets it."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"variant.{name} means something only in a module of the secret room, once it is loaded")


def specialize(text: str, variant: Variant, where: object) -> str:
    """Write a module's text for one variant.

    Args:
        text: the module as it stands in its file.
        variant: the variant.
        where: the file, for messages.

    Raises:
        CourseError: the module is no Python, or speaks of what the variant does not have.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{where}, line {error.lineno}: {error.msg}") from error
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "autograder.grading"]
    if not any(alias.name == VARIANT for node in imports for alias in node.names):
        return text
    return variant.expand(_Replacements(text, variant, where).within(tree, 0, len(text.encode())), where)


class _Replacements(ast.NodeVisitor):
    """Finds what is replaced in one part of a module, as pieces of its bytes and what takes their place."""

    def __init__(self, text: str, variant: Variant, where: object) -> None:
        self.text = text.encode()
        self.variant = variant
        self.where = where
        self.names = {key: value for key, value in variant.values.items() if isinstance(value, Name)}
        self.pieces: list[tuple[int, int, str]] = []
        # Where each line begins: the syntax tree counts lines, and bytes within a line.
        self.lines = [0, *(at + 1 for at, byte in enumerate(self.text) if byte == ord("\n"))]

    def within(self, node: ast.AST, start: int, end: int) -> str:
        """The text from one byte to another, with what is replaced in a node."""
        outer, self.pieces = self.pieces, []
        self.visit(node)
        text, at = b"", start
        for begin, stop, new in sorted(self.pieces):
            text, at = text + self.text[at:begin] + new.encode(), stop
        self.pieces = outer
        return (text + self.text[at:end]).decode()

    def visit_Call(self, node: ast.Call) -> None:
        """Replace a formula of the variant, and look into its argument."""
        if not _is_of_variant(node.func):
            self.generic_visit(node)
            return
        formula = self._value(node.func)
        if not isinstance(formula, Formula) or len(node.args) != 1 or node.keywords:
            raise CourseError(f"{self._place(node)}: {ast.unparse(node.func)} is no formula of one argument")
        self._replace(node, formula.format(self.within(node.args[0], *self._span(node.args[0]))))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Replace a value of the variant."""
        if _is_of_variant(node):
            value = self._value(node)
            plain = value.choices[0] if isinstance(value, Drawn) else value
            self._replace(node, str(plain) if isinstance(plain, Name) else repr(plain))
        else:
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Rename a variable."""
        if node.id in self.names:
            self._replace(node, self.names[node.id])

    def visit_arg(self, node: ast.arg) -> None:
        """Rename an argument of a definition."""
        self._rename(node, node.arg)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Rename an argument of a call."""
        self._rename(node, node.arg or "")

    def _rename(self, node: ast.arg | ast.keyword, name: str) -> None:
        if name in self.names:
            start, _ = self._span(node)
            self.pieces.append((start, start + len(name.encode()), self.names[name]))
        self.generic_visit(node)

    def _value(self, node: ast.expr) -> Any:
        assert isinstance(node, ast.Attribute)
        try:
            return getattr(self.variant, node.attr)
        except AttributeError as error:
            raise CourseError(f"{self._place(node)}: {error}") from error

    def _place(self, node: ast.expr) -> str:
        return f"{self.where}, line {node.lineno}"

    def _span(self, node: ast.expr | ast.arg | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.lines[node.lineno - 1] + node.col_offset, self.lines[node.end_lineno - 1] + node.end_col_offset

    def _replace(self, node: ast.expr, text: str) -> None:
        self.pieces.append((*self._span(node), text))


def _is_of_variant(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == VARIANT
