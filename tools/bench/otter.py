"""``otter run`` on notebooks that ask the same: the visible checks as Otter's tests.

Otter lives in an environment of its own, ``.bench/otter``, which finds numpy, torch and Jupyter in ``.venv``: both
grade with the same libraries, and nothing is added to ``.venv``. Each notebook is an assignment of Otter's. The checks
of a problem become one test file with the problem's points, which Otter runs behind the answer's cell, where nbgrader
has the test cell. Training and pictures are as short as they are for nbgrader.
"""

import ast
import copy
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode, from_dict, reads, writes

from autograder.course.notebooks import tested_problem
from tools.bench.classes import STUB, Student
from tools.bench.courses import ROOT, Courses

REQUIREMENT = "otter-grader==7.0.0"
LOCK = ROOT / "requirements" / "lock.txt"
LINK = "libraries-of-pathwise.pth"
# A notebook of the class that takes longer is a defect of the bench.
PATIENCE = 600


class OtterError(Exception):
    """Otter cannot be measured here; the text says why."""


@dataclass(frozen=True)
class OtterResult:
    """What came of one submission.

    Attributes:
        seconds: of all its notebooks.
        score: the points that Otter gave.
        possible: the points that it had to give.
    """

    seconds: float
    score: float
    possible: float


class Otter:
    """Otter, installed, with an assignment for each notebook.

    Args:
        environment: where it is installed, or shall be.
        place: a folder for its assignments, which must not exist.
        courses: the notebooks and the class.

    Raises:
        OtterError: it cannot be installed, or does not grade these notebooks as it should.
    """

    def __init__(self, environment: Path, place: Path, courses: Courses) -> None:
        self._bin = environment / "bin"
        self._place = place
        self._courses = courses
        self.version = _install(environment)
        for file, notebook in courses.release.items():
            self._generate(place / Path(file).stem, notebook)

    def grade(self, student: Student) -> OtterResult:
        """Grade a student's notebooks, a command each.

        Raises:
            OtterError: a command failed.
        """
        folder = self._place / student.name
        folder.mkdir()
        total = OtterResult(0.0, 0.0, 0.0)
        for file, text in self._courses.writer.files(student).items():
            (folder / file).write_text(writes(_equivalent(reads(text, as_version=4))), encoding="utf-8")
            archive = self._place / Path(file).stem / "autograder.zip"
            begun = time.perf_counter()
            self._run(folder, "run", "--autograder", str(archive), "--output-dir", str(folder), "--no-logo", file)
            seconds = time.perf_counter() - begun
            tests = json.loads((folder / "results.json").read_text(encoding="utf-8"))["tests"]
            total = OtterResult(
                total.seconds + seconds,
                total.score + sum(test.get("score", 0.0) for test in tests),
                total.possible + sum(test.get("max_score", 0.0) for test in tests),
            )
        shutil.rmtree(folder)
        return total

    def start_seconds(self) -> float:
        """What a command takes before it looks at a notebook."""
        begun = time.perf_counter()
        subprocess.run([str(self._bin / "python"), "-c", "import otter.cli, otter.run"], capture_output=True)
        return time.perf_counter() - begun

    def prove(self) -> str:
        """Hold that a right student gets full marks and a wrong one less; otherwise no time would mean anything.

        Returns:
            Both, in a few words.

        Raises:
            OtterError: that is not so.
        """
        right = Student("right", 0, {name: name for name in self._courses.students[0].choices})
        stubs = Student("stubs", 0, dict.fromkeys(right.choices, STUB))
        best, worst = self.grade(right), self.grade(stubs)
        told = f"a right submission gets {best.score:g} of {best.possible:g} points, an untouched one {worst.score:g}"
        if not worst.score < best.score == best.possible or best.possible == 0:
            raise OtterError(f"its scores are not what they should be: {told}")
        return told

    def _generate(self, folder: Path, notebook: NotebookNode) -> None:
        """Make an assignment from the visible checks of a notebook."""
        (folder / "tests").mkdir(parents=True)
        for name, points, checks in checks_of(notebook):
            (folder / "tests" / f"{name}.py").write_text(otter_test(name, points, checks), encoding="utf-8")
        helpers = [path for path in self._courses.released.iterdir() if path.suffix != ".ipynb"]
        for helper in helpers:
            shutil.copy(helper, folder)
        self._run(folder, "generate", "--no-config", "--no-requirements", *(helper.name for helper in helpers))

    def _run(self, folder: Path, *arguments: str) -> None:
        # nbgrader says so to its kernels, and the notebooks train and draw less then.
        environment = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
        path = os.pathsep.join([str(self._bin), os.environ.get("PATH", os.defpath)])
        run = subprocess.run(
            [str(self._bin / "otter"), *arguments],
            cwd=folder,
            env={**environment, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if run.returncode != 0:
            raise OtterError(f"'otter {arguments[0]}' failed: {_last_line(run.stderr)}")


def checks_of(notebook: NotebookNode) -> Iterator[tuple[str, float, str]]:
    """The problems of a release with their points and visible checks."""
    for cell in notebook.cells:
        name = tested_problem(cell)
        if name is not None:
            yield name, float(cell.metadata["nbgrader"]["points"]), cell.source


def otter_test(name: str, points: float, checks: str) -> str:
    """Write visible checks as a test file of Otter's, in OK format.

    Args:
        name: the problem.
        points: what it is worth.
        checks: the text of the test cell.
    """
    spec = {"name": name, "points": points, "suites": [{"cases": [{"code": as_doctest(checks), "hidden": False}]}]}
    return f"OK_FORMAT = True\n\ntest = {spec!r}\n"


def as_doctest(source: str) -> str:
    """Write a cell as a doctest that passes if the cell runs without an error.

    Args:
        source: the cell; it must print nothing.
    """
    lines = source.splitlines()
    statements = ast.parse(source).body
    example = []
    for statement in statements:
        own = lines[_first_line(statement) - 1 : statement.end_lineno]
        # A doctest would hold the value of a bare expression against what is written below it: nothing.
        own[0] = f"_ = {own[0]}" if isinstance(statement, ast.Expr) else own[0]
        example += [f">>> {own[0]}", *(f"... {line}".rstrip() for line in own[1:])]
    return "\n".join(example) + "\n"


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _equivalent(notebook: NotebookNode) -> NotebookNode:
    """What Otter makes of a student's notebook before it runs: answers name the tests that stand behind them."""
    made = copy.deepcopy(notebook)
    tested = {name for name, _, _ in checks_of(made)}
    made.cells = [cell for cell in made.cells if tested_problem(cell) is None]
    for cell in made.cells:
        name = cell.metadata.pop("nbgrader", {}).get("grade_id")
        if name in tested:
            cell.metadata["otter"] = from_dict({"tests": [name]})
    return made


def _install(environment: Path) -> str:
    """Install Otter, unless it is there, and give its version.

    Raises:
        OtterError: it cannot be installed.
    """
    python = environment / "bin" / "python"
    ask = [str(python), "-I", "-c", "import otter; print(otter.__version__)"]
    if python.exists() and (found := subprocess.run(ask, capture_output=True, text=True)).returncode == 0:
        return found.stdout.strip()
    print(f"Installing {REQUIREMENT} into {environment.relative_to(ROOT)} ...", file=sys.stderr, flush=True)
    _do([sys.executable, "-m", "venv", "--clear", str(environment)])
    libraries = Path(os.__file__).parent.name
    own = environment / "lib" / libraries / "site-packages"
    shared = next(path for path in sys.path if path.endswith("site-packages"))
    (own / LINK).write_text(f"{shared}\n", encoding="utf-8")
    pip = [str(python), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    try:
        _do([*pip, "--constraint", str(LOCK), REQUIREMENT])
    except OtterError:
        # Its newest libraries may ask for others than the lock's; these come into Otter's environment alone then.
        _do([*pip, REQUIREMENT])
    found = subprocess.run(ask, capture_output=True, text=True)
    if found.returncode != 0:
        raise OtterError(f"{REQUIREMENT} was installed and cannot be imported: {_last_line(found.stderr)}")
    return found.stdout.strip()


def _do(command: list[str]) -> None:
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode != 0:
        raise OtterError(f"{REQUIREMENT} could not be installed: {_last_line(run.stderr or run.stdout)}")


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it did not say why")
