"""The commands of nbgrader, and a class of the toy course, as tests hold them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import toy_course
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.authoring.submissions import fill
from autograder.course.notebooks import grade_id

Files = Mapping[str, NotebookNode | str | bytes]


@dataclass
class Ended:
    """How a command ended."""

    code: int
    log: str

    def lines(self, word: str) -> list[str]:
        """The lines of the log that hold a word."""
        return [line for line in self.log.splitlines() if word in line]


class Commands:
    """The nbgrader of a test run: one process that forks for every command."""

    def __init__(self, home: Path) -> None:
        self.environment = environment(home)
        self._server: subprocess.Popen[str] | None = None

    def __call__(self, folder: Path, *arguments: str, **environment: str) -> Ended:
        """Run one command of nbgrader in a course."""
        return self._run(folder, arguments, environment)

    def autograder(self, folder: Path, *arguments: str) -> Ended:
        """Run one command of ours in a course."""
        return self._run(folder, arguments, {}, ours=True)

    def _run(self, folder: Path, arguments: tuple[str, ...], environment: dict[str, str], ours: bool = False) -> Ended:
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("command_server.py"))],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        log = folder / "command.log"
        request = {"arguments": arguments, "folder": str(folder), "log": str(log), "environment": environment}
        request["ours"] = ours
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return Ended(int(self._server.stdout.readline()), log.read_text(encoding="utf-8", errors="replace"))

    def close(self) -> None:
        """End the process."""
        if self._server is not None:
            self._server.communicate()


def environment(home: Path) -> dict[str, str]:
    """Variables that keep whatever is configured on this machine out of a test."""
    home.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER_", "PYTEST_"))}
    own = {"HOME": str(home), "PATH": path, "TMPDIR": str(home), "COLUMNS": "200"}
    return {**inherited, **own, "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_DATA_DIR": str(home)}


@dataclass
class Class:
    """A toy course in which people hand in and are graded."""

    root: Path
    nbgrader: Commands
    release: dict[str, NotebookNode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted((self.root / "assignments" / "toy").glob("*.ipynb")):
            self.release[path.stem] = nbformat.read(path, as_version=4)

    def notebooks(self, **answers: str) -> dict[str, NotebookNode]:
        """Both notebooks with right answers, but for those that are given."""
        return {name: fill(notebook, {**toy_course.RIGHT, **answers}) for name, notebook in self.release.items()}

    def hand_in(self, student: str, files: Files | None = None, **answers: str) -> None:
        """Write a submission: both notebooks with these answers, or exactly these files."""
        folder = self.root / "submitted" / student / "toy"
        folder.mkdir(parents=True, exist_ok=True)
        if files is None:
            files = {f"{name}.ipynb": notebook for name, notebook in self.notebooks(**answers).items()}
        for name, content in files.items():
            data = nbformat.writes(content) if isinstance(content, NotebookNode) else content
            (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)

    def run(self, *arguments: str, **environment: str) -> Ended:
        """Run an nbgrader command in this course."""
        return self.nbgrader(self.root, *arguments, **environment)

    def autograde(self, *arguments: str, **environment: str) -> Ended:
        """Run ``nbgrader autograde`` on the toy assignment."""
        return self.run("autograde", "toy", *arguments, **environment)

    def gradebook(self) -> Gradebook:
        """The course's gradebook, to be used in a ``with``."""
        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}")

    def all_scores(self) -> dict[str, dict[str, float | None]]:
        """What nbgrader's scoring stored for each problem of each student."""
        scores: dict[str, dict[str, float | None]] = {}
        with self.gradebook() as gradebook:
            for submission in gradebook.assignment_submissions("toy"):
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                scores[submission.student.id] = {
                    grade.name.removeprefix("test_"): grade.auto_score for grade in grades if grade.name != "explain"
                }
        return scores

    def scores(self, student: str) -> dict[str, float | None]:
        """What nbgrader's scoring stored for each problem of one student."""
        return self.all_scores()[student]

    def autograded(self, student: str, notebook: str) -> NotebookNode | None:
        """The autograded notebook, or None where there is none."""
        path = self.root / "autograded" / student / "toy" / f"{notebook}.ipynb"
        return nbformat.read(path, as_version=4) if path.exists() else None

    def test_cell(self, student: str, problem: str) -> NotebookNode:
        """The graded cell of one problem."""
        notebook = self.autograded(student, toy_course.NOTEBOOK_OF[problem])
        assert notebook is not None
        (cell,) = [cell for cell in notebook.cells if grade_id(cell) == f"test_{problem}"]
        return cell

    def feedback(self, student: str, problem: str) -> str:
        """What the student reads below a test cell, as plain text."""
        return self.test_cell(student, problem).outputs[0]["data"]["text/plain"]
