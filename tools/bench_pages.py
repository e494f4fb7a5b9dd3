"""Measure what follows after grading: feedback pages, and the export of grades, with nbgrader's commands and with ours.

The class of the first part has handed in right answers, each student's with a word of its own in every cell, so that
nothing that a student wrote is met twice. Each command runs for the whole class and for one student: the difference,
by the others, is what a student costs, without the start. The class of the second part exists in a gradebook alone.
Processor seconds of one process say more than those of the clock on a machine that others use, too. Two processes are
started for 120 pages and more; what they take of the processors is not counted.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import (
    Assignment,
    Base,
    Course,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from autograder.course.layout import Course as Rooms
from autograder.course.notebooks import read_notebook
from autograder.gradebook import demo
from autograder.gradebook.demo_class import make_class
from autograder.grading.catalogue import load_problems

NAME = "reparameterization"
STOCK = """c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "pathwise-demo"
c.CourseDirectory.release_directory = "assignments"
"""


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds by the clock, and of processors."""

    clock: float
    processor: float


def spent(folder: Path, *command: str) -> Spent:
    """Run a command of this environment in a course."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return Spent(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def graded_class(folder: Path, students: int) -> None:
    """Make a course in which so many students have handed in, and have been graded."""
    course = demo.lay_out(Rooms(Path(__file__).resolve().parent.parent), folder)
    assignment = demo.build_and_release(course, NAME)
    released = folder / "assignments" / NAME
    release = {path.name: read_notebook(path) for path in sorted(released.glob("*.ipynb"))}
    right = make_class(load_problems(assignment.solutions, assignment.variant), assignment.variant)[0]
    for number in range(students):
        student = f"student{number:04d}"
        handed_in = folder / "submitted" / student / NAME
        shutil.copytree(released, handed_in, ignore=shutil.ignore_patterns("*.ipynb"))
        for name, text in right.files(release).items():
            notebook = nbformat.reads(text, as_version=4)
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    cell.source += f"\n# {student}" if cell.cell_type == "code" else f"\n\n{student}"
            (handed_in / name).write_text(nbformat.writes(notebook), encoding="utf-8")
    spent(folder, "autograder", "grade", NAME)


def feedback(folder: Path, students: int, *command: str) -> tuple[Spent, Spent, int]:
    """What a command that makes feedback takes for the class, what one student more takes, and the bytes of a page."""
    one = spent(folder, *command, NAME, "--student=student0000", "--force")
    all_of_them = spent(folder, *command, NAME, "--force")
    others = students - 1
    each = Spent((all_of_them.clock - one.clock) / others, (all_of_them.processor - one.processor) / others)
    sizes = [path.stat().st_size for path in (folder / "feedback").glob(f"*/{NAME}/*.html")]
    return all_of_them, each, sum(sizes) // len(sizes)


def measure_feedback(folder: Path, students: int) -> None:
    """Print what feedback takes in the ways that there are."""
    graded_class(folder, students)
    config = folder / "nbgrader_config.py"
    ours = config.read_text(encoding="utf-8")
    print(f"feedback for {students} students          class, s (processor)   a student, s (processor)   page, kB")
    for title, settings, command in (
        ("nbgrader's pages, not disarmed", STOCK, ("nbgrader", "generate_feedback")),
        ("nbgrader generate_feedback", ours, ("nbgrader", "generate_feedback")),
        ("autograder feedback --jobs 1", ours, ("autograder", "feedback", "--jobs=1")),
        ("autograder feedback --jobs 2", ours, ("autograder", "feedback", "--jobs=2")),
    ):
        config.write_text(settings, encoding="utf-8")
        whole, each, size = feedback(folder, students, *command)
        took = "", ""
        if not command[-1].endswith("2"):
            took = f"({whole.processor:.2f})", f"({each.processor:.3f})"
        print(
            f"{title:32} {whole.clock:9.2f} {took[0]:>8}       "
            f"{each.clock:8.3f} {took[1]:>7}          {size / 1000:9.0f}"
        )


def fill_gradebook(folder: Path, students: int, assignments: int = 2, notebooks: int = 4, cells: int = 7) -> None:
    """Write a class into a gradebook of its own: everybody has handed in all, and has points for every cell."""
    engine = create_engine(f"sqlite:///{folder / 'gradebook.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Course(id="default_course"))
        session.execute(insert(Student), [{"id": f"s{n}", "last_name": f"Name {n % 97}"} for n in range(students)])
        for a in range(assignments):
            session.add(Assignment(id=f"a{a}", name=f"ps{a}", course_id="default_course"))
            session.flush()
            session.add_all(Notebook(id=f"a{a}n{n}", name=f"n{n}", assignment_id=f"a{a}") for n in range(notebooks))
            session.flush()
            names = [(f"a{a}n{n}", f"a{a}n{n}c{c}") for n in range(notebooks) for c in range(cells)]
            session.add_all(
                GradeCell(id=cell, name=cell, notebook_id=notebook, max_score=2.0, cell_type="code")
                for notebook, cell in names
            )
            session.flush()
            handed_in = [{"id": f"a{a}s{s}", "assignment_id": f"a{a}", "student_id": f"s{s}"} for s in range(students)]
            session.execute(insert(SubmittedAssignment), handed_in)
            submitted = [
                {
                    "id": f"{each['id']}n{n}",
                    "assignment_id": each["id"],
                    "notebook_id": f"a{a}n{n}",
                    "late_submission_penalty": 0.5,
                }
                for each in handed_in
                for n in range(notebooks)
            ]
            session.execute(insert(SubmittedNotebook), submitted)
            session.execute(
                insert(Grade),
                [
                    {
                        "id": f"{each['id']}c{c}",
                        "notebook_id": each["id"],
                        "cell_id": f"{each['notebook_id']}c{c}",
                        "auto_score": (len(each["id"]) + c) % 9 / 4,
                        "needs_manual_grade": False,
                    }
                    for each in submitted
                    for c in range(cells)
                ],
            )
        session.commit()
    engine.dispose()


def measure_export(folder: Path, students: int) -> None:
    """Print what the export of a class takes with nbgrader's command and with ours, which must write the same."""
    fill_gradebook(folder, students)
    print(f"export of {students} students, 2 assignments of 28 cells      s (processor)")
    for title, command in (
        ("nbgrader export", ("nbgrader", "export", "--to=theirs.csv")),
        ("autograder export", ("autograder", "export", "--to=ours.csv")),
    ):
        took = spent(folder, *command)
        print(f"{title:48} {took.clock:9.2f} ({took.processor:.2f})")
    same = (folder / "theirs.csv").read_bytes() == (folder / "ours.csv").read_bytes()
    print("the files are the same" if same else "THE FILES DIFFER")


def main() -> int:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=12, help="of the class that gets feedback (default: 12)")
    parser.add_argument("--exported", type=int, default=1000, help="of the class that is exported (default: 1000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as temporary:
        for part, students in ((measure_export, options.exported), (measure_feedback, options.students)):
            if students:
                folder = Path(temporary) / part.__name__
                folder.mkdir()
                part(folder, students)
    return 0


if __name__ == "__main__":
    sys.exit(main())
