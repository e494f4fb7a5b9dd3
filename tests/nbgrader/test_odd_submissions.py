"""Submissions that hold links, pipes, odd names and files that others might import: what each costs, and whom."""

import os
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from toy_class import Class, Commands
from toy_course import POINTS

ONE_LOST = {**POINTS, "double": 0.0, "average": 0.0}
NOTHING = dict.fromkeys(POINTS, 0.0)
SECRET = "the secret of another"
MARK = "imported-by-the-grader"
# Whoever grades has one of these loaded; the student's own process has not.
TRAP = """
import sys
if {"nbgrader", "pytest", "_pytest"} & sys.modules.keys():
    open("MARK", "a").write(__name__ + chr(10))
"""
SHADOWS = """
conftest.py sitecustomize.py usercustomize.py nbgrader_config.py jupyter_config.py jupyter_nbconvert_config.py
ipython_config.py torch.py numpy.py nbgrader.py nbformat.py test_double.py setup.py startup.py
"""
SETTINGS = {
    "pytest.ini": "[pytest]\naddopts = -p conftest\npython_files = *.py\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p conftest\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p conftest"\n',
    "evil.pth": "import conftest\n",
    ".nbgrader.log": "[AutogradeApp | ERROR] forged\n",
    "jupyter_config.json": '{"Autograde": {"exporter_class": "conftest.Evil"}}',
}
Prepare = Callable[[Path, Path], None]
ODD: dict[str, tuple[Prepare, dict[str, float], str]] = {}


def odd(earns: dict[str, float], says: str = "") -> Callable[[Prepare], Prepare]:
    """Add a case: what a folder with right notebooks is turned into, what it earns, and what the log says of it."""

    def add(prepare: Prepare) -> Prepare:
        ODD[prepare.__name__] = (prepare, earns, says)
        return prepare

    return add


@odd(POINTS, "toy/secret.txt', a link")
def link_to_a_secret(folder: Path, root: Path) -> None:
    (folder / "secret.txt").symlink_to(root / "secret.txt")


@odd(POINTS, "toy/all', a link")
def link_to_a_folder(folder: Path, root: Path) -> None:
    (folder / "all").symlink_to(root)


@odd(POINTS, "toy/a/b', a link")
def link_in_the_middle(folder: Path, root: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "b").symlink_to("../..")


@odd(POINTS, "toy/zero', a link")
def link_without_end(folder: Path, root: Path) -> None:
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "circle").symlink_to("circle")


