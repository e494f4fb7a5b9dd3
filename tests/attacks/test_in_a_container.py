"""What a root of its own held alone for a long time is held without: in a container, as root and as an ordinary user.

``python tests/situations.py container -- python -m pytest tests/attacks/test_attacks.py`` puts all of the corpus there.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from arena import Arena, make_course
from battle import Evidence, fight
from corpus import Attack, load
from verdict import judge, unexplained

SITUATIONS = Path(__file__).parent.parent / "situations.py"
USER = 54321
ONCE_OPEN = {
    "corrupting/attributes_of_files",
    "corrupting/grades_on_disk",
    "corrupting/mounts_and_settings",
    "corrupting/rights_of_files",
    "corrupting/submissions_of_others",
    "harming/priority_of_the_grader",
}
# They take their time, and it makes no difference who writes.
WRITING = {"harming/disk_at_one_stroke", "harming/disk_in_its_folder", "harming/disk_without_names"}
ATTACKS = [attack for attack in load("corrupting", "harming") if str(attack) in ONCE_OPEN | WRITING]
CLASSES = {"container": ATTACKS, "user container": [attack for attack in ATTACKS if str(attack) in ONCE_OPEN]}

pytestmark = [
    pytest.mark.skipif("sys.platform != 'linux'", reason="boxes confine on Linux"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
]


@pytest.fixture(scope="module")
def seen_in(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[Callable[[str], Evidence]]:
    """What was seen of a class that was graded in a situation."""
    # Everybody can reach it: pytest's own folders are closed to other users.
    ground = Path(tempfile.mkdtemp(prefix="attacked-"))
    ground.chmod(0o755)
    course = made_once("attacked-course", lambda root: make_course(Arena(root)))

    @cache
    def seen(situation: str) -> Evidence:
        fence = [sys.executable, str(SITUATIONS), *situation.split(), "--"]
        owner = USER if "user" in situation else 0
        place = ground / situation.replace(" ", "-")
        return fight(place, course, CLASSES[situation], 5, feedback=False, fence=fence, owner=owner)

    yield seen
    shutil.rmtree(ground)


@pytest.mark.parametrize(
    ("situation", "attack"), [pytest.param(s, a, id=f"{s}-{a}") for s, attacks in CLASSES.items() for a in attacks]
)
def test_attack_achieves_nothing_without_a_root_of_its_own(
    seen_in: Callable[[str], Evidence], situation: str, attack: Attack
) -> None:
    verdict = judge(seen_in(situation), attack)
    assert not any((verdict.gain, verdict.steal, verdict.harm)), f"{attack.aim}\n{verdict}"


@pytest.mark.parametrize("situation", CLASSES)
def test_class_is_graded_at_one_go_without_a_root_of_its_own(
    seen_in: Callable[[str], Evidence], situation: str
) -> None:
    assert {str(attack) for attack in ATTACKS} == ONCE_OPEN | WRITING
    evidence = seen_in(situation)
    assert [command["code"] for command in evidence.commands] == [0], evidence.commands[0]["log"][-3000:]
    assert unexplained(evidence) == []
