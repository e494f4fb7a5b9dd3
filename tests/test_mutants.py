"""Mutants: every rule makes the mistake that it is for, each once, and nothing that is no Python."""

import ast

import pytest

from autograder.authoring.mutants import mutants
from autograder.authoring.restyled import swapped_operands


def texts(source: str) -> set[str]:
    """What the mutants of a function say in its last line."""
    return {mutant.source.splitlines()[-1].strip() for mutant in mutants(source) if "unchanged" not in mutant.source}


@pytest.mark.parametrize(
    ("line", "mutated"),
    [
        ("return a + b", "return a - b"),
        ("return a + b", "return b"),
        ("return a * b", "return a / b"),
        ("return a * b", "return a"),
        ("return a / b", "return b / a"),
        ("return a - b", "return b - a"),
        ("return a ** 2", "return a * 2"),
        ("return a ** 2", "return a ** 1"),
        ("return -a", "return a"),
        ("return 0.5 * a", "return 1 * a"),
        ("return 0.5 * a", "return -0.5 * a"),
        ("return 0.5 * a", "return 0.505 * a"),
        ("return a", "return b"),
        ("return (a, b)", "return (b, a)"),
        ("return f(a, b)", "return f(b, a)"),
        ("return np.log1p(a)", "return np.log(a)"),
        ("return np.exp(a)", "return a"),
        ("return np.clip(a, 0, 1)", "return a"),
        ("return a.clamp(0, 1)", "return a"),
        ("return a.sum(axis=0)", "return a.mean(axis=0)"),
        ("return a.sum(axis=0)", "return a.sum(axis=None)"),
        ("return a.sum(axis=0)", "return a.sum()"),
        ("return a.sum(axis=0)", "return a.sum(axis=1)"),
        ("return np.array(a, dtype=float)", "return np.array(a, dtype=int)"),
        ("return f(a, keepdims=True)", "return f(a, keepdims=False)"),
        ("return a if b > 0 else -a", "return a if b >= 0 else -a"),
        ("return a if b > 0 else -a", "return a"),
        ("return a if b > 0 else -a", "return -a"),
        ("return a and b", "return a or b"),
        ("return not a", "return a"),
        ("return a[0]", "return a[1]"),
        ("return a.T", "return a"),
    ],
)
def test_each_rule_makes_its_mistake(line: str, mutated: str) -> None:
    assert mutated in texts(f"def f(a, b):\n    {line}\n")


def test_a_refusal_is_left_out_and_turned_around() -> None:
    found = {m.source for m in mutants("def f(a):\n    if a < 0:\n        raise ValueError('no')\n    return a\n")}
    assert "def f(a):\n    return a" in found
    assert "def f(a):\n    if a <= 0:\n        raise ValueError('no')\n    return a" in found
    assert "def f(a):\n    if not a < 0:\n        raise ValueError('no')\n    return a" in found


def test_arguments_are_changed_in_place_when_all_is_done() -> None:
    import numpy as np

    source = "def f(a, b=2):\n    return a * b\n"
    found = [mutant for mutant in mutants(source) if mutant.rule.startswith("changed in place")]
    assert [mutant.difference for mutant in found] == [f"+ {mutant.rule}" for mutant in found]
    assert {mutant.rule.split()[-1] for mutant in found} == {"a", "b"}
    names: dict[str, object] = {}
    exec(found[0].source, names)
    argument = np.arange(3.0)
    result = names["f"](argument)  # type: ignore[operator]
    assert result.tolist() == [0.0, 2.0, 4.0]
    assert argument.tolist() == [1.0, 2.0, 3.0]


def test_mutants_are_different_python_and_leave_the_docstring_alone() -> None:
    source = 'def f(a, b):\n    """Give 1 + 2."""\n    c = a + 1\n    return [c * b for b in range(3)]\n'
    found = mutants(source)
    assert len({mutant.source for mutant in found}) == len(found) > 10
    for mutant in found:
        assert ast.parse(mutant.source).body[0].name == "f"  # type: ignore[attr-defined]
        assert mutant.difference


def test_swapped_operands_compute_the_same() -> None:
    source = "def f(a, b):\n    return (a + 2 * b > b * a, 'x' + 'y', [1] * 2, a - b)\n"
    swapped = swapped_operands(source)
    assert "b * 2 + a" in swapped
    assert "a * b < b * 2 + a" in swapped
    assert "'x' + 'y'" in swapped
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    exec(source, before)
    exec(swapped, after)
    assert before["f"](3, 4) == after["f"](3, 4)  # type: ignore[operator]
