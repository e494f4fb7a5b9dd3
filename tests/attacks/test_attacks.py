"""Nobody in the corpus gains, steals or harms."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from battle import Evidence
from class_of_attackers import WRONG, is_honest
from corpus import FAMILIES, Attack, load
from exam import POINTS, SECRETS
from verdict import judge, unexplained

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="boxes confine on Linux")


@pytest.fixture(scope="module")
def seen(evidence_of: Callable[[str], Evidence]) -> Callable[[str], Evidence]:
    """Evidence by family, read once."""
    return lru_cache(evidence_of)


@pytest.mark.parametrize("attack", load(), ids=str)
def test_attack_achieves_nothing(seen: Callable[[str], Evidence], layers: set[str], attack: Attack) -> None:
    if attack.needs and attack.needs not in layers:
        pytest.skip(f"gets through where a machine does not offer the layer {attack.needs}")
    evidence = seen(attack.family)
    verdict = judge(evidence, attack)
    assert not any((verdict.gain, verdict.steal, verdict.harm)), f"{attack.aim}\n{verdict}"
    score = evidence.turns[-1]["grades"][evidence.student_of(attack)]["test_law"][0]
    assert score == attack.deserves, "an honest answer keeps its points"


@pytest.mark.parametrize("family", FAMILIES)
def test_class_is_graded_at_one_go(seen: Callable[[str], Evidence], family: str) -> None:
    """One command, which ends well, grades everybody, leaves nothing running, and nothing happens without an author."""
    evidence = seen(family)
    assert [command["code"] for command in evidence.commands] == [0], evidence.commands[0]["log"][-3000:]
    assert unexplained(evidence) == []
    assert evidence.turns[-1]["temporary"] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_honest_students_are_graded_as_ever(seen: Callable[[str], Evidence], family: str) -> None:
    evidence = seen(family)
    grades: dict[str, Any] = evidence.turns[-1]["grades"]
    honest = [name for name in grades if is_honest(name)]
    assert len(honest) > len(load(family)) / 4
    for student in honest:
        assert {name: grades[student][f"test_{name}"][0] for name in POINTS} == POINTS, student
    assert grades[WRONG]["test_law"][0] == 0.0


@pytest.mark.parametrize("family", FAMILIES)
def test_whoever_is_merely_wrong_reads_no_secret(seen: Callable[[str], Evidence], family: str) -> None:
    assert not [kind for kind, secret in SECRETS.items() if secret in seen(family).texts[WRONG]]
