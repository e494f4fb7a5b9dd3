"""A class in whose grading something breaks, and what must hold of it afterwards, whatever that was."""

import errno
import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from toy_class import Class, Commands, Ended
from toy_course import NOTEBOOK_OF, POINTS

from autograder.course.notebooks import grade_id

Scores = dict[str, dict[str, float | None]]

SQUARES = "def double(x):\n    return np.asarray(x, dtype=float) ** 2"
NUMBERS_ONLY = "def double(x):\n    return 2 * float(x)"
UNDIVIDED = "def average(x):\n    return 0 / len(x) + sum(x)"
OF_SOMETHING = "def average(x):\n    return sum(x) / max(len(x), 1)"
PERIMETER = "def area(width, height):\n    return 2 * (width + height)"
SQUARE_ONLY = "def area(width, height):\n    return width * width"

# What everybody handed in first and later, and what that earns; no two scores of a class are alike.
FIRST: dict[str, dict[str, str]] = {
    "ada": {},
    "bob": {"double": SQUARES, "area": SQUARE_ONLY},
    "carl": {"average": OF_SOMETHING, "choice": 'choice = "A"'},
}
FIRST_SCORES: Scores = {
    "ada": {**POINTS},
    "bob": {**POINTS, "double": 0.0, "area": 1.0},
    "carl": {**POINTS, "average": 1.0, "choice": 0.0},
}
SECOND: dict[str, dict[str, str]] = {
    "ada": {"double": NUMBERS_ONLY, "average": OF_SOMETHING, "area": PERIMETER, "choice": 'choice = "C"'},
    "bob": {"average": UNDIVIDED},
    "carl": {"double": SQUARES, "area": SQUARE_ONLY},
}
SECOND_SCORES: Scores = {
    "ada": {"double": 2.0, "average": 1.0, "area": 0.0, "choice": 0.0},
    "bob": {**POINTS, "average": 1.0},
    "carl": {**POINTS, "double": 0.0, "area": 1.0},
}
UNGRADED: Scores = {student: dict.fromkeys(POINTS) for student in FIRST}
# What a person gave carl for the question in words.
BY_HAND = 1.5


@dataclass
class Broken(Ended):
    """How a command ended in which something broke.

    Attributes:
        survivors: the command lines of processes that outlived it.
        steps: the names of the steps that it took.
        output: what it wrote to standard output.
    """

    survivors: list[str]
    steps: list[str]
    output: str


