"""Hostile submissions against ``nbgrader autograde``: nobody gains, steals or harms.

Each file in ``forging``, ``stealing``, ``harming``, ``reaching``, ``corrupting`` and ``lying`` is one submission
(``corpus.py`` says how it is written). For each of these families a course is made (``exam.py``, ``arena.py``),
everybody hands in, with honest neighbors in between (``class_of_attackers.py``), and one real command grades the class
(``battle.py``), watched from outside (``runner.py``, ``posts.py``) and noting the state of everything before each
student (``checkpoint.py``). Then each attack is judged by the same checks (``verdict.py``): it gains if it has more
points than it deserves; it steals if a secret stands in what its author is given to read; it harms if anything else
changed, was left, was heard, or was lost by anybody. ``test_checks_can_fail.py`` shows that each of these checks fails
where it must.

``python tests/attacks/compare.py`` sends the same corpus against stock nbgrader too.
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import exam
import pytest
from arena import Arena, make_course
from battle import Evidence, fight
from corpus import load

from autograder.box.session import Session
from autograder.box.template import Template


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once for all workers of pytest-xdist, whichever is first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], None]) -> Path:
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / f"{name}.done").exists():
                make(shared / name)
                (shared / f"{name}.done").touch()
        return shared / name

    return made


@pytest.fixture(scope="session")
def layers() -> set[str]:
    """The layers of confinement that this machine offers."""
    with Template(trusting=True, libraries=exam.LIBRARIES) as fast, Session(fast, ["1"]) as session:
        session.run_cells()
        return set(fast.layers)


@pytest.fixture(scope="session")
def evidence_of(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Callable[[str], Evidence]:
    """What was seen of one family, whose class is graded when the first test asks."""

    def evidence(family: str) -> Evidence:
        def make(folder: Path) -> None:
            made = made_once("attacked-course", lambda root: make_course(Arena(root)))
            seen = fight(folder, made, load(family), step=3, feedback=family == "stealing")
            (folder / "evidence.json").write_text(json.dumps(asdict(seen)))

        return Evidence(**json.loads((made_once(f"attacks-{family}", make) / "evidence.json").read_text()))

    return evidence
