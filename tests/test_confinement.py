"""What confines a box, on this machine and on those that offer less, each with the real kernel's refusals."""

import errno
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.box.folders import remove_tree
from autograder.box.protection import PROTECTIONS, demand, lacking
from autograder.box.worker import calls, places, seccomp
from autograder.course.errors import ConfinementError, StudentDied, StudentOutOfMemory, StudentOverLimit, StudentRaised

SITUATIONS = Path(__file__).with_name("situations.py")
linux = pytest.mark.skipif(sys.platform != "linux", reason="confinement is Linux's")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

# What each situation leaves of the layers that protect something.
LEFT = {
    "": {"new_root", "landlock_rules", "pid_namespace", "network_and_ipc_namespaces", "seccomp_filter"},
    "user": {"new_root", "landlock_rules", "pid_namespace", "user_namespace", "bounded_processes", "seccomp_filter"},
    "container": {"landlock_rules", "signals_of_its_own", "seccomp_filter", "no_new_privileges"},
    "user container": {"landlock_rules", "signals_of_its_own", "seccomp_filter", "no_new_privileges"},
    "old-kernel": {"new_root", "pid_namespace", "network_and_ipc_namespaces", "seccomp_filter"},
    "old-mounts": {"landlock_rules", "pid_namespace", "network_and_ipc_namespaces", "seccomp_filter"},
    "user container old-kernel": {"seccomp_filter", "no_new_privileges"},
}
TOO_LITTLE = {"user container old-kernel"}


@pytest.fixture
def lessened() -> Iterator[Callable[..., "subprocess.CompletedProcess[str]"]]:
    """Run a command in a situation: ``lessened("user container", "-m", "autograder", "doctor")``."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-situation-"))  # pytest's own is closed to other users
    folder.chmod(0o777)

    def run(situation: str, *command: str, **files: str) -> "subprocess.CompletedProcess[str]":
        for name, text in files.items():
            (folder / name).write_text(text)
        return subprocess.run(
            [sys.executable, str(SITUATIONS), *situation.split(), "--", sys.executable, *command],
            env={**os.environ, "TMPDIR": str(folder), "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=folder,
            capture_output=True,
            text=True,
        )

    yield run
    remove_tree(folder)


@linux
@needs_root
@pytest.mark.parametrize("situation", LEFT)
def test_the_doctor_tells_what_holds_by_trying(lessened, situation):
    ended = lessened(situation, "-m", "autograder", "doctor", "--json")
    told = json.loads(ended.stdout)
    held = {name for name, holds in told["layers"].items() if holds}
    assert LEFT[situation] <= held
    assert ("new_root" in held) is ("container" not in situation and "old-mounts" not in situation)
    assert ("landlock_rules" in held) is ("old-kernel" not in situation)
    assert told["enough"] is (situation not in TOO_LITTLE)
    assert ended.returncode == int(situation in TOO_LITTLE)
    broken = {what for what, held in told["trials"].items() if not held} - set(told["limits"])
    assert bool(told["limits"]) is ("new_root" not in held)
    # The trials can fail: where nothing hides files, they are read.
    assert ("read a file outside its own folders" in broken) is (situation in TOO_LITTLE)
    assert bool(broken) is (situation in TOO_LITTLE)


# A template whose filter leaves everything to other layers, and whose nannies never look at the disk.
CARELESS = """
from autograder.box import template
from autograder.box.checkup import check_up

