"""A class graded from end to end, in a course of its own, with the commands that a TA would type."""

import shutil
from pathlib import Path

from autograder.authoring.build import build
from autograder.course.errors import UsageError
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import read_notebook
from autograder.gradebook.commands import nbgrader
from autograder.gradebook.demo_class import make_class
from autograder.grading.catalogue import load_problems

MARKER = ".autograder-demo"
CONFIG = '''"""The demo's course: Pathwise is on, and patience is short."""

from autograder.gradebook import enable

c = get_config()  # noqa: F821
enable(c)
c.CourseDirectory.course_id = "pathwise-demo"
c.CourseDirectory.release_directory = "assignments"
c.Execute.timeout = 10
c.Box.call_timeout = 2.0
'''


def lay_out(course: Course, folder: Path) -> Course:
    """Copy the rooms of a course into an empty folder, where a demo cannot touch the original.

    Args:
        course: the course to copy; it is only read.
        folder: where; an earlier demo there is replaced, anything else is left alone.

    Raises:
        UsageError: something other than a demo is there.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise UsageError(f"{folder} is not empty and no earlier demo; name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.ipynb")
    for room in (course.source, course.solutions):
        shutil.copytree(room, folder / room.name, ignore=ignored)
    return Course(folder)


def hand_in(assignment: Assignment) -> int:
    """Let the made-up class hand in its notebooks.

    Returns:
        The number of notebooks that nbgrader will find.
    """
    released = assignment.course.root / assignment.course.release_directory / assignment.name
    release = {path.name: read_notebook(path) for path in sorted(released.glob("*.ipynb"))}
    helpers = [path for path in released.iterdir() if path.suffix != ".ipynb"]
    students = make_class(load_problems(assignment.solutions, assignment.variant), assignment.variant)
    count = 0
    for student in students:
        folder = assignment.course.root / "submitted" / student.name / assignment.name
        folder.mkdir(parents=True)
        for helper in helpers:
            shutil.copy(helper, folder)
        for name, text in student.files(release).items():
            (folder / name).write_text(text, encoding="utf-8")
            count += name in release
        (folder / "timestamp.txt").write_text("2026-10-01 12:00:00 UTC\n")
    return count


def build_and_release(course: Course, name: str) -> Assignment:
    """Render an assignment and release it."""
    assignment = course.require(name)
    build(assignment)
    nbgrader(course.root, "generate_assignment", name, "--force")
    return assignment
