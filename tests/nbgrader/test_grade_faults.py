"""Whatever breaks while ``autograder grade`` grades a class: no grade is lost, doubled or invented.

As in ``test_fault_injection`` and ``test_killed_commands``: something breaks at a step of the real command, what must
hold is held (see ``fault_class``), and the same command runs again.
"""

import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_class import FIRST_SCORES, SECOND_SCORES, UNGRADED, FaultyCommands, fail, kill
from grade_class import CLEAN, FSYNC, GRADE, INSERT, RENAME, STAGE, STEPS, GradedAtOnce
from test_fault_injection import has_private_mounts
from toy_class import Class

PARTS = 8
KINDS = ("new", "graded before")
# All that a class of three takes happens in the same order each time.
PREPARED = {"new": "one by one", "graded before": "all at once"}

Make = Callable[[str], GradedAtOnce]


@pytest.fixture
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a short name: in one with a long name, sockets between processes lie elsewhere."""
    return tmp_path_factory.mktemp("t")


@pytest.fixture
def a_class(handed_in: Path, handed_in_again: Path, faulty: FaultyCommands, tmp_path: Path, short: Path) -> Make:
    """Make a class of this test's own: ``a_class("new")``, or ``a_class("graded before")``."""
    return lambda kind: make_class(handed_in if kind == "new" else handed_in_again, kind, faulty, tmp_path, short)


def make_class(made: Path, kind: str, faulty: FaultyCommands, folder: Path, short: Path) -> GradedAtOnce:
    root, temporary = folder / "course", short / str(len(list(short.iterdir())))
    temporary.mkdir()
    shutil.copytree(made, root)
    old, new = (UNGRADED, FIRST_SCORES) if kind == "new" else (FIRST_SCORES, SECOND_SCORES)
    return GradedAtOnce(Class(root, faulty), faulty, temporary, old, new)


@pytest.fixture
def steps(
    made_once: Callable[..., Path], handed_in: Path, handed_in_again: Path, faulty: FaultyCommands, short: Path
) -> dict[str, list[str]]:
    """The steps of commands in which nothing breaks."""

    def make(folder: Path) -> None:
        for kind, made in zip(KINDS, (handed_in, handed_in_again), strict=True):
            (folder / kind).mkdir()
            graded = make_class(made, kind, faulty, folder / kind, short)
            ended = graded.autograde({"at": STEPS, "first": PREPARED[kind]}, "--jobs=1")
            assert ended.code == 0
            (folder / f"{kind}.steps").write_text("\n".join(ended.steps))

    folder = made_once("steps-of-grade", make)
    return {kind: (folder / f"{kind}.steps").read_text().splitlines() for kind in KINDS}


@pytest.mark.parametrize("part", range(PARTS))
def test_coordinator_is_killed(a_class: Make, steps: dict[str, list[str]], part: int) -> None:
    """The command is killed somewhere in each part of its way."""
    kind = KINDS[part % 2]
    step = int((part + random.Random(20261 + part).random()) * len(steps[kind]) / PARTS)
    graded = a_class(kind)
    fault = {**kill("judge", *STEPS, number=step + 1), "first": PREPARED[kind]}
    assert graded.autograde(fault, "--jobs=1", killed=True).code == -signal.SIGKILL
    graded.again()


def test_order_holds_when_the_machine_stops(steps: dict[str, list[str]]) -> None:
    """Files and names are on the disk before the gradebook says so, and the note goes when everything else is there.

    Whatever a machine that stops loses of what was not yet ``fsync``-ed, the note is there for as long as it is needed.
    """
    order = [name.rpartition(".")[2] for name in steps["new"]]
    ada = order[order.index("_stage") : order.index("close")]
    assert ada == ["_stage", *["os:fsync"] * 6, *["_insert", "_update"] * 5, "commit", "_put", "rename", "os:fsync"]


def test_coordinator_is_killed_between_two_names(a_class: Make) -> None:
    """The old folder has been moved away and the new one is not in its place; another command finds its way."""
    graded = a_class("graded before")
    graded.autograde(kill("judge", RENAME, number=2), "--jobs=1", killed=True)
    assert len([path for path in graded.hidden() if path.suffix == ".replaced"]) == 1
    ended = graded.toy.autograde()
    assert ended.code == 0, ended.log
    assert ended.lines("An earlier command ended")
    graded.again()


ENDS = {
    "after one": {**kill("judge", STAGE, by=signal.SIGINT), "first": "one by one"},
    "amid three": kill("judge", GRADE, number=3, by=signal.SIGTERM),
}


