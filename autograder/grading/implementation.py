"""Whom a hidden grader asks: a student's notebook in a box, or functions of the secret room, in the same words."""

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Protocol

from autograder.box import wire
from autograder.box.values import size_of
from autograder.course.errors import GraderError, StudentFault, StudentRaised, StudentUndefined
from autograder.grading.catalogue import value_of

# What was asked and what came of it, in order: the raw material of a diagnosis.
Transcript = list[tuple[str, Any]]
# Bytes of a reply that are kept for a diagnosis; no reference gives nearly as much.
MAX_KEPT = 1 << 16


class Implementation(Protocol):
    """Something that can be asked for a function's result, for a value, or for the result of a probe."""

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function by name."""

    def value(self, name: str) -> Any:
        """Read a value by name."""

    def run(self, probe: FunctionType, args: tuple[Any, ...]) -> Any:
        """Run a self-contained function beside the notebook's own; its first parameter is the notebook."""


class Notebook:
    """The fixtures ``student`` and ``reference``: attribute access over an implementation.

    ``student.kl_gradient(mu, sigma)`` calls, ``student.value("q1")`` reads, ``student.run(probe, …)`` runs a probe.
    Everything that is asked is written down in ``transcript``.
    """

    def __init__(self, implementation: Implementation) -> None:
        self._implementation = implementation
        self.transcript: Transcript = []

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self, name)

    def value(self, name: str) -> Any:
        """Read a plain value that the notebook assigns."""
        return self._ask(lambda: self._implementation.value(name), {name})

    def run(self, probe: FunctionType, *args: Any) -> Any:
        """Run a self-contained probe where the notebook's functions live, and return its result."""
        names = {*probe.__code__.co_names, *(argument for argument in args if isinstance(argument, str))}
        return self._ask(lambda: self._implementation.run(probe, args), names)

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call one of the notebook's functions."""
        return self._ask(lambda: self._implementation.call(name, args, kwargs), {name})

    def _ask(self, question: Callable[[], Any], names: set[str]) -> Any:
        """Ask, and write down what came of it.

        Args:
            question: what to do.
            names: the names that it asks for; that another one is missing can only be a text of the student's.
        """
        try:
            reply = question()
        except StudentFault as fault:
            kind = fault.lineage[0][:100] if isinstance(fault, StudentRaised) else fault.outcome.value
            self.transcript.append(("fault", kind))
            if isinstance(fault, StudentUndefined) and fault.name not in names:
                raise StudentUndefined("a name") from None
            raise
        # All replies to all tests of a problem are kept until one of them fails.
        small = size_of(reply) <= MAX_KEPT
        self.transcript.append(("reply", reply) if small else ("a large reply", None))
        return reply


class Function:
    """One function of a notebook, as a hidden grader holds it."""

    def __init__(self, notebook: Notebook, name: str) -> None:
        self.notebook = notebook
        self.name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it with data; functions among the arguments travel as source."""
        return self.notebook.call(self.name, args, kwargs)


class LocalImplementation:
    """Functions of the secret room, asked as a box would be asked: arguments and results pass the wire's codec.

    Args:
        functions: the implementation of each name; a value problem's function stands for its value.
        variant: what value functions are given.
        trusted: whether an exception is the course's fault (a reference) or plays the student's (a misconception).
    """

    def __init__(self, functions: Mapping[str, FunctionType], variant: Any = None, trusted: bool = False) -> None:
        self.functions = functions
        self.variant = variant
        self.trusted = trusted

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call one function by name."""
        self._require(name)
        return self._guarded(getattr(_SharedNames(self.functions), name), args, kwargs)

    def value(self, name: str) -> Any:
        """Give the value that a value problem asks for."""
        self._require(name)
        return self._guarded(lambda: value_of(self.functions[name], self.variant), (), {})

    def run(self, probe: FunctionType, args: tuple[Any, ...]) -> Any:
        """Run a probe; what it replaces is replaced for this run alone."""
        notebook = _SharedNames(self.functions)
        return self._guarded(lambda *a: wire.FunctionSource.of(probe).compile()(notebook, *a), args, {})

    def _require(self, name: str) -> None:
        if name not in self.functions:
            raise StudentUndefined(name)

    def _guarded(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args, kwargs = received(wire.sendable((args, kwargs)))
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            if self.trusted:
                raise GraderError(f"the reference raised {type(error).__name__}: {error}") from error
            if isinstance(error, StudentUndefined):
                raise
            raise StudentRaised(wire.lineage(error), str(error)) from None
        return wire.loads(wire.dumps(result))


class _SharedNames:
    """Functions of several modules as if they stood in one notebook: each sees the others, and what replaces them."""

    def __init__(self, functions: Mapping[str, FunctionType]) -> None:
        scopes = {name: dict(function.__globals__) for name, function in functions.items()}
        copies = {name: _with_globals(scopes[name], function) for name, function in functions.items()}
        for scope in scopes.values():
            scope.update(copies)
        self.__dict__.update(copies, _scopes=scopes.values())

    def __getattr__(self, name: str) -> Any:
        raise StudentUndefined(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
        for scope in self.__dict__["_scopes"]:
            scope[name] = value


def _with_globals(scope: dict[str, Any], function: FunctionType) -> FunctionType:
    copy = FunctionType(function.__code__, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def received(value: Any) -> Any:
    """What arguments are on the other side: copies, tensors as tensors, functions defined anew."""
    return wire.defined(wire.loads(wire.dumps(value), trusted=True))
