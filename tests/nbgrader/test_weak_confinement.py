"""Where a submission cannot be confined nothing is graded, unless that was accepted; then every report says so."""

import subprocess
import sys
from pathlib import Path

import pytest
from toy_class import Class
from toy_course import POINTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the machine is lessened by means of Linux")
SITUATIONS = Path(__file__).parent.parent / "situations.py"
SAID = "did not protect its files"


def run(toy: Class, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where neither namespaces nor Landlock are to be had."""
    return subprocess.run(
        [sys.executable, str(SITUATIONS), "container", "old-kernel", "--", sys.executable, "-m", *command],
        cwd=toy.root,
        env=toy.nbgrader.environment,
        capture_output=True,
        text=True,
    )


def test_grading_is_refused_and_nobody_loses_anything(toy: Class) -> None:
    toy.hand_in("ada")
    ended = run(toy, "nbgrader", "autograde", "toy")
    assert ended.returncode == 1
    assert "cannot confine a submission" in ended.stderr
    assert "autograder doctor" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert toy.scores("ada") == dict.fromkeys(POINTS)
    assert toy.autograde().code == 0
    assert toy.scores("ada") == POINTS


def test_grading_is_done_where_that_is_accepted_and_every_report_says_so(toy: Class) -> None:
    toy.hand_in("ada")
    with (toy.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Box.accept_weak_confinement = True\n")
    ended = run(toy, "nbgrader", "autograde", "toy")
    assert ended.returncode == 0, ended.stderr
    assert toy.scores("ada") == POINTS
    assert "without confinement of files" in ended.stderr
    assert SAID in toy.feedback("ada", "double")
    assert SAID in str(toy.test_cell("ada", "double").outputs[0]["data"]["text/html"])
    assert run(toy, "nbgrader", "generate_feedback", "toy").returncode == 0
    assert SAID in (toy.root / "feedback" / "ada" / "toy" / "one.html").read_text()
    report = run(toy, "autograder", "report", "toy")
    assert SAID in " ".join(report.stdout.split())
    # On a machine that confines, the same setting changes nothing, and nothing is said.
    assert toy.autograde("--force").code == 0
    assert SAID not in toy.feedback("ada", "double")


def test_a_course_where_every_submission_could_read_it_is_not_graded(toy: Class, monkeypatch) -> None:
    from autograder.box.worker import places
    from autograder.course.errors import CourseError
    from autograder.course.layout import Assignment, Course
    from autograder.gradebook import machine

    monkeypatch.setattr(places, "readable", lambda: (toy.root.parent,))
    with pytest.raises(CourseError, match="move the course elsewhere"):
        machine._hide(Assignment(Course(toy.root), "toy"))
