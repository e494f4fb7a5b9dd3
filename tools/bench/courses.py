"""Course folders to be graded: made once, copied for each class, and put back to where nothing is graded."""

import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import read_notebook
from autograder.gradebook import demo
from autograder.grading.catalogue import load_problems
from tools.bench.classes import Student, Writer, draw_class

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "reparameterization"
# One name, so that a copy of the course finds its assignment in the copy of its gradebook.
COMMON = """c.CourseDirectory.course_id = "bench"
c.CourseDirectory.release_directory = "assignments"
"""
PATHWISE = f"from autograder.gradebook import enable\n\nc = get_config()  # noqa: F821\nenable(c)\n{COMMON}"
STOCK = f"""c = get_config()  # noqa: F821
{COMMON}c.CourseDirectory.ignore.extend(["*.master.md", "*.part.md", "variants.toml", "variants.py"])
"""
FRESH = "gradebook-before.db"
_SCORES = """
    SELECT submitted_assignment.student_id, SUM(grade.auto_score)
    FROM grade
    JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
    JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    GROUP BY submitted_assignment.student_id
"""


@dataclass(frozen=True)
class Graded:
    """A course folder in which a class has handed in.

    Attributes:
        folder: the course.
    """

    folder: Path

    @property
    def submitted(self) -> list[str]:
        """Who has handed in."""
        folder = self.folder / "submitted"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    @property
    def autograded(self) -> Path:
        """Where the results will lie."""
        return self.folder / "autograded"

    def reset(self) -> None:
        """Put it back to where nothing is graded."""
        shutil.rmtree(self.autograded, ignore_errors=True)
        shutil.copy(self.folder / FRESH, self.folder / "gradebook.db")

    def scores(self) -> dict[str, float]:
        """The points of each student, as the gradebook has them."""
        database = sqlite3.connect(self.folder / "gradebook.db")
        try:
            return {student: score or 0.0 for student, score in database.execute(_SCORES)}
        finally:
            database.close()


class Courses:
    """Makes course folders of the assignment.

    Args:
        place: the folder in which they lie.
        students: the class; each course gets the first of them.
    """

    def __init__(self, place: Path, students: int) -> None:
        self._place = place
        self._base = place / "base"
        course = demo.lay_out(Course(ROOT), self._base)
        (self._base / "nbgrader_config.py").write_text(PATHWISE, encoding="utf-8")
        self.assignment: Assignment = demo.build_and_release(course, NAME)
        (self._base / "gradebook.db").rename(self._base / FRESH)
        problems = load_problems(self.assignment.solutions, self.assignment.variant)
        self.released = self._base / "assignments" / NAME
        self.release = {path.name: read_notebook(path) for path in sorted(self.released.glob("*.ipynb"))}
        self.students = draw_class(problems, students)
        self.writer = Writer(problems, self.assignment.variant, self.release)

    def make(self, name: str, students: int, unlike: bool = False, stock: bool = False) -> Graded:
        """Make a course in which the first students of the class have handed in.

        Args:
            name: of its folder, which must not exist.
            students: how many.
            unlike: whether nobody else's numbers have the same last digits.
            stock: whether it is a course without our config line and without the secret room.
        """
        folder = self._place / name
        left_out = ["solutions"] if stock else []
        shutil.copytree(self._base, folder, ignore=shutil.ignore_patterns(*left_out))
        if stock:
            (folder / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
        made = Graded(folder)
        self.hand_in(made, self.students[:students], unlike)
        made.reset()
        return made

    def hand_in(self, course: Graded, students: Iterable[Student], unlike: bool = False) -> None:
        """Let some students hand in, unless they have."""
        helpers = [path for path in self.released.iterdir() if path.suffix != ".ipynb"]
        for student in students:
            folder = course.folder / "submitted" / student.name / NAME
            if folder.exists():
                continue
            folder.mkdir(parents=True)
            for helper in helpers:
                shutil.copy(helper, folder)
            for file, text in self.writer.files(student, unlike).items():
                (folder / file).write_text(text, encoding="utf-8")
            (folder / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC\n")
