"""``autograder grade --scheduler``: what a cluster grades is what this machine grades, whoever dies meanwhile."""

import os
import pickle
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_whole_class import files, grade, hand_in, stored
from toy_class import Class, Commands, Ended

from autograder.course.errors import CourseError
from autograder.gradebook.batch import remote
from autograder.gradebook.batch.bundle import Bundle, pack, unpack
from autograder.gradebook.batch.parcels import Order
from autograder.gradebook.batch.run import ClassGrading, Request

pytest.importorskip("distributed", reason="distributed is not installed: pip install 'pathwise[cluster]'")
from dask_cluster import PATIENCE, Cluster, kill

LOOKS_AROUND = """\
def double(x):
    import glob
    assert not glob.glob({places!r}, recursive=True)
    return 2 * np.asarray(x, dtype=float)
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers, one of them with threads that must not get in each other's way."""
    # Each submission that kills its worker kills as many as the scheduler allows.
    variables = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), (1, 2), variables)
    yield cluster
    cluster.close()
    assert not list(cluster.temporary.glob("autograder-*")), "a worker has left something behind"


@pytest.fixture
def make(generated: Path, nbgrader: Commands, tmp_path: Path) -> Callable[[str], Class]:
    """Make a course in which nobody has handed in."""

    def made(name: str) -> Class:
        shutil.copytree(generated, tmp_path / name)
        return Class(tmp_path / name, nbgrader)

    return made


def begin(root: Path, address: str) -> "subprocess.Popen[str]":
    """Begin to grade on a cluster."""
    command = [sys.executable, "-m", "autograder", f"--course-dir={root}", "grade", "toy", f"--scheduler={address}"]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process: "subprocess.Popen[str]") -> Ended:
    """Wait until it is graded."""
    log, _ = process.communicate(timeout=PATIENCE)
    return Ended(process.returncode, log)


def test_a_cluster_grades_as_this_machine_does(cluster: Cluster, make: Callable[[str], Class]) -> None:
    """Gradebook and files are equal, in batches of several, and no submission sees the secret room."""
    here, there = make("here"), make("there")
    for toy in (here, there):
        hand_in(toy)
        places = str(cluster.temporary / "**" / "test_double.py")
        toy.hand_in("looks_around", double=LOOKS_AROUND.format(places=places))
    assert grade(here.root).code == 0
    end = ended(begin(there.root, cluster.address))
    assert end.code == 0, end.log
    assert "14 graded" in end.log
    assert stored(there.root) == stored(here.root)
    assert there.scores("looks_around")["double"] == 3.0
    theirs, ours = files(there.root), files(here.root)
    assert theirs.keys() == ours.keys()
    for name in theirs:
        assert theirs[name] == ours[name], name


def test_a_worker_that_is_killed_costs_nobody_a_grade(cluster: Cluster, make: Callable[[str], Class]) -> None:
    """Its submissions are graded elsewhere; its boxes end with it."""
    toy = make("course")
    for student in ("ada", "bob", "carl", "stops_once", "zoe"):
        toy.hand_in(student)
    process = begin(toy.root, cluster.address)
    assert kill(cluster.paused()) == []
    end = ended(process)
    assert end.code == 0, end.log
    assert "5 graded" in end.log
    scores = toy.all_scores()
    assert len(scores) == 5
    assert all(score == scores["ada"] for score in scores.values())


def test_a_submission_that_kills_its_workers_is_set_aside(cluster: Cluster, make: Callable[[str], Class]) -> None:
    """Everybody else is graded, also those who travelled with it."""
    toy = make("course")
    students = [f"student{number:02}" for number in range(11)]
    for student in (*students, "kills"):
        toy.hand_in(student)
    end = ended(begin(toy.root, cluster.address))
    assert end.code == 1, end.log
    assert "11 graded, 0 left alone, 1 ungraded" in end.log
    assert end.lines("kills") == [
        "Ungraded, old scores kept: kills: the processes that graded it died each time, so it is set aside"
    ]
    assert not (toy.root / "autograded" / "kills" / "toy").exists()
    scores = toy.all_scores()
    assert all(scores[student] == scores["student00"] for student in students)


def test_a_scheduler_that_closes_in_the_middle(tmp_path: Path, make: Callable[[str], Class]) -> None:
    """One sentence; what is graded is stored, and the next command grades the rest."""
    toy = make("course")
    for student in ("ada", "bob", "carl", "stops"):
        toy.hand_in(student)
    cluster = Cluster(tmp_path, (1,))
    try:
        process = begin(toy.root, cluster.address)
        cluster.paused()
        cluster.scheduler.kill()
        end = ended(process)
    finally:
        cluster.close()
    assert end.code == 1, end.log
    assert [line for line in end.log.splitlines() if "no workers yet" not in line] == [
        f"autograder: the scheduler at {cluster.address} is gone: what was graded until then is stored, and the same "
        "command, run again, grades what is missing"
    ], end.log
    graded = set(toy.all_scores())
    assert "stops" not in graded
    assert {path.parent.name for path in (toy.root / "autograded").glob("*/toy")} == graded
    again = grade(toy.root)
    assert again.code == 0, again.log
    assert f"{4 - len(graded)} graded, {len(graded)} left alone" in again.log


