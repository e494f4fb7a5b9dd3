"""The course that is attacked: one notebook, two problems, and secrets of every kind.

``law`` (4 points) asks for numbers that stand nowhere in public, so whoever earns them has been told; ``double``
(2 points) is solved by everybody; ``explain`` is graded by a person.
"""

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import exam

from autograder.authoring.build import build
from autograder.course.layout import Course

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Arena:
    """Folders of one run: the course, the home and the temporary folder of whoever grades, and the harness's notes."""

    root: Path

    @property
    def course(self) -> Path:
        """The course."""
        return self.root / "course"

    @property
    def home(self) -> Path:
        """The home of whoever grades."""
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        """The place of temporary files."""
        return self.root / "temporary"

    @property
    def notes(self) -> Path:
        """Where the harness writes what it sees."""
        return self.root / "notes"

    def environment(self) -> dict[str, str]:
        """The environment of whoever grades."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER_", "PYTEST_", "IPYTHON", "PYTHONDONT"))
        }
        own = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "ATTACKS_NOTES": str(self.notes), "PATH": path}
        return {**kept, **own, "LMS_TOKEN": exam.SECRETS["environment"], "PYTHONWARNINGS": "ignore"}


def make_course(arena: Arena, stock: bool = False) -> None:
    """Write the course, build and generate its assignment; nobody has handed in yet."""
    for folder in (arena.course, arena.home, arena.temporary, arena.notes):
        folder.mkdir(parents=True)
    (arena.home / ".netrc").write_text(f"machine lms login dean password {exam.SECRETS['home']}\n")
    files = {
        "nbgrader_config.py": exam.CONFIG.format(here=str(HERE)) + ("" if stock else exam.OURS),
        "source/toy/exam.master.md": exam.MASTER,
        "source/toy/variants.toml": f"# {exam.SECRETS['source']}\n[base]\n",
        "source/toy/readings.csv": "1,2,3\n",
        f"solutions/toy/{exam.SECRETS['filename']}.txt": "",
    }
    for name, formula in exam.FORMULAS.items():
        texts = {"name": name, "formula": formula, "hidden": exam.HIDDEN_INPUT, "title": name, **exam.SECRETS}
        points = {"numbers": exam.POINTS[name] / 2, "arrays": exam.POINTS[name] / 2}
        files[f"solutions/toy/{name}.py"] = exam.REFERENCE.format(**texts)
        files[f"solutions/toy/test_{name}.py"] = exam.GRADER.format(**texts, **points)
    for name, text in files.items():
        path = arena.course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    build(Course(arena.course).require("toy"))
    if stock:
        _ask_within(arena.course / "source" / "toy" / "exam.ipynb")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "toy"]
    subprocess.run(command, cwd=arena.course, env=arena.environment(), check=True, capture_output=True)
    with sqlite3.connect(arena.course / "gradebook.db") as connection:
        connection.execute("INSERT INTO student (id, first_name) VALUES ('dean', ?)", (exam.SECRETS["gradebook"],))
    connection.close()


def _ask_within(path: Path) -> None:
    """Put the hidden tests into the source notebook, as nbgrader has them."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removeprefix("test_")
        if cell["metadata"].get("nbgrader", {}).get("grade") and name in exam.FORMULAS:
            tests = exam.STOCK_TESTS.format(name=name, formula=exam.FORMULAS[name], hidden=exam.HIDDEN_INPUT)
            cell["source"] = "".join(cell["source"]) + tests
    path.write_text(json.dumps(notebook))


def make_tables(arena: Arena) -> None:
    """Eight files of which the grader has read one: the kernel's cache knows which."""
    folder = arena.course / "solutions" / "toy" / "tables"
    folder.mkdir()
    for name in exam.TABLES:
        with open(folder / f"{name}.bin", "wb") as file:
            file.write(bytes(1 << 20))
            file.flush()
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    (folder / f"{exam.USED_TABLE}.bin").read_bytes()
