"""Runs the commands of nbgrader, as a person at the keyboard would."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.course.errors import CourseError


def nbgrader(
    folder: Path, *arguments: str, on_line: Callable[[str], None] = lambda line: None, log: Path | None = None
) -> None:
    """Run one command of nbgrader in a course.

    Args:
        folder: the course.
        arguments: the command line behind ``nbgrader``.
        on_line: called with each line that the command writes.
        log: gets these lines; ``nbgrader.log`` in the course if not given.

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
        try:
            for line in process.stdout:
                lines.append(line)
                on_line(line)
        except BaseException:
            process.terminate()
            raise
    log = log or folder / "nbgrader.log"
    with log.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    if process.returncode != 0:
        said = next((line.strip() for line in reversed(lines) if "ERROR" in line), "")
        raise CourseError(f"'nbgrader {' '.join(arguments)}' failed; {log} says why{f': {said}' if said else ''}")