def test_a_worker_of_another_version_grades_nothing(tmp_path: Path, make: Callable[[str], Class]) -> None:
    """A worker that is there is asked first; one that comes later says it itself."""
    toy = make("course")
    toy.hand_in("ada")
    cluster = Cluster(tmp_path, (1,), {"PATHWISE_VERSION": "0.0.1"})
    try:
        end = ended(begin(toy.root, cluster.address))
    finally:
        cluster.close()
    assert end.code == 1, end.log
    assert "Pathwise 0.0.1, and this command" in end.log.splitlines()[-1]
    assert "Traceback" not in end.log
    assert not (toy.root / "autograded" / "ada" / "toy").exists()


def test_no_scheduler_there(make: Callable[[str], Class]) -> None:
    """One sentence, whether nobody answers or the address is none."""
    toy = make("course")
    toy.hand_in("ada")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for address in (f"tcp://127.0.0.1:{unused.getsockname()[1]}", "nowhere", "tls://127.0.0.1:1"):
            end = grade(toy.root, f"--scheduler={address}")
            assert end.code == 2, end.log
            assert len(end.log.splitlines()) == 1, end.log
            assert f"no Dask scheduler answers at {address}" in end.log


def test_without_the_package(make: Callable[[str], Class]) -> None:
    """One sentence says what to install."""
    toy = make("course")
    toy.hand_in("ada")
    arguments = [f"--course-dir={toy.root}", "grade", "toy", "--scheduler=tcp://127.0.0.1:1"]
    code = (
        f"import sys; sys.modules['distributed'] = None\nfrom autograder.cli import main\nsys.exit(main({arguments}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=toy.root, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert "pip install 'pathwise[cluster]'" in line


@pytest.fixture
def order(generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """The order of a course of this test's own."""
    root = tmp_path / "course"
    shutil.copytree(generated, root)
    (root / "submitted" / "ada" / "toy").mkdir(parents=True)
    shutil.copy(root / "assignments" / "toy" / "one.ipynb", root / "submitted" / "ada" / "toy")
    monkeypatch.chdir(root)
    return ClassGrading(Request(root, "toy")).order()


def test_a_bundle_is_named_by_its_content(order: Order) -> None:
    """The same course is the same bundle, whenever it was written; another grader makes another."""
    first = pack(order)
    graders = order.root / "solutions" / "toy"
    os.utime(graders / "double.py", (0, 0))
    (graders / "__pycache__").mkdir(exist_ok=True)
    (graders / "__pycache__" / "double.cpython-311.pyc").write_bytes(b"compiled")
    assert pack(order) == first
    (graders / "test_double.py").write_text("")
    assert pack(order).name != first.name


def test_a_bundle_holds_what_grading_reads(order: Order, tmp_path: Path) -> None:
    """Graders, references, masters, variants and the release; neither solved notebooks nor anything of the class."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    arrived = unpack(pack(order), folder)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    solutions = {f"solutions/toy/{path.name}" for path in (order.root / "solutions" / "toy").glob("*.*")}
    source = {f"source/toy/{name}" for name in ("one.master.md", "two.master.md", "variants.toml")}
    assert found == {*source, *solutions, "assignments/toy/one.ipynb", "assignments/toy/two.ipynb"}
    assert replace(arrived, root=order.root) == order


def test_a_bundle_that_was_changed_on_its_way_is_refused(order: Order, tmp_path: Path) -> None:
    """Nothing of it is laid out or loaded."""
    bundle = pack(order)
    with pytest.raises(CourseError, match="did not arrive as they were sent"):
        unpack(Bundle(bundle.name, bundle.data + b"\0"), tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()


def test_the_secret_room_is_for_the_worker_alone_and_goes_with_the_class(order: Order) -> None:
    """Its folder is closed to others, used again by the next batch, and gone when the class is graded."""
    bundle = pack(order)
    nobody = pickle.dumps([])
    try:
        assert remote.grade(remote.versions(), bundle.name, bundle.data, nobody) == []
        (desk,) = remote._desks.values()
        root = desk.worker.order.root
        assert stat.S_IMODE(root.stat().st_mode) == 0o700
        assert remote.grade(remote.versions(), bundle.name, bundle.data, nobody) == []
        assert list(remote._desks.values()) == [desk]
    finally:
        remote.forget(bundle.name)
    assert not root.exists()
    assert not remote._desks
    told = remote.grade(("2.7", "0.1.0"), bundle.name, bundle.data, nobody)
    assert isinstance(told, str)
    assert told.startswith("a worker runs Python 3.")
    told = remote.grade(remote.versions(), "another", bundle.data, nobody)
    assert isinstance(told, str)
    assert told.endswith("cannot grade: the course's files did not arrive as they were sent")
