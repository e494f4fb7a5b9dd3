"""One notebook under judgment: what one cell breaks costs that cell, and nothing else."""

import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder.box.folders import PREFIXES, WorkFolder, remove_tree, sweep
from autograder.box.limits import MEBIBYTE, Limits
from autograder.box.session import Session, run_notebook_file
from autograder.course.errors import (
    BoxError,
    Outcome,
    StudentDied,
    StudentNotRun,
    StudentTimeout,
    StudentUndefined,
    UsageError,
)

# For code that hangs: everything else in such a notebook takes milliseconds.
HANG = {"cell_seconds": 1.0, "call_seconds": 1.0}


def texts(run) -> str:
    return "".join(event.get("text", "") for event in run.events)


def outcomes(session) -> list[str]:
    return [run.fault.outcome.value if run.fault else "raised" if run.failed else "" for run in session.runs]


# Cells that go wrong


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("1 / 0", "raised"),
        ("def (", "raised"),
        ("undefined_name", "raised"),
        ("x = bytes(1 << 40)", "raised"),
        ("x = [bytes(1 << 24) for _ in range(16)]", "raised"),
        ("def deep(): deep()\ndeep()", "raised"),
        ("import sys; sys.exit(1)", "raised"),
        ("exit", ""),
        ("quit()", ""),
        ("raise KeyboardInterrupt", "raised"),
        ("input()", "raised"),
        ("while True: pass", "timed out"),
        ("import time\ntime.sleep(60)", "timed out"),
        ("import asyncio\nawait asyncio.sleep(60)", "timed out"),
        ("import subprocess\nsubprocess.run(['sleep', '60'])", "timed out"),
        ("!sleep 60", "timed out"),
        ("import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass", "timed out"),
        ("import os; os._exit(0)", "died"),
        ("import os; os._exit(3)", "died"),
        ("import ctypes; ctypes.string_at(0)", "died"),
        ("import os; os.killpg(0, 9)", "died"),
        ("import os; os.closerange(3, 999)", "died"),
        ("import gc, threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()", ""),
        ("get_ipython().user_ns = None", "raised"),
    ],
)
def test_a_cell_that_goes_wrong_leaves_the_others_their_chance(session, cell, outcome):
    hangs = outcome == "timed out"
    ran = session(
        "def before(): return 'before'",
        cell,
        "def after(): return 'after'",
        memory=192 * MEBIBYTE,
        cell_seconds=1.0 if hangs else 60.0,
    )
    assert outcomes(ran) == ["", outcome, ""]
    assert ran.call("before", (), {}) == "before"
    assert ran.call("after", (), {}) == "after"


def test_a_cell_that_breaks_the_shell_fails_later_cells_and_no_call(session):
    ran = session("def before(): return 'before'", "import sys; sys.stdout = None", "1")
    assert outcomes(ran) == ["", "", "raised"]
    assert ran.call("before", (), {}) == "before"


@pytest.mark.parametrize("cell", ["globals().clear()", "%reset -f"])
def test_what_a_cell_deletes_is_undefined(session, cell):
    ran = session("def before(): return 'before'", cell)
    with pytest.raises(StudentUndefined):
        ran.call("before", (), {})


def test_a_cell_that_is_stopped_keeps_what_it_printed(session):
    ran = session("print('started')\nwhile True: pass", **HANG)
    assert texts(ran.runs[0]) == "started\n"
    assert ran.runs[0].fault.outcome is Outcome.TIMED_OUT
    assert ran.runs[0].events[-1]["ename"] == "KeyboardInterrupt"


def test_an_await_that_was_interrupted_does_not_run_on_beside_the_next_cell(session):
    ran = session(
        "import asyncio\nlog, gate = [], asyncio.Event()\nawait gate.wait()\nlog.append('ran on')",
        "gate.set()\nfor _ in range(10): await asyncio.sleep(0)\nprint(log)",
        "def f(): return log",
        **HANG,
    )
    assert outcomes(ran) == ["timed out", "", ""]
    assert texts(ran.runs[1]) == "[]\n"
    assert [run.execution_count for run in ran.runs] == [1, 2, 3]
    assert ran.call("f", (), {}) == []


def test_a_lost_box_is_replaced_by_one_in_which_the_innocent_cells_ran_again(session):
    ran = session(
        "count = 0",
        "count += 1",
        "import os; os._exit(1)",
        "count += 10",
        "def f(): return count\ndef die(): os._exit(1)",
        "import os",
    )
    assert outcomes(ran) == ["", "", "died", "", "", ""]
    assert ran.call("f", (), {}) == 11
    with pytest.raises(StudentDied):
        ran.call("die", (), {})
    assert ran.call("f", (), {}) == 11


