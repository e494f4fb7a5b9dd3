"""The modules of the secret room: a reference, accepted alternatives and named misconceptions of each problem."""

import inspect
import linecache
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar, overload

from autograder.course.errors import CourseError
from autograder.course.variants import Variant
from autograder.grading.questions import QUESTION_GRADER, QUESTIONS_FILE, Question, read_questions
from autograder.grading.specialize import specialize

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
        path: the reference module.
        grader: the hidden grader's file: ``test_<stem>.py``, or the one that the module names as its ``GRADER``.
        text: what the module says in this variant.
        inputs: draws the arguments of one call from all that the statement promises, or None.
        probe: what is run with these arguments instead of a plain call, or None.
        question: the question, where this is one of the quiz.
    """

    name: str
    is_value: bool
    reference: FunctionType
    alternatives: tuple[FunctionType, ...]
    misconceptions: tuple[Misconception, ...]
    path: Path
    grader: Path
    text: str = ""
    inputs: FunctionType | None = None
    probe: FunctionType | None = None
    question: Question | None = None

    def implementations(self) -> dict[str, FunctionType]:
        """Every implementation by name: the reference first, then alternatives, then misconceptions."""
        functions = [self.reference, *self.alternatives, *(m.function for m in self.misconceptions)]
        return {function.__name__: function for function in functions}


@overload
def alternative(function: F) -> F: ...
@overload
def alternative(*, when: bool) -> Callable[[F], F]: ...
def alternative(function: F | None = None, *, when: bool = True) -> F | Callable[[F], F]:
    """Mark an implementation that is written another way and must get full marks.

    Args:
        function: what is marked.
        when: whether it is one in this variant; ``@alternative(when=variant.beta == 1)``.
    """

    def mark(function: F) -> F:
        function.__dict__["role"] = "alternative" if when else "left out"
        return function

    return mark if function is None else mark(function)


def misconception(text: str, hint: str = "", when: bool = True) -> Callable[[F], F]:
    """Mark an implementation that must lose marks and be named.

    Args:
        text: completes "It looks as if you …".
        hint: what the student is asked next.
        when: whether it is one in this variant.
    """
    if not isinstance(text, str):
        raise TypeError('a misconception says what went wrong: @misconception("…", hint="…")')

    def mark(function: F) -> F:
        function.__dict__.update(role="misconception" if when else "left out", text=text, hint=hint)
        return function

    return mark


def inputs(function: F) -> F:
    """Mark the function that draws arguments: ``inputs(rng)`` gives the tuple of one call.

    It draws from all that the statement promises, far more widely than the hidden grader, which has few inputs.
    """
    function.__dict__["role"] = "inputs"
    return function


def probe(function: F) -> F:
    """Mark the function that is run beside an implementation with drawn arguments, in place of a plain call."""
    function.__dict__["role"] = "probe"
    return function


def value(function: F) -> F:
    """Mark a reference that stands for a value: it is called with the variant, or without arguments."""
    function.__dict__["is_value"] = True
    return function


def load_problem(path: Path, variant: Variant | None = None) -> Problem:
    """Import one reference module.

    Args:
        path: ``solutions/<assignment>/<stem>.py``.
        variant: the variant that it shall speak of.

    Raises:
        CourseError: the module cannot be imported or has no reference.
    """
    text, module = _import(path, variant or Variant("base", {}))
    functions = [f for f in vars(module).values() if isinstance(f, FunctionType) and f.__module__ == module.__name__]
    reference = getattr(module, path.stem, None)
    if not isinstance(reference, FunctionType):
        raise CourseError(f"{path} defines no function {path.stem}: the reference has the name of its file")
    roles: dict[str, list[FunctionType]] = {}
    for function in functions:
        roles.setdefault(getattr(function, "role", ""), []).append(function)
    return Problem(
        name=path.stem,
        is_value=getattr(reference, "is_value", False),
        reference=reference,
        alternatives=tuple(roles.get("alternative", [])),
        misconceptions=tuple(
            Misconception(f.__name__, f.__dict__["text"], f.__dict__["hint"], f) for f in roles.get("misconception", [])
        ),
        path=path,
        grader=path.with_name(getattr(module, "GRADER", f"test_{path.stem}.py")),
        text=text,
        inputs=next(iter(roles.get("inputs", [])), None),
        probe=next(iter(roles.get("probe", [])), None),
    )


def load_problems(folder: Path, variant: Variant | None = None) -> dict[str, Problem]:
    """Import the reference modules of an assignment: those of the problems that the variant asks.

    Args:
        folder: the assignment's folder in the secret room.
        variant: whose problems; without one, of an assignment that has no variants.

    Raises:
        CourseError: there is no such folder, it holds no hidden grader, a module cannot be imported, or a reference
            and a hidden grader do not go together.
    """
    if not folder.is_dir():
        raise CourseError(f"there is no folder {folder}: hidden graders and references belong there")
    if not any(folder.glob("test_*.py")):
        raise CourseError(f"{folder} holds no hidden grader")
    variant = variant or Variant("base", {})
    problems = {stem: load_problem(folder / f"{stem}.py", variant) for stem in stems(folder) if variant.asks(stem)}
    if not problems and not variant.values.get("questions"):
        raise CourseError(f"variant {variant.name} asks none of the problems in {folder}")
    for problem in problems.values():
        if not problem.grader.is_file():
            raise CourseError(f"there is no hidden grader {problem.grader} for the reference module {problem.path}")
    for question in read_questions(folder / QUESTIONS_FILE, variant):
        problems[question.name] = _problem_of(question, folder)
    return problems


def stems(folder: Path) -> list[str]:
    """The problems of a folder of the secret room: every module that is no grader and no helper with an underscore.

    A grader whose module is missing counts too; one that several modules name as theirs needs none.
    """
    modules = [p for p in folder.glob("*.py") if not p.name.startswith(("test_", "_")) and p.stem != "conftest"]
    shared = shared_graders(folder)
    alone = {path.stem[5:] for path in folder.glob("test_*.py") if path.name not in shared}
    return sorted(alone | {module.stem for module in modules})


def shared_graders(folder: Path) -> set[str]:
    """The names of the graders in a folder that serve several problems; none where it is no secret room."""
    questions = {QUESTION_GRADER} if (folder / QUESTIONS_FILE).is_file() else set()
    return {name for module in folder.glob("*.py") if (name := _named_grader(module))} | questions


def _named_grader(module: Path) -> str:
    """The grader that a module names as the one that it shares with others, or nothing."""
    found = re.search(r'^GRADER = "(\w+\.py)"$', _text_of(module), re.MULTILINE)
    return found[1] if found else ""


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error


def _problem_of(question: Question, folder: Path) -> Problem:
    """A question as a problem: its wrong options are its misconceptions."""

    def answering(name: str, letter: str) -> FunctionType:
        def answer() -> str:
            return letter

        assert isinstance(answer, FunctionType)
        answer.__name__ = name
        return answer

    wrong = tuple(
        Misconception(name, option.mistake, option.hint, answering(name, letter))
        for letter, option in question.options
        if letter != question.right
        for name in [f"{question.name}_{letter.lower()}"]
    )
    path = folder / QUESTIONS_FILE
    reference = answering(question.name, question.right)
    return Problem(question.name, True, reference, (), wrong, path, folder / QUESTION_GRADER, question=question)


def _import(path: Path, variant: Variant) -> tuple[str, ModuleType]:
    """Import a file as it is now, under a name of its own, so that two courses in one process never meet."""
    if not path.is_file():
        raise CourseError(f"there is no reference module {path} for the hidden grader beside it")
    text = specialize(_text_of(path), variant, path)
    name = f"pathwise_solutions_{abs(hash(path.resolve().parent)):x}.{variant.name}.{path.stem}"
    # What variants change has a file name of its own, under which ``inspect`` finds the changed text.
    file = f"{path} [{variant.name}]"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(text, file, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise CourseError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return text, module


def value_of(function: FunctionType, variant: Any) -> Any:
    """Call a value function, with the variant if it takes one."""
    return function(variant) if inspect.signature(function).parameters else function()
