"""What every notebook has in common is made ready before boxes are forked, and the rest is read once instead of often.

IPython reads a cell six times: it looks for its own syntax twice, asks twice whether the cell awaits something, parses
it, and compiles each statement. Here every answer is kept until it is asked for again, and those for the cells that
everybody was given are there from the beginning. What a cell does, prints and draws of a traceback is the same.

Cells and files become familiar by way of their text alone; whatever is not, letter by letter, goes the usual way.
"""

import _imp
import ast
import importlib.machinery
import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, TracebackType
from typing import Any, NamedTuple

from IPython.core.compilerop import CachingCompiler
from IPython.core.inputtransformer2 import TransformerManager

# What IPython's compiler begins with; a notebook that imports from __future__ changes it.
_FLAGS = CachingCompiler().flags
# How the names of all cells begin.
CELLS = "/tmp/ipykernel/"
_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class _Statement(NamedTuple):
    """One statement of a familiar cell, compiled; the node is kept so that no other gets its identity."""

    node: ast.stmt
    name: str
    mode: str
    flags: int
    code: CodeType


class Transformer(TransformerManager):
    """Finds IPython's own syntax; in a cell that is plain Python there is none, which parsing tells sooner."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._usual = self._steps()
        self._familiar: dict[str, str] = {}
        self._last = ("", "")
        self.trees: dict[str, ast.Module] = {}

    def transform_cell(self, cell: str) -> str:
        """Transform one cell."""
        if self._steps() != self._usual:
            return str(super().transform_cell(cell))
        if cell in self._familiar:
            return self._familiar[cell]
        if cell != self._last[0]:
            self._last = (cell, str(super().transform_cell(cell)))
        return self._last[1]

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """Transform what cannot be found line by line."""
        text = "".join(lines)
        # Other ends of lines than this one are seen differently by those who read texts and those who read tokens.
        if self._steps() == self._usual and text.count("\n") == len(lines) and "\r" not in text and self._parses(text):
            return lines
        transformed: list[str] = super().do_token_transforms(lines)  # type: ignore[no-untyped-call]
        return transformed

    def remember(self, cell: str) -> str:
        """Make a cell familiar."""
        self._familiar[cell] = transformed = self.transform_cell(cell)
        return transformed

    def _parses(self, text: str) -> bool:
        self.trees.clear()
        with _shown_warnings() as shown:
            try:
                self.trees[text] = compile(text, "<cell>", "exec", _FLAGS | ast.PyCF_ONLY_AST, True)
            except Exception:
                return False
        if shown:
            self.trees.clear()  # who reads it next has to say so
        return not shown

    def _steps(self) -> list[list[Any]]:
        return [[*steps] for steps in (self.cleanup_transforms, self.line_transforms, self.token_transformers)]


class Compiler(CachingCompiler):
    """Compiles cells; statements of familiar ones are compiled already."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._trees: dict[tuple[str, str], ast.Module] = {}
        self._statements: dict[int, _Statement] = {}
        self._awaiting: dict[str, bool] = {}
        self._last = ("", False)
        self.shell: Any = None

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.AST:
        """Parse a cell. A tree is handed out once, and only where nobody changes its parts."""
        if self.shell is not None and not self.shell.ast_transformers and self.flags == _FLAGS and symbol == "exec":
            parsed = self.shell.input_transformer_manager.trees
            tree: ast.Module | None = self._trees.pop((source, filename), None) or parsed.pop(source, None)
            if tree is not None:
                return tree
        return super().ast_parse(source, filename, symbol)

    def __call__(self, source: Any, filename: str, symbol: str, **options: Any) -> CodeType:
        """Compile one statement."""
        if type(source) in (ast.Module, ast.Interactive) and len(source.body) == 1:
            known = self._statements.get(id(source.body[0]))
            if known is not None and known[1:4] == (filename, symbol, self.flags):
                return known.code
        code: CodeType = super().__call__(source, filename, symbol, **options)
        return code

    def awaits(self, cell: str, find: Callable[[], bool]) -> bool:
        """Whether a cell awaits something outside of a function."""
        if cell in self._awaiting:
            return self._awaiting[cell]
        if cell != self._last[0]:
            with _shown_warnings(forward=True) as shown:
                found = find()
            if shown:
                return found  # it has to be asked again, for a kernel warns twice too
            self._last = (cell, found)
        return self._last[1]

    def remember(self, cell: str, name: str) -> None:
        """Make a transformed cell familiar, unless something is the matter with it."""
        flags = _FLAGS | _AWAIT
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                tree = compile(cell, name, "exec", _FLAGS | ast.PyCF_ONLY_AST, True)
                whole = compile(cell, name, "exec", flags, True)
                modes = ["exec"] * len(tree.body)
                if modes and isinstance(tree.body[-1], ast.Expr):
                    modes[-1] = "single"
                statements = [
                    self._compiled(node, name, mode, flags) for node, mode in zip(tree.body, modes, strict=True)
                ]
            except (SyntaxError, ValueError):
                return
        if told or "__future__" in cell:
            return
        self._trees[cell, name] = tree
        self._awaiting[cell] = bool(whole.co_flags & inspect.CO_COROUTINE)
        self._statements.update({id(statement.node): statement for statement in statements})

    @staticmethod
    def _compiled(node: ast.stmt, name: str, mode: str, flags: int) -> _Statement:
        module = ast.Module([node], []) if mode == "exec" else ast.Interactive([node])
        return _Statement(node, name, mode, flags, compile(module, name, mode, flags, True))


_files: dict[bytes, CodeType] = {}
_usual_source_to_code = importlib.machinery.SourceFileLoader.source_to_code


def remember_file(text: bytes) -> None:
    """Make a module's file familiar, wherever it will lie."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            code = compile(text, "<file>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return
    if not told:
        _files[text] = code
        importlib.machinery.SourceFileLoader.source_to_code = _source_to_code  # type: ignore[method-assign]


def _source_to_code(self: Any, data: Any, path: Any, **options: Any) -> Any:
    """As the import system compiles a file; code is handed out once, since its name is written into it."""
    code = _files.pop(data, None) if type(data) is bytes else None
    if code is None:
        return _usual_source_to_code(self, data, path, **options)
    vars(_imp)["_fix_co_filename"](code, path)
    return code


_usual_getmodule = inspect.getmodule


def find_modules_quickly() -> None:
    """Say at once that a cell belongs to no module; Python looks through all modules for every frame of a traceback."""
    inspect.getmodule = _getmodule


def _getmodule(object: Any, _filename: str | None = None) -> Any:
    frame = object.tb_frame if isinstance(object, TracebackType) else object
    code = frame.f_code if isinstance(frame, FrameType) else frame
    if isinstance(code, CodeType) and code.co_filename.startswith(CELLS):
        return None
    return _usual_getmodule(object, _filename)


@contextmanager
def _shown_warnings(forward: bool = False) -> Iterator[list[Any]]:
    """Notice what is warned of; changing the filters would let warnings of a notebook appear that it has had."""
    shown: list[Any] = []
    before = vars(warnings)["_showwarnmsg"]

    def show(message: Any) -> None:
        shown.append(message)
        if forward:
            before(message)

    vars(warnings)["_showwarnmsg"] = show
    try:
        yield shown
    finally:
        vars(warnings)["_showwarnmsg"] = before