def test_a_loop_that_nothing_stops_costs_the_call_and_not_the_next(session):
    ran = session(
        "state = []\ndef hang():\n    import time\n    state.append(1)\n    while True:\n"
        "        try: time.sleep(9)\n        except BaseException: pass\n",
        "def f(): return state",
        grace_seconds=0.2,
        call_seconds=1.0,
    )
    with pytest.raises(StudentTimeout):
        ran.call("hang", (), {})
    assert ran.call("f", (), {}) == []


def test_a_loop_that_can_be_stopped_keeps_the_box(session):
    ran = session("state = []\ndef hang():\n    state.append(1)\n    while True: pass\ndef f(): return state", **HANG)
    with pytest.raises(StudentTimeout):
        ran.call("hang", (), {})
    assert ran.call("f", (), {}) == [1]


def test_after_too_many_boxes_nothing_is_tried_any_more(session):
    ran = session("import os\ndef die(): os._exit(1)\ndef f(): return 1", rebuilds=2)
    for _ in range(3):
        with pytest.raises(StudentDied):
            ran.call("die", (), {})
    with pytest.raises(StudentNotRun):
        ran.call("f", (), {})


def test_a_cell_that_turns_deadly_when_it_runs_again_is_left_out(session, tmp_path):
    marker = tmp_path / "marker"
    ran = session(
        "def f(): return 'well'",
        f"import os, pathlib\nmarker = pathlib.Path({str(marker)!r})\nif marker.exists(): os._exit(1)\nmarker.touch()",
        "def die(): os._exit(1)",
    )
    with pytest.raises(StudentDied):
        ran.call("die", (), {})
    assert ran.call("f", (), {}) == "well"


def test_values_and_probes_come_from_the_living_box(session):
    def probe(notebook, x):
        return notebook.double(x)

    ran = session("def double(x): return 2 * x\nimport os\ndef die(): os._exit(1)", "q1 = 'B'")
    with pytest.raises(StudentDied):
        ran.call("die", (), {})
    assert ran.value("q1") == "B"
    assert ran.run(probe, (4,)) == 8


# Files


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "handed-in"
    (folder / "data").mkdir(parents=True)
    (folder / "helper.py").write_text("def helped(): return 'helped'\n")
    (folder / "data" / "numbers.txt").write_text("1 2 3")
    (folder / "notebook.ipynb").write_text("{}")
    for path in (folder / "helper.py", folder / "data" / "numbers.txt"):
        path.chmod(stat.S_IREAD)
    return folder


def test_files_beside_the_notebook_are_there_and_ours_are_not_touched(session, files):
    before = {path: path.read_bytes() for path in files.rglob("*") if path.is_file()}
    ran = session(
        "import os, helper\nfrom pathlib import Path",
        "numbers = Path('data/numbers.txt').read_text(); names = sorted(os.listdir())",
        "Path('data/numbers.txt').write_text('changed'); Path('made.txt').write_text('made')\n"
        "os.remove('helper.py'); os.mkdir('data/made'); os.chdir('data')",
        "def f(): return helper.helped(), numbers, names, Path('numbers.txt').read_text()",
        files=files,
    )
    assert outcomes(ran) == ["", "", "", ""]
    assert ran.call("f", (), {}) == ("helped", "1 2 3", ["data", "helper.py"], "changed")
    assert {path: path.read_bytes() for path in files.rglob("*") if path.is_file()} == before


def test_a_fresh_box_has_fresh_files(session, files):
    ran = session(
        "from pathlib import Path\nimport os",
        "def change(): Path('data/numbers.txt').write_text('changed'); os._exit(1)",
        "def f(): return Path('data/numbers.txt').read_text()",
        files=files,
    )
    with pytest.raises(StudentDied):
        ran.call("change", (), {})
    assert ran.call("f", (), {}) == "1 2 3"


