"""The corpus is well-formed: what each file says of itself is all that the harness knows of it."""

import ast
import re
from collections import Counter

import pytest
from corpus import FAMILIES, FOLDER, Attack, load
from exam import MEMORY, POINTS, SECRETS

from autograder.box.worker.confinement import NANNY_LAYERS, STUDENT_LAYERS

ATTACKS = load()
LAYERS = (*NANNY_LAYERS, *STUDENT_LAYERS)


def test_there_are_enough_of_each_family() -> None:
    assert len(ATTACKS) >= 60
    counts = Counter(attack.family for attack in ATTACKS)
    assert set(counts) == set(FAMILIES)
    assert min(counts.values()) >= 10


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(attack.name for attack in ATTACKS).items() if count > 1] == []


def test_nothing_else_lies_among_them() -> None:
    found = {path for family in FAMILIES for path in (FOLDER / family).rglob("*") if path.suffix != ".pyc"}
    files = {path for path in found if path.name != "__pycache__"}
    assert files == {FOLDER / attack.family / f"{attack.name}.py" for attack in ATTACKS}
    assert not [path for path in files if re.match(r"test_|conftest|__init__", path.name)]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_says_what_it_tries_and_what_comes_of_it(attack: Attack) -> None:
    assert attack.aim.endswith((".", ":"))
    assert attack.expected.endswith(".")
    assert attack.needs in {"", *(layer.__name__ for layer in LAYERS)}
    assert 0 <= attack.deserves <= POINTS["law"]
    if not attack.cells:
        functions = [node.name for node in ast.parse(attack.text).body if isinstance(node, ast.FunctionDef)]
        assert functions.count("hand_in") == 1
    assert not attack.deserves or "return 3.25 * np.asarray(x, dtype=float) + 17.5" in attack.cells[0]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_knows_no_secret(attack: Attack) -> None:
    assert not [kind for kind, secret in {**SECRETS, "memory": MEMORY}.items() if secret in attack.text]
    if not attack.deserves:
        assert "x + 17.5" not in attack.text.replace("3.25 x + 17.5", "")


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_signals_nobody_but_the_graders(attack: Attack) -> None:
    """Whoever kills names its victims by ``graders``, itself, or nobody outside of a namespace of its own."""
    if re.search(r"os\.kill(pg)?\(", attack.text):
        assert "graders()" in attack.text or "os.getpid()" in attack.text
    if "os.kill(-1" in attack.text:
        assert "if not outside():\n" in attack.text
