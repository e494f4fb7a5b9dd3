"""Whatever breaks on our side while a class is graded: no grade is lost, doubled or invented.

Each test breaks something at a step of a real ``nbgrader autograde``, holds what must hold of the gradebook, of the
autograded notebooks, of processes and of temporary files (see ``fault_class``), and runs the same command again.
"""

import errno
import functools
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from fault_class import Graded, fail, kill

ASK = "autograder.box.box:Box._ask"
SEND = "autograder.box.channel:Channel.send"
RECEIVE = "autograder.box.channel:Channel.receive"
SAVE = "nbgrader.preprocessors:SaveAutoGrades.preprocess_cell"
INIT = "nbgrader.converters:Autograde.init_assignment"
WRITE = "nbconvert.writers:FilesWriter.write"

Make = Callable[[str], Graded]

KILLED = {
    "template before a box is made": kill("template", SEND, number=2),
    "template while a box is made": kill("template", RECEIVE, number=4),
    "template between cells": kill("template", ASK, number=3),
    "template during a cell": kill("template", RECEIVE, number=6),
    "template during a hidden test": kill("template", RECEIVE, number=13),
    "nanny while a box is made": kill("nanny", RECEIVE, number=4),
    "nanny between cells": kill("nanny", ASK, number=3),
    "nanny during a hidden test": kill("nanny", RECEIVE, number=13),
    "template again and again": kill("template", ASK, number=2, times=4),
    "nanny again and again": kill("nanny", ASK, number=2, times=4),
    "student once": kill("student", ASK, number=2),
}


@pytest.mark.parametrize("fault", KILLED)
def test_process_of_a_box_is_killed(a_class: Make, fault: str) -> None:
    """Nobody pays for what happens to the processes of a box from without."""
    graded = a_class("new")
    graded.autograde(KILLED[fault])
    graded.again()


def test_template_cannot_fork(a_class: Make) -> None:
    """No process can be had where the template asks for one: its survey, a nanny, a student's process."""
    graded = a_class("graded before")
    path = graded.toy.root / "nbgrader_config.py"
    config = path.read_text()
    refusing = "import os; none = (n for n in ()); fork, tries = os.fork, iter(range(1, 99)); "
    refusing += "os.fork = lambda: none.throw(BlockingIOError(11, 'none')) if next(tries) == {} else fork(); "
    for number in (1, 2, 3):
        path.write_text(config.replace('"from autograder', f'"{refusing.format(number)}from autograder'))
        graded.autograde()
    path.write_text(config)
    graded.again()


FAILURES = {
    "no process": fail("subprocess:Popen", 1, errno.EAGAIN),
    "no folder for a box": fail("tempfile:mkdtemp", 2),
    "no file copied": fail("shutil:copy", 2),
    "no notebook written": fail(WRITE, 6),
    "half a notebook written": {**fail(WRITE, 8), "do": "write half"},
    "no folder removed": fail("nbgrader.converters.base:rmtree", 2, errno.EROFS),
    "no socket": fail("socket:socketpair", 4, errno.EMFILE),
    "no descriptors": {"at": [SAVE], "number": 3, "do": "use up descriptors", "first": "few descriptors"},
    "gradebook locked from the start": {"at": [INIT], "number": 1, "do": "lock", "first": "impatient"},
    "gradebook locked between scores": {"at": [SAVE], "number": 3, "do": "lock", "first": "impatient"},
}


@pytest.mark.parametrize("fault", FAILURES)
def test_system_refuses(a_class: Make, fault: str) -> None:
    """What the machine refuses leaves a submission ungraded, which is named."""
    graded = a_class("graded before")
    assert graded.autograde(FAILURES[fault]).code == 1
    graded.again()


def test_gradebook_is_locked_for_a_moment(a_class: Make) -> None:
    graded = a_class("graded before")
    assert graded.autograde({"at": [SAVE], "number": 3, "do": "lock", "seconds": 0.3}).code == 0


@functools.cache
def has_private_mounts() -> bool:
    code = "from autograder.box.worker import kernel; kernel.unshare(kernel.CLONE_NEWNS)"
    return os.geteuid() == 0 and subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == 0


DISKS = {
    "the course's, before a submission": {"disk": ".", "at": [INIT], "number": 2},
    "the course's, before a score": {"disk": ".", "at": [SAVE], "number": 12},
    "the temporary files', before a box": {"disk": "", "at": [INIT], "number": 2},
    "the temporary files', in a box": {"disk": "", "at": [ASK], "number": 3},
}


@pytest.mark.parametrize("fault", DISKS)
def test_disk_is_full(a_class: Make, fault: str) -> None:
    """A real disk, real errors: of copies, of SQLite, of boxes."""
    if not has_private_mounts():
        pytest.skip("only root can make a small disk")
    graded = a_class("graded before")
    graded.autograde({"do": "fill disk", "first": "small disk", **DISKS[fault]})
    graded.again()


GRADERS = {
    "leaves": "raise SystemExit(0)",
    "ends pytest": "pytest.exit('enough')",
    "interrupts": "import signal; signal.raise_signal(signal.SIGINT)",
    "ends the process": "import os; os._exit(0)",
}


@pytest.mark.parametrize("grader", GRADERS)
def test_grader_is_broken(a_class: Make, grader: str) -> None:
    graded = a_class("graded before")
    path = graded.toy.root / "solutions" / "toy" / "test_area.py"
    text = path.read_text()
    path.write_text(text.replace("assert_close(student.area(3.0, 3.0), 9.0)", GRADERS[grader]))
    ended = graded.autograde(killed=grader == "ends the process")
    assert ended.code == (0 if grader == "ends the process" else 1)
    path.write_text(text)
    graded.again()