def test_links_in_a_submission_are_not_followed(session, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    ran = session("import os", "def f(): return os.path.islink('link')", files=folder)
    assert ran.call("f", (), {}) is True
    ran.close()
    assert (outside / "kept.txt").read_text() == "kept"


def test_files_that_cannot_be_copied_are_our_fault_and_leave_nothing_behind(template, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with pytest.raises(BoxError, match="work_folder"), Session(template, ["1"], tmp_path / "missing") as session:
        session.run_cells()
    assert list(temporary.iterdir()) == []


def test_the_work_folder_is_gone_when_the_session_ends_whatever_lies_in_it(session):
    ran = session(
        "import os\nfolder = os.getcwd()",
        "for _ in range(1100):\n    os.mkdir('deep'); os.chdir('deep')\nopen('file', 'w').close()",
        "os.chdir(folder); os.makedirs('locked/inner'); open('locked/inner/file', 'w').close()\n"
        "os.chmod('locked/inner', 0); os.chmod('locked', 0); os.symlink('/', 'root'); os.mkfifo('pipe')",
        "def f(): return folder",
    )
    assert outcomes(ran) == ["", "", "", ""]
    folder = ran._folder.path
    assert ran.call("f", (), {}) == "/home/student"
    assert folder.exists()
    ran.close()
    assert not list(folder.parent.glob(f"{folder.name}*"))


def test_a_tree_is_removed_whatever_lies_in_it(tmp_path):
    """Where a box has no folder of its own in memory, its folder lies on our disk."""
    tree = tmp_path / "tree"
    tree.mkdir()
    code = (
        "import os\nhome = os.getcwd()\nfor _ in range(1100):\n    os.mkdir('deep'); os.chdir('deep')\n"
        "open('file', 'w').close(); os.chdir(home)\nos.makedirs('locked/inner')\n"
        "open('locked/inner/file', 'w').close()\n"
        "os.chmod('locked/inner', 0); os.chmod('locked', 0); os.symlink('/', 'root'); os.mkfifo('pipe')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tree, check=True)
    remove_tree(tree)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_nobody_holds_are_swept_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    held, left = WorkFolder(), WorkFolder()
    (left.path / "inner").mkdir()
    os.close(left._lock)  # as when its process is killed
    other = tmp_path / "somebody-elses"
    other.mkdir()
    (tmp_path / f"{PREFIXES[0]}link").symlink_to(other)
    (tmp_path / f"{PREFIXES[0]}file").touch()
    if os.geteuid() == 0:
        foreign = tmp_path / f"{PREFIXES[0]}foreign"
        foreign.mkdir()
        os.chown(foreign, 12345, 12345)
    sweep()
    assert held.path.is_dir()
    assert not left.path.exists()
    kept = {path.name.removeprefix(PREFIXES[0]) for path in tmp_path.iterdir()} - {
        held.path.name.removeprefix(PREFIXES[0])
    }
    assert kept == {"somebody-elses", "link", "file"} | ({"foreign"} if os.geteuid() == 0 else set())
    held.remove()
    assert not held.path.exists()


def test_a_process_that_kills_itself_is_asked_twice_and_then_at_fault(session):
    ran = session("import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGKILL)\ndef g(): return 1")
    with pytest.raises(StudentDied, match="SIGKILL"):
        ran.call("f", (), {})
    assert ran.call("g", (), {}) == 1


def test_removing_a_tree_follows_no_link_out_of_it(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "link").symlink_to(outside, target_is_directory=True)
    remove_tree(tree)
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "kept").exists()


# Notebooks from files


def test_a_notebook_from_a_file_runs_with_the_files_beside_it(template, notebook, files):
    path = files / "handed-in.ipynb"
    notebook("import helper", "", "def f(): return helper.helped()", path=path)
    with run_notebook_file(template, path) as ran:
        assert ran.call("f", (), {}) == "helped"


def test_a_file_that_is_no_notebook_is_not_run(template, tmp_path):
    with pytest.raises(UsageError, match="cannot be read"), run_notebook_file(template, tmp_path / "missing.ipynb"):
        pass


def test_without_a_limit_a_cell_may_take_its_time(template):
    with Session(template, [f"import time\ntime.sleep({0.05})\n'done'"], limits=Limits(cell_seconds=None)) as session:
        begun = time.monotonic()
        assert not session.run_cells()[0].failed
        assert time.monotonic() - begun >= 0.05


def test_a_notebook_that_has_had_its_time_is_not_run_any_further(session):
    ran = session("a = 1", "b = 2", session_seconds=0.0)
    assert [run.fault.outcome for run in ran.runs] == [Outcome.NOT_RUN] * 2
    with pytest.raises(StudentNotRun, match="took over 0 s in all"):
        ran.value("a")


def test_what_a_cell_defined_before_it_hung_is_there_in_a_fresh_box(session):
    ran = session("def f(): return 'well'\nwhile True: pass", "import os\ndef die(): os._exit(1)", **HANG)
    with pytest.raises(StudentDied):
        ran.call("die", (), {})
    assert ran.call("f", (), {}) == "well"