@odd(ONE_LOST, "toy/one.ipynb', a link")
def notebook_of_another(folder: Path, root: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").symlink_to("../../right/toy/one.ipynb")


@odd(ONE_LOST, "toy/one.ipynb', a link")
def notebook_of_the_source(folder: Path, root: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").symlink_to(root / "source" / "toy" / "one.ipynb")


@odd(ONE_LOST, "toy/one.ipynb', a link")
def notebook_to_nowhere(folder: Path, root: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").symlink_to("nowhere")


@odd(ONE_LOST, "toy/one.ipynb', a named pipe")
def notebook_is_a_pipe(folder: Path, root: Path) -> None:
    (folder / "one.ipynb").unlink()
    os.mkfifo(folder / "one.ipynb")


@odd(ONE_LOST, "toy/one.ipynb', a folder with the name of a file")
def notebook_is_a_folder(folder: Path, root: Path) -> None:
    (folder / "one.ipynb").unlink()
    (folder / "one.ipynb").mkdir()


@odd(ONE_LOST, "larger than")
def notebook_is_a_giant(folder: Path, root: Path) -> None:
    os.truncate(folder / "one.ipynb", 1 << 36)


@odd(POINTS, "larger than")
def giant(folder: Path, root: Path) -> None:
    (folder / "giant").touch()
    os.truncate(folder / "giant", 1 << 36)


@odd(POINTS, "toy/pipe', a named pipe")
def pipe_and_socket(folder: Path, root: Path) -> None:
    os.mkfifo(folder / "pipe")
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind("socket")
    finally:
        os.chdir(here)


@odd(NOTHING, "a link")
def folder_is_a_link(folder: Path, root: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("../right/toy")


@odd(NOTHING, "a link")
def student_is_a_link(folder: Path, root: Path) -> None:
    folder.parent.rename(root / "moved")
    folder.parent.symlink_to("right")


@odd(POINTS, "too deep")
def very_deep(folder: Path, root: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    try:
        for _ in range(400):
            os.mkdir("deep" * 8)
            os.chdir("deep" * 8)
        Path("bottom").touch()
    finally:
        os.fchdir(here)
        os.close(here)


@odd(POINTS, "more than 500 files")
def crowd(folder: Path, root: Path) -> None:
    (folder / "crowd").mkdir()
    for number in range(1000):
        (folder / "crowd" / f"{number:04}").touch()


@odd(POINTS, "control characters")
def odd_names(folder: Path, root: Path) -> None:
    forged = "x\n[AutogradeApp | ERROR] There was an error"
    for name in (forged, "-rf", "--force", "'\"`$(id)", "<img src=x onerror=alert(1)>.html", "%s{0}", "ＯＮＥ.ipynb"):
        (folder / name).write_text("x")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")).write_text("x")
    for name in ("ONE.ipynb", "One.IPYNB", "TABLE.csv"):
        (folder / name).write_bytes((folder / "two.ipynb").read_bytes())


@odd(POINTS, "a folder with the name of a file")
def folders_of_our_names(folder: Path, root: Path) -> None:
    for name in ("table.csv", "two.html", "one_files", "timestamp.txt", ".set_aside"):
        (folder / name).mkdir()
        (folder / name / "inside").touch()


@odd(POINTS)
def read_only(folder: Path, root: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "link").symlink_to("/etc/passwd")
    (folder / "table.csv").write_text("mine")
    for path in (folder / "table.csv", folder / "one.ipynb"):
        path.chmod(0)
    (folder / "sub").chmod(0o500)
    folder.chmod(0o500)


@odd(POINTS)
def strange_times(folder: Path, root: Path) -> None:
    os.utime(folder / "one.ipynb", (2**36, 2**36))
    os.utime(folder / "two.ipynb", (-(2**31), -(2**31)))


@odd(POINTS)
def shadows(folder: Path, root: Path) -> None:
    for name in SHADOWS.split():
        (folder / name).write_text(TRAP.replace("MARK", str(root / MARK)))
    for package in ("autograder", "numpy", "pytest", "nbconvert"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(TRAP.replace("MARK", str(root / MARK)))
    for name, text in SETTINGS.items():
        (folder / name).write_text(text)


for _name, _garbage in {
    "garbage": b"yesterday evening",
    "empty": b"",
    "bytes": b"\xff\x00",
    "overflow": b"0001-01-01 00:00:00 +9999",
    "long": b"1" * 2000,
}.items():

    def _prepare(folder: Path, root: Path, garbage: bytes = _garbage) -> None:
        (folder / "timestamp.txt").write_bytes(garbage)

    ODD[f"timestamp_{_name}"] = (_prepare, POINTS, "a timestamp that cannot be read")


@pytest.fixture(scope="session")
def odd_class(
    made_once: Callable[..., Path], generated: Path, nbgrader: Commands, copy_of: Callable[[Path, Path], None]
) -> Class:
    """The class, graded twice, with feedback; read-only."""

    def make(root: Path) -> None:
        copy_of(generated, root)
        toy = Class(root, nbgrader)
        (root / "secret.txt").write_text(SECRET)
        toy.run("db", "assignment", "add", "toy", "--duedate", "2026-01-01 00:00:00 UTC")
        toy.hand_in("right")
        look = (
            "import os\nfor f, _, names in os.walk('.'):\n    for n in names:\n        open(f'{f}/{n}', 'rb').read()\n"
        )
        for student, (prepare, _, _) in ODD.items():
            toy.hand_in(student, double=look + "def double(x):\n    return 2 * np.asarray(x, dtype=float)")
            prepare(root / "submitted" / student / "toy", root)
        for number, arguments in enumerate((["autograde"], ["generate_feedback"], ["autograde", "--force"])):
            ended = toy.run(arguments[0], "toy", *arguments[1:])
            (root / f"log-{number}").write_text(f"{ended.log}\nexit code {ended.code}")

    return Class(made_once("odd-class", make), nbgrader)


def log_of(toy: Class, number: int) -> str:
    return (toy.root / f"log-{number}").read_text(errors="replace")


def test_everybody_is_graded(odd_class: Class) -> None:
    for number in range(3):
        log = log_of(odd_class, number)
        assert log.endswith("exit code 0"), log[-3000:]
        assert "Traceback" not in log
        assert "Logging error" not in log
    assert odd_class.all_scores() == {"right": POINTS, **{student: case[1] for student, case in ODD.items()}}


@pytest.mark.parametrize("student", [name for name, case in ODD.items() if case[2]])
def test_the_log_names_student_entry_and_kind(odd_class: Class, student: str) -> None:
    lines = [line for line in log_of(odd_class, 0).splitlines() if "Set aside" in line and f"'{student}'" in line]
    assert [line for line in lines if ODD[student][2] in line]
    assert len(lines) <= 11
    if not student.startswith("student"):
        assert f"Set aside from the submission of '{student}'" not in log_of(odd_class, 2), "once is enough"


def test_what_was_set_aside_is_all_there_and_nothing_was_followed(odd_class: Class) -> None:
    root = odd_class.root
    assert (root / "submitted" / "link_to_a_secret" / ".set_aside" / "toy" / "0" / "secret.txt").is_symlink()
    assert (root / "submitted" / "pipe_and_socket" / ".set_aside" / "toy" / "0" / "pipe").is_fifo()
    assert len(list((root / "submitted" / "crowd" / ".set_aside" / "toy").iterdir())) > 400
    assert (root / "secret.txt").read_text() == SECRET
    assert nbformat.read(root / "submitted" / "right" / "toy" / "one.ipynb", as_version=4).cells
    for step in ("autograded", "feedback"):
        for path in (root / step).rglob("*"):
            mode = path.lstat().st_mode
            assert stat.S_ISDIR(mode) or stat.S_ISREG(mode), path
            if stat.S_ISREG(mode):
                assert SECRET.encode() not in path.read_bytes()
                assert path.stat().st_size < 10_000_000


def test_the_student_reads_why(odd_class: Class) -> None:
    for student, word in {"notebook_of_another": "a link", "notebook_is_a_pipe": "a named pipe"}.items():
        page = (odd_class.root / "feedback" / student / "toy" / "one.html").read_text()
        assert "one.ipynb could not be read" in page
        assert word in page
        assert str(odd_class.root) not in page


def test_nothing_of_a_submission_is_imported(odd_class: Class) -> None:
    assert not (odd_class.root / MARK).exists()
    assert (odd_class.root / "autograded" / "shadows" / "toy" / "conftest.py").exists(), "it was there to be imported"


def test_an_unreadable_timestamp_gains_no_time(odd_class: Class) -> None:
    with odd_class.gradebook() as gradebook:
        for student in [name for name in ODD if name.startswith("timestamp_")] + ["folders_of_our_names"]:
            assert gradebook.find_submission("toy", student).total_seconds_late > 0, student
        assert gradebook.find_submission("toy", "right").total_seconds_late == 0
    text = (odd_class.root / "submitted" / "timestamp_garbage" / "toy" / "timestamp.txt").read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC\n", text)


def test_what_cannot_be_moved_leaves_one_submission_ungraded(toy: Class, tmp_path: Path) -> None:
    """The place for what is set aside may not lead elsewhere; the class is graded, and the command says so."""
    toy.hand_in("ada")
    toy.hand_in("bob")
    (toy.root / "submitted" / "ada" / "toy" / "link").symlink_to(toy.root / "gradebook.db")
    (toy.root / "submitted" / "ada" / ".set_aside").symlink_to(tmp_path)
    ended = toy.autograde()
    assert ended.code == 1
    assert ended.lines(".set_aside cannot be set aside") or ended.lines("cannot be set aside: it is a link")
    assert toy.all_scores() == {"bob": POINTS}
    assert not (toy.root / "autograded" / "ada" / "toy").exists()