template.COMMAND = (*template.COMMAND[:-2], "-c", '''
from autograder.box.worker import __main__ as worker, seccomp
from autograder.box.worker.disk import Disk

careful = seccomp.install
seccomp.install = lambda allowed: careful(seccomp.Allowed())
Disk.is_full = lambda self: False
worker.main()
''')
print(check_up().as_json())
"""


@linux
@needs_root
def test_the_doctor_notices_where_the_filter_does_not_take_the_place_of_other_layers(lessened):
    told = json.loads(lessened("user container", "-c", CARELESS).stdout)
    broken = {what for what, held in told["trials"].items() if not held} - set(told["limits"])
    assert broken - {"change other attributes of a file outside its own folders"} == {  # which not all disks have
        "change the rights of a file outside its own folders",
        "change the times of a file outside its own folders",
        "set the grader's priority",
        "connect to a Unix socket",
        "keep four times the files on the disk that it may",
    }
    assert not told["enough"]


@linux
@needs_root
@pytest.mark.parametrize(
    ("situation", "said"), [("user container old-kernel", "Missing: "), ("container", "Known limit here: ")]
)
def test_the_doctor_says_it_in_words(lessened, situation, said):
    ended = lessened(situation, "-m", "autograder", "doctor")
    assert said in ended.stdout
    assert not ended.stderr


# What every situation must bear: legitimate code, and code that takes too much

NOTEBOOK = """
import sys
from pathlib import Path
from autograder.box.limits import MEBIBYTE, Limits
from autograder.box.session import Session
from autograder.box.template import Template

cells = Path(sys.argv[1]).read_text().split("# %%\\n")
limits = Limits(cell_seconds=60.0, memory=600 * MEBIBYTE, disk=8 * MEBIBYTE, files=200, processes=24)
with Template() as template, Session(template, cells, limits=limits) as session:
    for run in session.run_cells():
        errors = [event["ename"] + ": " + event["evalue"] for event in run.events if event["type"] == "error"]
        print(f"{type(run.fault).__name__ if run.fault else ''}|{run.fault or ''}|{'; '.join(errors)}")
