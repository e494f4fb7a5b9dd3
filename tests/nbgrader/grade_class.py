"""The class of ``fault_class``, graded by ``autograder grade``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fault_class import Broken, Graded

NOTE, CLOSE = "autograder.gradebook.progress:Note.write", "autograder.gradebook.progress:Note.close"
FSYNC, RENAME, COMMIT = "os:fsync", "pathlib:Path.rename", "sqlalchemy.orm.session:Session.commit"
INSERT, UPDATE = (f"autograder.gradebook.batch.ledger:Ledger.{name}" for name in ("_insert", "_update"))
CLEAN = "autograder.gradebook.intake:Submission.clean"
GRADE, END = (f"autograder.gradebook.batch.crew:LocalCrew.{name}" for name in ("grade", "close"))
STAGE, PUT = (f"autograder.gradebook.batch.coordinator:Coordinator.{name}" for name in ("_stage", "_put"))
REMOVE = "autograder.gradebook.batch.files:rmtree"
# What a command does, in some hundred steps.
STEPS = (NOTE, CLEAN, GRADE, STAGE, FSYNC, INSERT, UPDATE, COMMIT, PUT, RENAME, REMOVE, CLOSE, END)


class GradedAtOnce(Graded):
    """A class that is graded by ours in spite of everything."""

    command = ("autograder", "grade", "toy")
    # Of a box, of the files beside its notebook, and of the sockets between processes.
    left_by_a_kill = 3

    @contextmanager
    def broken_grader(self, code: str) -> Iterator[None]:
        """Let one hidden grader do something else before it looks."""
        path = self.toy.root / "solutions" / "toy" / "test_area.py"
        text = path.read_text()
        path.write_text(
            text.replace("    assert_close(student.area(3.0,", f"    {code}\n    assert_close(student.area(3.0,")
        )
        yield
        path.write_text(text)

    def named(self, ended: Broken) -> list[str]:
        """Whom the summary names as ungraded, or as not graded."""
        named = [line.split(": ")[1] for line in ended.lines("Ungraded, old scores kept: ")]
        for line in ended.lines("Not graded: "):
            named += line.partition(": ")[2].split(", ")
        assert len(named) == len(set(named)), ended.log
        return sorted(named)

    def autograde(self, fault: dict[str, Any] | None = None, *arguments: str, killed: bool = False) -> Broken:
        """Run the command, and hold what must hold after it."""
        ended = super().autograde(fault, *arguments, killed=killed)
        assert "Traceback" not in ended.log, ended.log
        if not killed:
            assert [path.name for path in self.hidden() if path.suffix != ".unfinished"] == []
        return ended

    def again(self) -> None:
        """Run the same command with nothing broken: everybody is graded rightly, and nothing is left of the fault."""
        super().again()
        assert self.hidden() == []
        assert list(self._temporary.iterdir()) == []

    def hidden(self) -> list[Path]:
        """What lies beside the folders in ``autograded``."""
        return sorted((self.toy.root / "autograded").glob("*/.*"))