@pytest.mark.parametrize("end", ENDS)
def test_command_is_asked_to_end(a_class: Make, end: str) -> None:
    """What is graded is stored, who is not is named, and nothing is left: no note, no process, no folder."""
    graded = a_class("graded before")
    ended = graded.autograde(ENDS[end], "--jobs=2")
    assert ended.code == 130
    assert ended.log.splitlines()[-1] == "autograder: interrupted"
    assert graded.hidden() == []
    if end == "after one":
        assert graded.toy.scores("ada") == SECOND_SCORES["ada"]
        assert graded.unfinished() == ["bob", "carl"]
    graded.again()


FROM_WITHIN = ("worker", "template", "twin", "nanny", "student")


@pytest.mark.parametrize("whom", FROM_WITHIN)
def test_process_is_killed_while_it_grades(a_class: Make, whom: str) -> None:
    """Nobody pays for what happens to a process from without, and nobody has to run the command again."""
    graded = a_class("graded before")
    marker = graded.toy.root / "killed"
    here = str(Path(__file__).parent)
    ours = f"import sys; sys.path.insert(0, {here!r}); import faults; faults.kill_from_a_grader({whom!r}, '{marker}')"
    with graded.broken_grader(ours):
        ended = graded.autograde(None, "--jobs=1", killed=whom == "worker")
    assert ended.code == 0
    assert marker.exists()
    graded.again()


def test_idle_worker_is_killed(a_class: Make) -> None:
    """It dies while it waits for the next submission."""
    graded = a_class("new")
    fault = {**kill("worker", GRADE, number=2), "first": "one by one"}
    assert graded.autograde(fault, "--jobs=1", killed=True).code == 0
    graded.again()


GRADERS = {
    "ends the process": ("import os; student.value('choice') == 'C' and os._exit(0)", "died each time"),
    "raises": ("assert_close.nothing", "has no attribute 'nothing'"),
}


@pytest.mark.parametrize("grader", GRADERS)
def test_grader_is_broken(a_class: Make, grader: str) -> None:
    """Whoever cannot be graded is set aside and named; everybody else is graded."""
    graded = a_class("graded before")
    code, reason = GRADERS[grader]
    with graded.broken_grader(code):
        ended = graded.autograde(None, "--jobs=2", killed=grader == "ends the process")
    assert ended.code == 1
    assert all(reason in line for line in ended.lines("Ungraded, old scores kept")), ended.log
    assert graded.unfinished() == (["ada"] if "ends" in grader else ["ada", "bob", "carl"]), ended.log
    graded.again()


REFUSALS = {
    "no room for a file": fail(FSYNC, 9),
    "no name for the old folder": fail(RENAME, 1),
    "no name for the new folder": fail(RENAME, 2),
    "a submission vanishes": {"at": [CLEAN], "number": 2, "do": "vanish", "path": "submitted/bob/toy/two.ipynb"},
    "gradebook locked": {"at": [INSERT], "number": 2, "do": "lock", "first": "impatient"},
    "gradebook read-only": {"first": "read only"},
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_system_refuses(a_class: Make, fault: str) -> None:
    """What the machine refuses leaves a submission ungraded, which is named."""
    graded = a_class("graded before")
    ended = graded.autograde(REFUSALS[fault])
    assert ended.code == 1
    assert ended.lines("Ungraded, old scores kept: "), ended.log
    if (graded.toy.root / "vanished").exists():
        (graded.toy.root / "vanished").rename(graded.toy.root / "submitted" / "bob" / "toy" / "two.ipynb")
    graded.again()


def test_disk_is_full(a_class: Make) -> None:
    """A real disk, real errors."""
    if not has_private_mounts():
        pytest.skip("only root can make a small disk")
    graded = a_class("graded before")
    fault = {"do": "fill disk", "first": "small disk", "disk": ".", "at": [STAGE], "number": 2}
    assert graded.autograde(fault).code == 1
    graded.again()


OTHERS = {
    "grade beside grade": ("-m", "autograder", "grade", "toy", "--jobs=1"),
    "nbgrader beside grade": ("-m", "nbgrader", "autograde", "toy"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_two_at_once(a_class: Make, other: str) -> None:
    """A command that finds another at a submission leaves it alone, and says so; nobody is graded twice."""
    graded = a_class("graded before")
    fault = {"at": [STAGE], "number": 1, "do": "run another", "command": OTHERS[other], "first": "one by one"}
    ended = graded.autograde(fault, "--jobs=1")
    assert ended.code == 0
    assert "1 graded, 2 left alone" in ended.log
    told = (graded.toy.root / "another.log").read_text()
    assert "Another command is grading" in told
    assert graded.hidden() == []
    graded.again()