"""
LEGITIMATE = {
    "torch": "import torch\nm = torch.nn.Linear(3, 2)\no = torch.optim.Adam(m.parameters())\n"
    "m(torch.ones(4, 3)).square().sum().backward(); o.step()\ntorch.save(m.state_dict(), 'm.pt'); torch.load('m.pt')",
    "loader": "from torch.utils.data import DataLoader\n"
    "assert len(list(DataLoader([1, 2, 3], num_workers=2, persistent_workers=True, prefetch_factor=4))) == 3",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.savefig('f.png'); plt.show()",
    "scipy": "import scipy.optimize, scipy.integrate\nscipy.optimize.minimize(lambda x: x @ x, [1.0, 2.0])",
    "files": "import tempfile\nwith tempfile.NamedTemporaryFile('w') as f: f.write('x')\nopen('notes', 'w').write('y')",
    "copies": "import pathlib, shutil, tarfile, zipfile\nimport numpy as np\nfolder = pathlib.Path('a')\n"
    "folder.mkdir(); (folder / 'b').touch(); (folder / 'b').touch(); np.save(folder / 'c.npy', np.ones(3))\n"
    "shutil.copy('a/b', 'd'); shutil.copy2('a/c.npy', 'e.npy'); shutil.copytree('a', 'f'); shutil.move('f', 'g')\n"
    "shutil.make_archive('h', 'zip', 'a'); zipfile.ZipFile('h.zip').extractall('i')\n"
    "shutil.make_archive('j', 'tar', 'a'); tarfile.open('j.tar').extractall('k')\n"
    "import subprocess\nsubprocess.run('touch l a/b && cp -a a m && tar xf j.tar -C m && chmod u+w l', shell=True, "
    "check=True)\nassert np.load('m/c.npy').sum() == np.load('k/c.npy').sum() == np.load('e.npy').sum() == 3",
    "threads": "from concurrent.futures import ThreadPoolExecutor\nsum(ThreadPoolExecutor(8).map(int, range(99)))",
    "programs": "import subprocess\nassert subprocess.run(['echo', 'a'], capture_output=True).stdout == b'a\\n'\n!true",
    "user": "import getpass, os, pathlib\nassert getpass.getuser() == 'student'\nassert pathlib.Path.home() == "
    "pathlib.Path.cwd()",
    "async": "import asyncio\nawait asyncio.sleep(0)",
}
REFUSED = {
    "multiprocessing": ("import multiprocessing\nmultiprocessing.Process(target=print).start()", "not available here"),
    "pool": ("import multiprocessing\nmultiprocessing.Pool(2)", "not available here"),
    "memory": ("x = bytearray(1 << 30)", "MemoryError"),
    "descriptors": (
        "kept = []\ntry:\n    while True: kept.append(open('/dev/null'))\nfinally: kept.clear()",
        "Too many",
    ),
    "network": ("import socket\nsocket.create_connection(('127.0.0.1', 1))", "Permission"),
    "elsewhere": (f"open({str(SITUATIONS)!r})", "Error"),
    "system": ("open('/etc/intruder', 'w')", "Error"),
}


# By the system where it has a quota, or else by the nanny, who names the limit.
GREEDY = {
    "disk": "for i in range(40): open(f'f{i}', 'wb').write(bytes(1 << 20))\nimport time; time.sleep(20)",
    "nameless": "import os, time\nkept = [open(f'n{i}', 'wb') for i in range(40)]\n"
    "for i, f in enumerate(kept): os.unlink(f'n{i}'); f.write(bytes(1 << 20)); f.flush()\ntime.sleep(20)",
    "reserved": "import os, time\nos.posix_fallocate(open('r', 'wb').fileno(), 0, 40 << 20)\ntime.sleep(20)",
    "hidden": "import os, time\nfor i in range(60): os.mkdir('h' * 200); os.chdir('h' * 200)\n"
    "for i in range(40): open(f'f{i}', 'wb').write(bytes(1 << 20))\ntime.sleep(20)",
    "inodes": "for i in range(5000): open(f'g{i}', 'w').close()\nimport time; time.sleep(20)",
    "forks": "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(60)\ntime.sleep(20)",
}
STOPPED = ("OSError", "BlockingIOError", "StudentOverLimit")


@linux
@needs_root
@pytest.mark.parametrize("situation", ["", "user", "container", "user container", "old-kernel", "old-mounts"])
def test_legitimate_code_notices_nothing_and_whoever_takes_too_much_is_told_why(lessened, situation):
    cells = [*LEGITIMATE.values(), *(source for source, _ in REFUSED.values()), *GREEDY.values(), "1"]
    ended = lessened(situation, "run.py", "cells", **{"cells": "\n# %%\n".join(cells), "run.py": NOTEBOOK})
    lines = ended.stdout.splitlines()
    assert lines[: len(LEGITIMATE)] == ["||"] * len(LEGITIMATE), ended.stderr
    for line, (_, reason) in zip(lines[len(LEGITIMATE) :], REFUSED.values(), strict=False):
        assert reason in line
    *greedy, last = lines[len(LEGITIMATE) + len(REFUSED) :]
    assert [any(name in line for name in STOPPED) for line in greedy] == [True] * len(GREEDY), greedy
    assert last == "||"


def test_code_that_is_stopped_is_told_which_limit_it_hit(session):
    share = "import mmap, os, time\nkept = mmap.mmap(-1, 700 << 20)\nfor i in range(0, len(kept), 4096): kept[i] = 1\n"
    children = (
        "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        kept = bytearray(b'x') * (150 << 20)\n"
        "        time.sleep(60)\ntime.sleep(60)"
    )
    again = "import os\nwhile True:\n    if os.fork() != 0: os._exit(0)"
    burn = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    ran = session(f"{share}time.sleep(60)", children, "1", memory=400 << 20)
    assert [type(run.fault) for run in ran.runs] == [StudentOutOfMemory, StudentOutOfMemory, type(None)]
    assert "more than 400 MB" in str(ran.runs[0].fault)
    ran = session(burn, "1", cpu_seconds=1.0)
    assert isinstance(ran.runs[0].fault, StudentOverLimit)
    assert "processor time" in str(ran.runs[0].fault)
    ran = session(again, "1", processes=8)
    assert isinstance(ran.runs[0].fault, StudentDied | StudentOverLimit)
    assert ran.runs[1].fault is None


def test_files_that_do_not_fit_stay_out_and_the_small_ones_come_along(session, tmp_path):
    files = tmp_path / "files"
    (files / "deep").mkdir(parents=True)
    (files / "deep" / "small.txt").write_text("small")
    (files / "large.bin").write_bytes(bytes(3 << 20))
    (files / "link").symlink_to("/etc/passwd")
    (files / "other.ipynb").write_text("{}")
    os.mkfifo(files / "pipe")
    ran = session("import os\ndef f(): return sorted(os.listdir())", files=files, disk=2 << 20)
    assert ran.call("f", (), {}) == ["deep", "link"]
    assert ran.left_out == ("large.bin",)


def test_an_ordinary_bound_is_the_students_fault(session):
    ran = session("def f(): open('large', 'wb').write(bytes(3 << 20))", file_size=1 << 20)
    with pytest.raises(StudentRaised, match="OSError"):
        ran.call("f", (), {})


# The least that is demanded


def test_each_protection_is_demanded_and_each_of_its_layers_gives_it():
    every = {layer for protection in PROTECTIONS for layer in protection.layers}
    demand(every)
    for protection in PROTECTIONS:
        without = every - set(protection.layers)
        assert lacking(without) == [protection]
        with pytest.raises(ConfinementError, match=r"doctor.*accept_weak_confinement"):
            demand(without)
        for layer in protection.layers:
            assert lacking({*without, layer}) == []


def test_what_lies_where_every_box_reads_is_found(tmp_path):
    inside = Path(sys.prefix) / "lib"
    link = tmp_path / "link"
    link.symlink_to(inside)
    assert set(places.exposed([tmp_path, inside])) == {Path(os.path.realpath(inside))}
    assert set(places.exposed([link])) == {Path(os.path.realpath(inside))}
    assert not any(tmp_path.is_relative_to(path) for path in places.readable())
    assert not any(SITUATIONS.is_relative_to(path) for path in places.readable())


ROOT_WITH_AN_INTERPRETER_IN_TMP = """
import os, sys
from pathlib import Path
from autograder.box.worker import kernel, places, root

