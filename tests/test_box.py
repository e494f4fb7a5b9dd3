"""One box: whatever a student's code does, the judge gets data or a named fault, and stays well."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.box.box import Box
from autograder.box.limits import MEBIBYTE, Limits
from autograder.box.template import Template
from autograder.box.wire import FunctionSource, Opaque, sendable
from autograder.course.errors import (
    BoxError,
    StudentDied,
    StudentFault,
    StudentForged,
    StudentOutOfMemory,
    StudentRaised,
    StudentReplyTooLarge,
    StudentTimeout,
    StudentUndefined,
)
from autograder.grading.implementation import LocalImplementation, Notebook

# What both sides of the wall know.
SHARED = {"wire", "values", "reader", "channel", "worker"}
# Only code that hangs is waited for; everything else takes milliseconds.
PATIENT = Limits(cell_seconds=60.0, call_seconds=60.0, grace_seconds=2.0)

# What a student can do who looks for the descriptor of the box's socket.
FORGE = """
def forge(data):
    import os, stat
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, data)
        except OSError:
            pass
"""


@pytest.fixture
def box(template: Template, tmp_path: Path) -> Iterator[Callable[..., Box]]:
    """Make a box in which some code has run: ``box("def f(): ...", call_seconds=1.0)``."""
    made = []

    def make(source: str = "", template: Template = template, **limits: object) -> Box:
        made.append(Box(template, tmp_path, Limits(**{**PATIENT.__dict__, **limits})))
        run = made[-1].run_cell(source)
        assert not run.failed, run
        return made[-1]

    yield make
    for each in made:
        each.close()


def numbers_outside(numbers: tuple[int, ...]) -> list[int]:
    """The numbers by which we know processes of a box of ours, which have others in the box's own namespace."""
    outside, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            status = dict(line.split(":\t", 1) for line in path.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        outside[int(path.parent.name)] = int(status["NSpid"].split()[-1])
        parents[int(path.parent.name)] = int(status["PPid"])

    def is_ours(number: int) -> bool:
        while number in parents and number != os.getpid():
            number = parents[number]
        return number == os.getpid()

    return [number for number, inside in outside.items() if inside in numbers and is_ours(number) and number != inside]


def call(box: Box, name: str = "f", *args: object, **kwargs: object) -> object:
    return box.call(name, args, kwargs)


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait for what the system does in its own time; only a failure takes long."""
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


# Data


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("None", None),
        ("'text'", "text"),
        ("True", True),
        ("[1, (2.5, {'a': None})]", [1, (2.5, {"a": None})]),
        ("10**9", 10**9),
        ("Point(1, 2)", (1, 2)),
        ("object()", Opaque("object")),
        ("np.array([object()])", Opaque("array of object")),
        ("(i for i in [1])", Opaque("generator")),
        ("f", Opaque("function")),
        ("{1: 2, 'a': 3}", {"a": 3}),
        ("torch.nn.Linear(1, 1)", Opaque("Linear")),
    ],
)
def test_any_result_arrives_as_data(box, expression, expected):
    made = box(
        "import collections, numpy as np, torch\nPoint = collections.namedtuple('Point', 'x y')\n"
        f"def f(): return {expression}"
    )
    assert call(made) == expected


def test_numbers_arrive_with_their_type(box):
    made = box("import numpy as np, torch\ndef f(x): return np.float32(0.5), np.nan, torch.tensor([1.0, 2.0]), x.T")
    scalar, nan, tensor, array = call(made, "f", np.arange(6).reshape(2, 3))
    assert isinstance(scalar, np.float32)
    assert scalar == 0.5
    assert np.isnan(nan)
    assert np.array_equal(tensor, np.array([1, 2], dtype="f4"))
    assert np.array_equal(array, np.arange(6).reshape(2, 3).T)


def test_arguments_arrive_as_what_they_are(box):
    made = box(
        "import numpy as np, torch\n"
        "def f(*args, **kwargs): return [type(a).__name__ for a in args], sorted(kwargs), kwargs['g'](3)"
    )

    def triple(x):
        return 3 * x

    sent = (1, 1.0, "a", None, [1], (1,), {}, np.zeros(2), np.float32(1), torch.zeros(2))
    names, keywords, nine = made.call("f", sent, {"g": FunctionSource.of(triple), "x": 1})
    assert names == ["int", "float", "str", "NoneType", "list", "tuple", "dict", "ndarray", "float32", "Tensor"]
    assert keywords == ["g", "x"]
    assert nine == 9


def test_values_are_read_by_name(box):
    made = box("answer = 'B'; print = 3; len = 'shadowed'; type = None")
    assert [made.value(name) for name in ("answer", "print", "len", "type")] == ["B", 3, "shadowed", None]
    with pytest.raises(StudentUndefined, match="nothing_of_that_name"):
        made.value("nothing_of_that_name")


# Faults that leave the box well


@pytest.mark.parametrize(
    ("body", "fault", "text"),
    [
        ("raise ValueError('no')", StudentRaised, "raised ValueError"),
        ("raise Own", StudentRaised, "raised Own"),
        ("raise Mute", StudentRaised, "raised Mute"),
        ("return f()", StudentRaised, "raised RecursionError"),
        ("import sys; sys.exit(1)", StudentRaised, "raised SystemExit"),
        ("raise KeyboardInterrupt", StudentRaised, "raised KeyboardInterrupt"),
        ("return undefined_name", StudentRaised, "raised NameError"),
        ("raise MemoryError", StudentOutOfMemory, "memory"),
        ("return len(bytearray(256 << 20))", StudentOutOfMemory, "memory"),
        ("import numpy as np; return np.ones(1 << 37)", StudentOutOfMemory, "memory"),
        ("x = [bytes(1 << 24) for _ in range(16)]", StudentOutOfMemory, "memory"),
        ("import numpy as np; return np.broadcast_to(0.0, (10**9,))", StudentReplyTooLarge, "larger"),
        ("return [0] * 10**6", StudentReplyTooLarge, "larger"),
        ("return 'x' * (1 << 25)", StudentReplyTooLarge, "larger"),
        ("x = []\n    x.append(x)\n    return x", StudentReplyTooLarge, "larger"),
        ("while True: pass", StudentTimeout, "within 1 s"),
        ("import time; time.sleep(60)", StudentTimeout, "within 1 s"),
        ("import subprocess; subprocess.run(['sleep', '60'])", StudentTimeout, "within 1 s"),
    ],
)
def test_a_call_that_goes_wrong_is_a_fault_of_the_student_and_the_box_lives_on(box, body, fault, text):
    made = box(
        "class Own(ValueError): pass\nclass Mute(Exception):\n    def __str__(self): raise TypeError\n"
        f"def f():\n    {body}\ndef well(): return 'well'",
        memory=192 * MEBIBYTE,
        call_seconds=1.0 if fault is StudentTimeout else 60.0,
    )
    with pytest.raises(fault, match=text):
        call(made)
    assert call(made, "well") == "well"


def test_an_exception_tells_its_lineage_and_a_bounded_text(box):
    made = box("class Own(ValueError): pass\ndef f(): raise Own('x' * 10**7)")
    with pytest.raises(StudentRaised) as caught:
        call(made)
    assert caught.value.lineage[:3] == ("Own", "ValueError", "Exception")
    assert caught.value.message == "x" * 1000


def test_a_name_that_is_not_defined_is_told_from_an_error_within(box):
    made = box("def f(): return g()")
    with pytest.raises(StudentUndefined, match="h is not defined"):
        call(made, "h")
    with pytest.raises(StudentRaised, match="NameError"):
        call(made)


def test_what_a_call_prints_is_not_kept(box):
    made = box("def f():\n    for _ in range(10**5): print('x' * 1000)\n    return 1")
    assert call(made) == 1
    assert made.run_cell("print('next')").events == [{"type": "stream", "name": "stdout", "text": "next\n"}]


# Faults that cost the box


@pytest.mark.parametrize(
    ("body", "fault", "text"),
    [
        ("import os; os._exit(3)", StudentDied, "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", StudentDied, "SIGSEGV"),
        ("import os; os.abort()", StudentDied, "SIGABRT"),
        ("import os; os.killpg(0, 9)", StudentDied, "SIGKILL"),
        ("import os; os.closerange(3, 4096)", StudentDied, "its process"),
        (
            "import time\n    while True:\n        try: time.sleep(9)\n        except BaseException: pass",
            StudentTimeout,
            "within 1 s",
        ),
        (
            "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass",
            StudentTimeout,
            "within 1 s",
        ),
        ("forge(b'garbage' * 9)", StudentForged, "something else"),
        ("forge(bytes(12))", StudentForged, "something else"),
        ("forge(bytes([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]) + b'{}')", StudentForged, "holds no value"),
        (
            "from autograder.box import wire; return wire.FunctionSource('f', 'def f(): pass')",
            StudentForged,
            "no known kind",
        ),
        (
            "from autograder.box import wire\n    forge(wire.dumps({'id': 99, 'status': 'ok', 'value': 1}))",
            StudentForged,
            "nothing that was asked",
        ),
        (
            "from autograder.box import wire\n    forge(wire.dumps({'id': 2, 'status': 'raised', 'lineage': 'x'}))",
            StudentForged,
            "without a value",
        ),
    ],
)
def test_a_call_that_ends_the_box_is_a_fault_of_the_student(box, body, fault, text):
    limits = {"call_seconds": 1.0, "grace_seconds": 0.2} if fault is StudentTimeout else {}
    made = box(f"{FORGE}\ndef f():\n    {body}", **limits)
    with pytest.raises(fault, match=text):
        call(made)
    assert not made.alive


def test_a_reply_that_came_twice_is_found_out_by_the_next_request(box):
    made = box(
        f"{FORGE}\ndef f():\n    from autograder.box import wire\n"
        "    forge(wire.dumps({'id': 2, 'status': 'ok', 'value': 'forged'}))\n    return 'true'"
    )
    assert call(made) == "forged"  # a claim like any other: a check will weigh it
    with pytest.raises(StudentForged):
        call(made)


def test_a_copy_that_forking_made_does_not_answer_too(box):
    made = box(
        "import os\n"
        "def f():\n    pid = os.fork()\n    return pid == 0 or os.waitpid(pid, 0)[0] != pid\n"
        "def g(): return 'g'"
    )
    assert call(made) is False
    assert call(made, "g") == "g"


@pytest.mark.parametrize("name", ["len", "isinstance", "print", "open", "type", "bytes", "sum", "str", "getattr"])
def test_builtins_that_were_replaced_never_become_our_fault(template, tmp_path, box, name):
    made = Box(template, tmp_path, Limits(cell_seconds=1.0, call_seconds=0.5, grace_seconds=0.3))
    try:
        made.run_cell(f"def f(): return 1\nimport builtins\nbuiltins.{name} = lambda *a, **k: 0")
        assert made.call("f", (), {}) == 1
    except StudentFault:
        pass
    finally:
        made.close()
    assert call(box("def f(): return len('abc')")) == 3


def test_functions_of_numpy_that_were_replaced_stay_in_the_box(box):
    made = box("import numpy as np\nnp.allclose = lambda *a, **k: True\ndef f(): return np.allclose(1, 2)")
    assert call(made) is True
    assert not np.allclose(1, 2)
    assert call(box("import numpy as np\ndef f(): return np.allclose(1, 2)")) is False


# Bounds of output, files and processes


@pytest.mark.parametrize(
    "source",
    [
        "for _ in range(10**5): print('x' * 1000)",
        "print('x' * 10**8)",
        "import os\nfor _ in range(1000): os.write(1, b'x' * 10**5)",
        "import subprocess\nsubprocess.run(['head', '-c', '100000000', '/dev/zero']);",
        "import subprocess\nsubprocess.run('head -c 100000000 /dev/zero >&2', shell=True);",
        "for _ in range(2000): display('x' * 50_000)",
    ],
)
def test_a_hundred_megabytes_of_output_are_cut_and_the_next_cell_is_well(template, tmp_path, source):
    made = Box(template, tmp_path, Limits(output=10_000))
    run = made.run_cell(source)
    kept = sum(len(str(event)) for event in run.events)
    next_run = made.run_cell("print('next')")
    made.close()
    assert 10_000 <= kept < 150_000
    assert "truncated" in str(run.events) or "dropped" in str(run.events)
    assert [event["text"] for event in next_run.events] == ["next\n"]


def test_what_comes_round_python_stands_where_it_was_printed(box):
    made = box()
    run = made.run_cell(
        "import os\nprint('a'); n = os.system('echo b'); print('c'); display('d'); n = os.system('echo e')"
    )
    assert [event.get("text") for event in run.events] == ["a\nb\nc\n", None, "e\n"]


def test_a_traceback_without_end_is_cut(box):
    run = box("def f(): return f()").run_cell("f()")
    assert run.events[-1]["ename"] == "RecursionError"
    assert len(run.events[-1]["traceback"]) < 100


def test_large_files_are_refused(box):
    made = box("def f(size):\n    with open('made', 'wb') as file: file.write(bytes(size))", file_size=MEBIBYTE)
    assert call(made, "f", MEBIBYTE) is None
    with pytest.raises(StudentRaised, match="OSError"):
        call(made, "f", MEBIBYTE + 1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_processes_and_threads_that_a_box_started_end_with_it(box):
    made = box(
        "import os, subprocess, threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "forked = os.fork()\n"
        "if forked == 0: time.sleep(600)\n"
        "def f(): return os.getpid(), child.pid, forked"
    )
    pids = numbers_outside(call(made))
    assert len(pids) == 3
    assert all(map(is_running, pids))
    made.close()
    assert not any(map(is_running, pids))


def test_a_result_beyond_the_limit_of_replies_is_too_large_and_the_next_one_arrives(box):
    made = box("import numpy as np\ndef f(n): return np.zeros(n, dtype='u1')", reply=1 << 20)
    with pytest.raises(StudentReplyTooLarge):
        call(made, "f", 1 << 20)
    assert call(made, "f", 1 << 19).nbytes == 1 << 19


def test_closing_twice_is_harmless(box):
    made = box()
    made.close()
    made.close()
    assert not made.alive


# What a box knows


def test_every_box_begins_with_the_same_random_state(box):
    source = (
        "import random, numpy as np, torch\n"
        "def f(): return random.random(), np.random.rand(), float(torch.rand(1)), hash('text')"
    )
    first, second = call(box(source)), call(box(source))
    assert first == second
    assert call(box("import random\nrandom.random()\n" + source)) != first


def test_a_box_has_nothing_of_ours_but_the_wire_and_the_worker(box):
    made = box("import sys\ndef f(): return sorted(n for n in sys.modules if n.startswith('autograder'))")
    shared = {f"autograder.box.{name}" for name in ("wire", "values", "reader", "channel")}
    assert all(
        name in ("autograder", "autograder.box", *shared) or name.startswith("autograder.box.worker")
        for name in call(made)
    )


def test_a_box_works_in_a_folder_of_its_own(box, tmp_path):
    made = box(
        "import os, tempfile\nopen('mine', 'w').close()\n"
        "def f(): return os.getcwd(), tempfile.gettempdir(), os.path.expanduser('~'), os.listdir()"
    )
    assert call(made) == ("/home/student", "/tmp", "/home/student", ["mine"])
    assert list(tmp_path.iterdir()) == []


# Templates


@pytest.fixture(scope="module")
def templates_own(monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Template]:
    """A template that was started while a secret stood in our environment."""
    monkeypatch_module.setenv("SECRET_OF_OURS", "the-secret-value")
    with Template() as template:
        yield template


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_our_environment_does_not_reach_a_box(box, templates_own):
    made = box(
        "import os, pathlib\n"
        "def f():\n"
        "    texts = [str(dict(os.environ))]\n"
        "    for path in pathlib.Path('/proc').glob('[0-9]*/environ'):\n"
        "        try: texts.append(path.read_text())\n"
        "        except OSError: pass\n"
        "    return ' '.join(texts)\n",
        template=templates_own,
    )
    told = call(made)
    assert "PATH" in told
    assert "the-secret-value" not in told
    assert "SECRET_OF_OURS" not in told


def test_the_nanny_cannot_be_killed_from_inside(box):
    made = box("import os\ndef f(): os.kill(os.getppid(), 9)")
    with pytest.raises(StudentRaised, match="PermissionError"):
        call(made)


@pytest.mark.parametrize("which", ["template", "nanny"])
def test_a_killed_process_of_ours_is_our_fault(box, templates_own, which):
    made = box("import os\ndef f(): return os.getppid()", template=templates_own)
    assert call(made) == 1
    template = templates_own._process.pid
    nanny = int(Path(f"/proc/{template}/task/{template}/children").read_text())
    os.kill(template if which == "template" else nanny, 9)
    assert eventually(lambda: not is_running(nanny))
    with pytest.raises(BoxError, match="ended"):
        call(made)
    assert call(box("def f(): return 'next'", template=templates_own)) == "next"


def test_boxes_that_are_not_forked_work_alike(box):
    with Template(forks=False) as template:
        made = box(
            "import random\ndef f(x): return x + 1, random.random()\ndef end(): import os; os._exit(4)", template
        )
        forked = box("import random\ndef f(x): return x + 1, random.random()")
        assert call(made, "f", 1) == call(forked, "f", 1)
        with pytest.raises(StudentDied, match="exit code 4"):
            call(made, "end")


def test_a_box_without_a_folder_is_our_fault(template, tmp_path):
    with pytest.raises(BoxError):
        Box(template, tmp_path / "missing", PATIENT)
    made = Box(template, tmp_path, PATIENT)
    made.close()


# Probes: the same in a box and on our own functions

NOTEBOOK = """
def double(x):
    return 2 * x

def quadruple(x):
    return double(double(x))

def fails():
    raise ValueError
"""


@pytest.fixture(params=["box", "local"])
def asked(request, box) -> Notebook:
    if request.param == "box":
        made = box(NOTEBOOK)
        made.run, run = lambda probe, args: run(FunctionSource.of(probe), sendable(args)), made.run
        return Notebook(made)
    namespace: dict[str, object] = {}
    exec(NOTEBOOK, namespace)
    functions = {name: f for name, f in namespace.items() if callable(f)}
    return Notebook(LocalImplementation(functions))


def test_a_probe_runs_beside_the_functions(asked):
    def probe(notebook, x):
        return [notebook.double(x), notebook.quadruple(x)]

    assert asked.run(probe, 1) == [2, 4]


def test_a_probe_replaces_a_function_for_its_own_run_alone(asked):
    def probe(notebook, x):
        before = notebook.quadruple(x)
        notebook.double = lambda value: value + 10
        notebook.new_name = 1
        notebook.double, notebook.new_name = notebook.double, 2
        return before, notebook.quadruple(x), notebook.double(x), notebook.new_name

    assert asked.run(probe, 1) == (4, 21, 11, 2)
    assert asked.quadruple(1) == 4
    with pytest.raises(StudentUndefined):
        asked.value("new_name")


def test_a_probe_that_fails_leaves_no_replacement_behind(asked):
    def probe(notebook):
        notebook.double = None
        notebook.quadruple(1)

    with pytest.raises(StudentRaised, match="TypeError"):
        asked.run(probe)
    assert asked.quadruple(1) == 4


def test_a_probe_that_asks_for_what_is_not_there_finds_it_undefined(asked):
    def probe(notebook):
        return notebook.missing(1)

    with pytest.raises(StudentUndefined, match="missing"):
        asked.run(probe)


def test_a_function_among_the_arguments_is_called_there(asked):
    def probe(notebook, function, x):
        return function(notebook.double(x))

    def increment(x):
        return x + 1

    assert asked.run(probe, increment, 3) == 7


def test_errors_are_told_alike(asked):
    with pytest.raises(StudentRaised) as caught:
        asked.fails()
    assert caught.value.lineage == ("ValueError", "Exception", "BaseException")
    with pytest.raises(StudentUndefined):
        asked.missing()
    assert [kind for kind, _ in asked.transcript] == ["fault", "fault"]


def test_no_secret_of_the_process_that_judges_is_open_in_a_box(box, tmp_path):
    secret = tmp_path / "our-file.py"
    secret.write_text("SECRET = 1")
    with secret.open() as file:
        os.set_inheritable(file.fileno(), True)
        made = box(
            "import os\ndef f():\n"
            "    return [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
            " if os.path.lexists(f'/proc/self/fd/{n}')]"
        )
        assert not [path for path in call(made) if "our-file" in path]
