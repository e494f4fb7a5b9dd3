"""What students must never get: lines of solutions and hidden graders, the mistakes that are known.

A secret is compared by its words and signs, so that neither white space nor line breaks nor the kind of quotation marks
hide it. No secret is what students are given anyway: stubs, helper files, and what the lesson itself shows in passing.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.render import BEGIN, END
from autograder.course.layout import Assignment
from autograder.course.notebooks import read_notebook
from autograder.grading.catalogue import Problem
from autograder.grading.cells import signature_and_body

_TOKEN = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?|\w+|[^\w\s#]")
_REGION = re.compile(rf"{BEGIN}(.*?){END}|### BEGIN HIDDEN TESTS(.*?)### END HIDDEN TESTS", re.DOTALL)
_SCHEME = re.compile(r"### BEGIN MARK SCHEME(.*?)### END MARK SCHEME", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.:;!?])\s+|\n\s*\n|### (?:BEGIN|END) MARK SCHEME")
# Words that any two programs share: they tell nothing of what a line is about.
_GENERIC = frozenset(
    """and arange as array asarray assert axis def default_rng dtype else false float for from if import in int is
    isinstance lambda len list mean none not np numpy or ones pass pytest raise random range reshape return rng seed
    self shape size student sum torch true tuple valueerror while with zeros 0.0 1.0 2.0 0.5""".split()  # noqa: SIM905
)


class Words:
    """The words, numbers and signs of a text; finding some of them in a row is quick."""

    def __init__(self, text: str) -> None:
        self.tokens = tuple(_TOKEN.findall(text.casefold().replace("'", '"')))
        self._row = f" {' '.join(self.tokens)} "
        self._threes = frozenset(zip(self.tokens, self.tokens[1:], self.tokens[2:], strict=False))

    def __contains__(self, part: object) -> bool:
        return isinstance(part, Words) and bool(part.tokens) and part._threes <= self._threes and part._row in self._row


@dataclass(frozen=True)
class Secret:
    """Something that must not be found.

    Attributes:
        what: what it is, for a sentence.
        text: as it stands in its file.
        forms: the words of each form in which it may be found.
    """

    what: str
    text: str
    forms: tuple[Words, ...]

    @classmethod
    def of(cls, what: str, text: str, *others: str) -> "Secret":
        """A secret, with other forms of it."""
        return cls(what, " ".join(text.split()), tuple(map(Words, (text, *others))))

    def is_in(self, said: Words) -> bool:
        """Whether it is found in a text."""
        return any(form in said for form in self.forms)


@dataclass(frozen=True)
class Group:
    """Secrets that belong together, as the lines of a function do.

    Attributes:
        secrets: in the order of their file.
        is_solution: whether one has a right answer with all of them.
    """

    secrets: tuple[Secret, ...]
    is_solution: bool = False

    def kept(self, given: Words, shown: Words) -> list[Secret]:
        """Those that are secret indeed.

        Args:
            given: what is given to all.
            shown: the lesson. A line of a solution may occur there, the whole of it may not.
        """
        secret = [one for one in self.secrets if not one.is_in(given)]
        if self.is_solution and all(one.is_in(shown) for one in secret):
            return secret
        return [one for one in secret if not one.is_in(shown)]


def secrets_of(assignment: Assignment, problems: Mapping[str, Problem]) -> list[Secret]:
    """Gather what the students of an assignment must not get.

    Args:
        assignment: the assignment; its source notebooks are read where they exist.
        problems: its problems.
    """
    sources = {path: read_notebook(path) for path in sorted(assignment.source.glob("*.ipynb"))}
    given = Words("\n".join(_given(assignment, problems)))
    shown = Words("\n".join(text for notebook in sources.values() for text in _shown(notebook)))
    groups = [*_of_room(assignment, problems), *_of_sources(sources)]
    kept = [secret for group in groups for secret in group.kept(given, shown)]
    return list({secret.forms[0].tokens: secret for secret in reversed(kept)}.values())


def _given(assignment: Assignment, problems: Mapping[str, Problem]) -> Iterator[str]:
    """What students are given on purpose: stubs, questions with their options, helper files."""
    for problem in problems.values():
        if problem.question:
            yield problem.question.text
            yield from (option.text for _, option in problem.question.options)
        elif not problem.is_value:
            yield signature_and_body(problem.reference)[0]
    for path in assignment.companions:
        yield path.read_text(encoding="utf-8", errors="replace")


def _shown(notebook: NotebookNode) -> Iterator[str]:
    """What nbgrader leaves of a source notebook."""
    for cell in notebook.cells:
        said = cell.metadata.get("nbgrader", {})
        if not (said.get("solution") and said.get("grade")):
            yield _SCHEME.sub("", _REGION.sub("", cell.source))


def _of_room(assignment: Assignment, problems: Mapping[str, Problem]) -> Iterator[Group]:
    """What the secret room holds on the problems."""
    for problem in problems.values():
        for known in problem.misconceptions:
            said = {"name": known.name, "text": known.text, "hint": known.hint}
            yield Group(tuple(Secret.of(f"the {what} of a misconception", text) for what, text in said.items()))
        if not problem.question:
            right = {problem.name, *(function.__name__ for function in problem.alternatives)}
            for text in {problem.path.read_text(encoding="utf-8"), problem.text}:
                yield from _of_module(text, problem.path.name, right)
    graders = {problem.grader for problem in problems.values()}
    for path in sorted({*graders, *assignment.solutions.glob("_*.py"), *assignment.solutions.glob("conftest.py")}):
        yield from _of_module(path.read_text(encoding="utf-8"), path.name)


def _of_module(text: str, name: str, right: Iterable[str] = ()) -> Iterator[Group]:
    """Lines of a module that tell something, by function, and its numbers that have a name."""
    tree, lines, end = ast.parse(text), text.splitlines(), 0
    public = {line for node in ast.walk(tree) for line in _public_lines(node)}
    for node in tree.body:
        begin, end = end, node.end_lineno or node.lineno
        own = [lines[number - 1] for number in range(begin + 1, end + 1) if number not in public]
        is_solution = isinstance(node, ast.FunctionDef) and node.name in right
        yield Group(tuple(_telling(own, f"a line of {name}")), is_solution)
        if isinstance(node, ast.Assign) and re.fullmatch(r"-?\d[\d.e_+-]*", ast.unparse(node.value)):
            yield Group((Secret.of(f"a number of {name}", ast.get_source_segment(text, node) or ""),))


def _public_lines(node: ast.AST) -> Iterator[int]:
    """The lines of imports, of docstrings and of what is said of misconceptions, which is looked for by itself."""
    nodes: list[ast.stmt | ast.expr] = []
    if isinstance(node, ast.Import | ast.ImportFrom):
        nodes = [node]
    if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
        nodes = [node.body[0]]
    if isinstance(node, ast.FunctionDef):
        nodes += [mark for mark in node.decorator_list if ast.unparse(mark).startswith("misconception(")]
    for part in nodes:
        yield from range(part.lineno, (part.end_lineno or part.lineno) + 1)


def _of_sources(sources: Mapping[Path, NotebookNode]) -> Iterator[Group]:
    """What nbgrader takes out of source notebooks: regions of solutions, model answers and mark schemes."""
    for path, notebook in sources.items():
        for cell in notebook.cells:
            said = cell.metadata.get("nbgrader", {})
            for region in _REGION.finditer(cell.source):
                body = (region[1] or region[2] or "").splitlines()
                yield Group(tuple(_telling(body, f"a line of a solution in {path.name}")), is_solution=True)
            manual = said.get("solution") and said.get("grade") and cell.cell_type == "markdown"
            answers = [cell.source] if manual else [found[1] for found in _SCHEME.finditer(cell.source)]
            for sentence in (part for answer in answers for part in _SENTENCE_END.split(answer)):
                secret = Secret.of(f"a sentence of a model answer in {path.name}", sentence)
                yield Group((secret,) if len(secret.forms[0].tokens) >= 7 else ())


def _telling(lines: Iterable[str], what: str) -> Iterator[Secret]:
    """Those lines of a program that hardly anybody would write who does not know them."""
    for line in lines:
        value = re.sub(r"^\s*(?:return\b|[\w., \[\]\"']+ [-+*/]?= )", "", line)
        forms = [form for form in dict.fromkeys([line, value]) if _is_telling(Words(form).tokens)]
        if forms:
            yield Secret.of(what, *forms)


def _is_telling(tokens: tuple[str, ...]) -> bool:
    own = {token for token in tokens if token.isalpha() or (token[0].isalnum() and len(token) > 1)} - _GENERIC
    returns = tokens[:1] == ("return",) and len(own) >= 2 and len(tokens) >= 5
    return returns or (len(own) >= 3 and len(tokens) >= 8)