inside = Path(sys.argv[1])
places.readable = lambda: (Path("/usr"), inside)
kernel.unshare(kernel.CLONE_NEWPID)
if os.fork() == 0:
    kernel.unshare(kernel.CLONE_NEWNS)
    new = inside.parent / "root"
    new.mkdir()
    root.build(new, 1 << 20, 100, os.geteuid())
    root.enter(new)
    print((inside / "kept").read_text())
    Path("/tmp/written").write_text("there is room beside it")
    try:
        (inside / "other").touch()
    except OSError as error:
        print(error.strerror)
    sys.stdout.flush()
    os._exit(0)
os.wait()
"""


@linux
@needs_root
def test_an_interpreter_that_lies_among_temporary_files_does_not_weaken_a_box():
    """As in a checkout below /tmp: the folder to write in is then a place that exists already."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        inside = Path(folder) / "venv"
        inside.mkdir()
        (inside / "kept").write_text("readable")
        command = [sys.executable, "-c", ROOT_WITH_AN_INTERPRETER_IN_TMP, str(inside)]
        ended = subprocess.run(command, capture_output=True, text=True)
        assert ended.stdout.splitlines() == ["readable", "Read-only file system"], ended.stderr


# The filter, held against a reader of its own


def verdict(program: bytes, number: int, architecture: int, *arguments: int) -> int:
    """What the kernel would answer to a system call: the meaning of the few instructions that the filter has."""
    data = struct.pack("=IIQQQQ", number, architecture, 0, *arguments, *[0] * (3 - len(arguments)))
    code = [struct.unpack_from("=HBBI", program, 8 * index) for index in range(len(program) // 8)]
    place = accumulator = 0
    while True:
        operation, yes, no, value = code[place]
        place += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif operation == 0x06:
            return value
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
            place += yes if holds else no


ALLOW, KILL = 0x7FFF0000, 0x80000000
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


EVERYTHING = seccomp.Allowed()
NOTHING = seccomp.Allowed(sockets=False, truncation=False, attributes=False, scheduling=False, allocation=False)


@pytest.mark.parametrize("allowed", [EVERYTHING, NOTHING], ids=["everything", "nothing"])
@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_refuses_what_it_lists_and_allows_the_rest(machine, allowed):
    program, column, architecture = seccomp.program(allowed, machine), list(MACHINES).index(machine), MACHINES[machine]
    listed = [(calls.REFUSED, errno.EPERM), (calls.MISSING, errno.ENOSYS)]
    by_argument = {c[column] for c in (calls.SOCKET, calls.SOCKETPAIR, calls.PRLIMIT, calls.CLONE, calls.IOCTL)}
    if allowed is NOTHING:
        listed += [(calls.UNHEEDED, 0), (calls.OUTDATED, errno.EPERM), (calls.UNSUPPORTED, errno.EOPNOTSUPP)]
        listed += [({"": calls.TRUNCATE}, errno.EPERM), ({"": calls.FALLOCATE}, errno.EOPNOTSUPP)]
        by_argument |= {c[column] for c in (calls.UTIMENSAT, *calls.SCHEDULING.values())}
        by_argument |= {c[column] for c, _ in calls.PRIORITIES.values()}
    expected = {numbers[column]: 0x50000 | error for table, error in listed for numbers in table.values()}
    for number in set(range(480)) - by_argument:
        assert verdict(program, number, architecture) == expected.get(number, ALLOW), number
    assert verdict(program, 1, 0x40000003) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_looks_at_arguments(machine):
    column, architecture = list(MACHINES).index(machine), MACHINES[machine]
    rooms, none = seccomp.program(EVERYTHING, machine), seccomp.program(NOTHING, machine)

    def answer(program: bytes, call: tuple[int, int], *arguments: int) -> int:
        return verdict(program, call[column], architecture, *arguments)

    def refused(error: int) -> int:
        return 0x50000 | error

    assert answer(rooms, calls.SOCKET, 1) == ALLOW
    assert {answer(rooms, calls.SOCKET, family) for family in (2, 10, 16, 17, 40)} == {refused(errno.EACCES)}
    assert answer(none, calls.SOCKET, 1) == refused(errno.EACCES)
    assert (answer(none, calls.SOCKETPAIR, 1), answer(none, calls.SOCKETPAIR, 30)) == (ALLOW, refused(errno.EACCES))
    assert answer(rooms, calls.PRLIMIT, 0) == ALLOW
    assert answer(rooms, calls.PRLIMIT, 7) == refused(errno.EPERM)
    assert answer(rooms, calls.CLONE, 0x01200011) == ALLOW
    assert answer(rooms, calls.CLONE, 0x10000011) == refused(errno.EPERM)
    for program in (rooms, none):
        assert answer(program, calls.IOCTL, 0, 0x5412) == refused(errno.EPERM)
        assert answer(program, calls.IOCTL, 0, 0x5401) == ALLOW
    set_flags = 0x40086602
    assert answer(rooms, calls.IOCTL, 0, set_flags) == ALLOW
    assert {answer(none, calls.IOCTL, 0, call) for call in (set_flags, 0x53FF, 0x5500)} == {refused(errno.ENOTTY)}


@pytest.mark.parametrize("machine", MACHINES)
def test_where_no_other_layer_does_the_filter_keeps_to_ones_own_files_and_processes(machine):
    column, architecture, none = list(MACHINES).index(machine), MACHINES[machine], seccomp.program(NOTHING, machine)

    def answer(call: tuple[int, int], *arguments: int) -> int:
        return verdict(none, call[column], architecture, *arguments)

    name, times, unheeded, refused = 0x7FFF0000, 0x7FFF1000, 0x50000, 0x50000 | errno.EPERM
    assert answer(calls.UTIMENSAT, 3, 0, 0) == answer(calls.UTIMENSAT, 0, name, times) == unheeded
    assert answer(calls.UTIMENSAT, 0, name, 0) == refused
    for call in calls.SCHEDULING.values():
        assert (answer(call, 0), answer(call, 7)) == (ALLOW, refused)
    for call, process in calls.PRIORITIES.values():
        assert answer(call, process, 0) == ALLOW
        assert {answer(call, process, 7), answer(call, process + 1, 0), answer(call, process + 2, 0)} == {refused}
