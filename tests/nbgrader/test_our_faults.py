"""What is our fault costs nobody anything: ungraded, the old score kept, one line that says why, exit code 1."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from toy_class import Class, Ended
from toy_course import POINTS

BOB = {**POINTS, "double": 0.0}
CARL = {**POINTS, "double": 0.0, "choice": 0.0}
PATCH = "import sys\nfrom autograder.box import template\ntemplate.COMMAND = "


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace a piece of a file of the course."""

    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new))

    return change


def append(path: str, text: str) -> Callable[[Path], None]:
    """Add to a file of the course."""

    def change(root: Path) -> None:
        (root / path).write_text((root / path).read_text() + text)

    return change


def remove(path: str) -> Callable[[Path], None]:
    """Remove a file or folder of the course."""

    def change(root: Path) -> None:
        shutil.rmtree(root / path) if (root / path).is_dir() else (root / path).unlink()

    return change


def config(text: str) -> Callable[[Path], None]:
    """Add to the course's settings."""
    return append("nbgrader_config.py", text)


SECRET = "solutions/toy"
FAULTS = {
    "a grader raises": (
        edit(f"{SECRET}/test_area.py", "assert_close(student.area(3.0, 3.0), 9.0)", "1 / 0"),
        "test_square",
    ),
    "a grader raises in many lines": (
        edit(f"{SECRET}/test_area.py", "assert_close(student.area(3.0, 3.0), 9.0)", "raise ValueError('a\\nb\\nc')"),
        "test_square",
    ),
    "a reference raises": (edit(f"{SECRET}/area.py", "return width * height", "return width.sides"), "reference"),
    "a grader cannot be imported": (append(f"{SECRET}/test_area.py", "\nimport no_such_module\n"), "no_such_module"),
    "a grader is no Python": (append(f"{SECRET}/test_area.py", "\ndef (:\n"), "test_area.py"),
    "a reference cannot be imported": (append(f"{SECRET}/area.py", "\nimport no_such_module\n"), "no_such_module"),
    "a reference is gone": (remove(f"{SECRET}/area.py"), "area.py"),
    "a grader is gone": (remove(f"{SECRET}/test_area.py"), "area"),
    "the secret room is gone": (remove("solutions"), "solutions"),
    "the secret room is empty": (
        lambda root: [path.unlink() for path in (root / SECRET).iterdir()],
        "holds no hidden grader",
    ),
    "points were changed": (edit(f"{SECRET}/test_area.py", "points(3)", "points(5)"), "generate_assignment"),
    "points were forgotten": (edit(f"{SECRET}/test_area.py", "@pytest.mark.points(3)\n", ""), "says no points"),
    "the variants cannot be read": (append("source/toy/variants.toml", "= ="), "variants.toml"),
    "no process can be started": (config(f"{PATCH}('/no/such/python',)\n"), "no process could be started"),
    "the template dies": (
        config(f"{PATCH}(sys.executable, '-c', 'raise SystemExit(\"out of luck\")')\n"),
        "out of luck",
    ),
    "no temporary folder": (config("import tempfile\ntempfile.tempdir = '/no/such/folder'\n"), "/no/such/folder"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_costs_nothing(graded: Class, fault: str) -> None:
    """Everybody keeps the old scores, and one line a student says what is wrong."""
    before = graded.all_scores()
    assert before == {"ada": POINTS, "bob": BOB, "carl": CARL}
    breaks, says = FAULTS[fault]
    breaks(graded.root)

    ended = graded.autograde("--force")

    assert_ungraded(ended, says)
    assert graded.all_scores() == before
    assert not list((graded.root / "autograded").glob("*/*"))


def assert_ungraded(ended: Ended, says: str) -> None:
    """Hold that a command said for each of three students what is wrong, and nothing that only a programmer reads."""
    assert ended.code == 1
    assert "Traceback" not in ended.log
    lines = ended.lines("Ungraded, old scores kept: ")
    assert len(lines) == 3, ended.log
    assert all(says in line for line in lines)


@pytest.mark.parametrize("fault", ["a grader raises", "a grader cannot be imported", "points were changed"])
def test_repair_grades_again(graded: Class, fault: str) -> None:
    """What was ungraded is graded by the next run, without being forced."""
    kept = {path: path.read_text() for path in (graded.root / SECRET).iterdir() if path.is_file()}
    breaks, says = FAULTS[fault]
    breaks(graded.root)
    graded.hand_in("bob")
    assert_ungraded(graded.autograde("--force"), says)
    for path, text in kept.items():
        path.write_text(text)

    ended = graded.autograde()

    assert ended.code == 0, ended.log
    assert graded.all_scores() == {"ada": POINTS, "bob": POINTS, "carl": CARL}


def test_other_languages_are_not_taken_for_python(graded: Class) -> None:
    """Notebooks that were released with another kernel are no wrong Python."""
    before = graded.all_scores()
    with graded.gradebook() as gradebook:
        for notebook in gradebook.find_assignment("toy").notebooks:
            notebook.kernelspec = '{"name": "julia", "display_name": "Julia", "language": "julia"}'
        gradebook.db.commit()
    assert_ungraded(graded.autograde("--force"), "julia")
    assert graded.all_scores() == before


def test_stops_nobody_else(toy: Class) -> None:
    """A grader that stumbles over one submission leaves that one ungraded, and the class is graded."""
    edit(f"{SECRET}/test_double.py", "    for x in", "    student.double(1.0) + 1.0\n    for x in")(toy.root)
    toy.hand_in("ada")
    toy.hand_in("bob", double="def double(x):\n    pass")
    toy.hand_in("carl", double="def double(x):\n    return x ** 2")

    ended = toy.autograde()

    assert ended.code == 1
    assert "Traceback" not in ended.log
    (line,) = ended.lines("Ungraded, old scores kept: ")
    assert "test_double.py" in line
    assert "TypeError" in line
    assert ended.lines("error processing assignment 'toy' for student 'bob'")
    assert toy.all_scores() == {"ada": POINTS, "bob": dict.fromkeys(POINTS), "carl": BOB}
    with toy.gradebook() as gradebook:
        grades = [grade for book in gradebook.find_submission("toy", "bob").notebooks for grade in book.grades]
        assert all(grade.needs_manual_grade for grade in grades), "nbgrader shows 0 points for a grade it does not know"
        assert not gradebook.find_submission("toy", "ada").notebooks[1].needs_manual_grade

    edit(f"{SECRET}/test_double.py", "    student.double(1.0) + 1.0\n", "")(toy.root)
    ended = toy.autograde()
    assert ended.code == 0
    assert toy.all_scores() == {"ada": POINTS, "bob": BOB, "carl": BOB}
    with toy.gradebook() as gradebook:
        grades = [grade for book in gradebook.find_submission("toy", "bob").notebooks for grade in book.grades]
        assert [grade.name for grade in grades if grade.needs_manual_grade] == ["explain"]


def test_saved_outputs_are_no_grade(graded: Class) -> None:
    """With --no-execute nothing could be judged but what a student saved; so nothing is."""
    before = graded.all_scores()
    ended = graded.autograde("--force", "--no-execute")
    assert ended.code == 1
    assert "Traceback" not in ended.log
    assert len(ended.lines("leave out --no-execute")) == 3
    assert graded.all_scores() == before
    assert graded.autograde().code == 0
    assert graded.all_scores() == before
