"""A class graded from end to end, in a course of its own, with the real commands of nbgrader."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.authoring.build import build
from autograder.course.errors import CourseError, UsageError
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import read_notebook
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
    students = make_class(load_problems(assignment.solutions), assignment.variant)
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


def nbgrader(folder: Path, *arguments: str, on_line: Callable[[str], None] = lambda line: None) -> None:
    """Run one command of nbgrader in a course.

    Args:
        folder: the course.
        arguments: the command line behind ``nbgrader``.
        on_line: called with each line that the command writes.

    Raises:
        CourseError: the command failed; the text names the log.
    """
    command = [sys.executable, "-m", "nbgrader", *arguments]
    # nbgrader calls alembic by name, which an environment that is not activated would not find.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            on_line(line)
    with (folder / "nbgrader.log").open("a", encoding="utf-8") as log:
        log.writelines(lines)
    if process.returncode != 0:
        raise CourseError(f"'nbgrader {' '.join(arguments)}' failed; {folder / 'nbgrader.log'} says why")


def build_and_release(course: Course, name: str) -> Assignment:
    """Render an assignment and release it."""
    assignment = course.require(name)
    build(assignment)
    nbgrader(course.root, "generate_assignment", name, "--force")
    return assignment