class FaultyCommands(Commands):
    """Runs commands in which something breaks."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._faulty: subprocess.Popen[str] | None = None

    def broken(self, folder: Path, temporary: Path, fault: dict[str, Any], program: str, *arguments: str) -> Broken:
        """Run one command with a fault; its temporary files go into a folder of their own."""
        if self._faulty is None:
            server = Path(__file__).with_name("fault_server.py")
            self._faulty = subprocess.Popen(
                [sys.executable, str(server)],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._faulty.stdin is not None
        assert self._faulty.stdout is not None
        output, errors, steps = (temporary.parent / f"{name}.log" for name in ("output", "errors", "steps"))
        steps.touch()
        request = {
            "program": program,
            "arguments": arguments,
            "folder": str(folder),
            "log": str(output),
            "errors": str(errors),
            "environment": {"TMPDIR": str(temporary)},
            "fault": fault,
            "steps": str(steps),
        }
        self._faulty.stdin.write(json.dumps(request) + "\n")
        self._faulty.stdin.flush()
        told = json.loads(self._faulty.stdout.readline())
        said, complained = (path.read_text(encoding="utf-8", errors="replace") for path in (output, errors))
        return Broken(told["code"], said + complained, told["survivors"], steps.read_text().splitlines(), said)

    def close(self) -> None:
        """End the processes."""
        super().close()
        if self._faulty is not None:
            self._faulty.communicate()


class Graded:
    """A class that is graded in spite of everything.

    Args:
        toy: the class.
        commands: what runs nbgrader.
        temporary: an empty folder for its temporary files.
        old: the scores before.
        new: the scores that are right.
    """

    command: tuple[str, ...] = ("nbgrader", "autograde", "toy")
    # How many temporary folders one that is killed may leave.
    left_by_a_kill = 1

    def __init__(self, toy: Class, commands: FaultyCommands, temporary: Path, old: Scores, new: Scores) -> None:
        self.toy = toy
        self.old = old
        self.new = new
        self._commands = commands
        self._temporary = temporary
        self._kills = 0

    def autograde(self, fault: dict[str, Any] | None = None, *arguments: str, killed: bool = False) -> Broken:
        """Run the command, and hold what must hold after it.

        Args:
            fault: what breaks.
            arguments: more of the command line.
            killed: whether it ended without a chance to say anything.
        """
        ended = self._commands.broken(self.toy.root, self._temporary, fault or {}, *self.command, *arguments)
        assert ended.survivors == [], ended.survivors
        self._kills += killed
        left = sorted(path.name for path in self._temporary.iterdir())
        assert len(left) <= self._kills * self.left_by_a_kill, left
        invented, doubled = self._invented(), self._doubled()
        assert invented == {}, f"{invented}\n{ended.log}"
        assert doubled == [], doubled
        self._look_into_notebooks()
        if self.old is not UNGRADED:
            assert self._by_hand() == BY_HAND
        missing = [student for student in self.new if student in self.unfinished()]
        if killed:
            return ended
        if ended.code == 0:
            assert missing == [], f"ended well without having graded {missing}: {ended.log}"
            assert self.toy.all_scores() == self.new, self.toy.all_scores()
        else:
            assert self.named(ended) == missing, ended.log
        return ended

    def named(self, ended: Broken) -> list[str]:
        """Whom the command names as not graded."""
        (line,) = ended.lines("Not graded: ")
        names = line.partition("Not graded: ")[2].partition(".")[0]
        return [name.strip("' ") for name in names.split(",")]

    def again(self) -> None:
        """Run the same command with nothing broken: everybody is graded rightly."""
        ended = self.autograde()
        assert ended.code == 0, ended.log
        assert {path.name for path in (self.toy.root / "autograded").glob("*/*")} == {"toy"}, "no notes stay"
        with self.toy.gradebook() as gradebook:
            grades = [g for s in gradebook.assignment_submissions("toy") for n in s.notebooks for g in n.grades]
            assert {grade.name for grade in grades if grade.needs_manual_grade} <= {"explain"}

    def unfinished(self) -> list[str]:
        """Who has no whole autograded folder."""
        folders = {student: self.toy.root / "autograded" / student / "toy" for student in self.new}
        return [
            student
            for student, folder in folders.items()
            if not folder.is_dir() or self._note(student).exists() or self._is_old(folder, student)
        ]

    def _note(self, student: str) -> Path:
        return self.toy.root / "autograded" / student / ".toy.unfinished"

    def _is_old(self, folder: Path, student: str) -> bool:
        """Whether a folder is that of what was handed in before."""
        handed_in = self.toy.root / "submitted" / student / "toy" / "timestamp.txt"
        graded = folder / "timestamp.txt"
        return handed_in.exists() and not (graded.exists() and graded.read_text() == handed_in.read_text())

    def _invented(self) -> Scores:
        """Scores that are neither the old nor the new ones."""
        return {
            student: wrong
            for student, scores in self.toy.all_scores().items()
            if (wrong := {p: s for p, s in scores.items() if s not in (self.old[student][p], self.new[student][p])})
        }

    def _doubled(self) -> list[Any]:
        """Submissions and grades that the gradebook holds twice."""
        with sqlite3.connect(self.toy.root / "gradebook.db") as connection:
            rows = connection.execute("SELECT notebook_id, cell_id FROM grade").fetchall()
            rows += connection.execute("SELECT student_id, assignment_id FROM submitted_assignment").fetchall()
        connection.close()
        return [row for row, times in Counter(rows).items() if times > 1]

    def _look_into_notebooks(self) -> None:
        """Hold that each notebook is whole, if nothing says that it is not, and holds every cell once."""
        for path in (self.toy.root / "autograded").glob("*/toy/*.ipynb"):
            if self._note(path.parent.parent.name).exists():
                continue
            names = [name for cell in nbformat.read(path, as_version=4).cells if (name := grade_id(cell))]
            assert len(names) == len(set(names))
            assert {f"test_{p}" for p, notebook in NOTEBOOK_OF.items() if notebook == path.stem} <= set(names)

    def _by_hand(self) -> float | None:
        with self.toy.gradebook() as gradebook:
            return gradebook.find_grade("explain", "one", "toy", "carl").manual_score


def kill(whom: str, *at: str, number: int = 1, times: int = 1, by: int = signal.SIGKILL) -> dict[str, Any]:
    """Kill a process before a function is called for the so-manieth time."""
    return {"at": at, "number": number, "times": times, "do": "kill", "whom": whom, "signal": int(by)}


def fail(at: str, number: int, error: int = errno.ENOSPC) -> dict[str, Any]:
    """Let a call of a function fail as the system would let it fail."""
    return {"at": [at], "number": number, "do": "fail", "errno": error}
