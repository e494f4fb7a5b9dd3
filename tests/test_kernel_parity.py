"""A box shows what a Jupyter kernel shows: one corpus of cells, run by ipykernel and by us, with equal outputs.

What is allowed to differ is taken away first, with the reason beside it; everything else must be the same.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.box.limits import Limits
from autograder.box.outputs import OutputBook
from autograder.box.session import Session
from autograder.box.template import Template

# Each entry is one cell; all run in this order in one notebook, so that a cell may use what stands above it.
CORPUS: dict[str, str] = {
    "count": "1 + 1",
    "print": "print('one'); print('two', end=''); print('three')",
    "print nothing": "print(end='')",
    "empty result": "None",
    "semicolon": "40 + 2;",
    "semicolon in a comment": "40 + 2  # no; really",
    "last of several": "3\n4\n5",
    "string": "'quotes \" and \\n'",
    "long string": "'x' * 3000",
    "long list": "list(range(2000))",
    "pretty dict": "{'b' * 30: 1, 'a' * 30: [1] * 30}",
    "array": "import numpy as np\nnp.arange(12.0).reshape(3, 4) / 7",
    "tensor": "import torch\ntorch.arange(3.0, requires_grad=True)",
    "if as the last": "if True:\n    'not shown'",
    "multi-line expression": "(1\n + 2\n + 3)",
    "multi-line call": "dict(\n    a=1,\n    b=[\n        2,\n    ],\n)",
    "assignment": "x = 3",
    "walrus": "(y := 4)",
    "only a comment": "# nothing",
    "unicode": "print('π ≈ 3, 数, 🙂, e\\u0301'); 'Straße'",
    "surrogate": "'\\ud800'",
    "control characters": "print('\\x1b[31mred\\x1b[0m\\ttab\\rback\\x07')",
    "stderr": "import sys\nprint('careful', file=sys.stderr)",
    "both streams": "print('out 1'); print('err', file=sys.stderr); print('out 2')",
    "write returns": "sys.stdout.write('abc')",
    "writelines": "sys.stdout.writelines(['a\\n', 'b\\n']); sys.stdout.flush()",
    "wrong write": "sys.stdout.write(b'bytes')",
    "stream properties": "sys.stdout.isatty(), sys.stdout.writable(), sys.stdout.encoding.lower(), sys.stderr.name",
    "print to the original": "print('to the original', file=sys.__stdout__, flush=True)",
    # Displays
    "display": "display(1, 'two', [3])",
    "display between prints": "print('a'); display('b'); print('c'); 'd'",
    "display id": "handle = display('first', display_id='one'); display('second', display_id='one')",
    "update display": "handle.update('updated from the next cell')",
    "update by name": "from IPython.display import update_display\nupdate_display([1, 2], display_id='one')",
    "update within a cell": "h = display('before', display_id=True)\nprint('between')\nh.update('after')",
    "update of nothing": "update_display(1, display_id='never shown')",
    "clear": "from IPython.display import clear_output\nprint('gone'); clear_output(); print('kept')",
    "clear and wait": "print('gone'); display(1); clear_output(wait=True); print('kept')",
    "clear and wait in vain": "print('stays'); clear_output(wait=True)",
    "clear in a loop": "for i in range(5):\n    clear_output(wait=True)\n    print(i)\n    display(i)",
    "clear and result": "print('gone'); clear_output(wait=True); 'result'",
    "clear and update": "h = display('a', display_id='two'); clear_output(); h.update('b'); print('c')",
    "clear and error": "print('gone'); clear_output(wait=True); 1 / 0",
    "clear of the next": "clear_output(wait=True)\ndisplay('kept')",
    "html": "from IPython.display import HTML, Latex, JSON, Markdown, SVG, Math, Javascript\nHTML('<b>bold</b>')",
    "latex": "Latex('$x^2$')",
    "math": "display(Math('x^2'), Markdown('*a*'))",
    "json": "JSON({'a': [1, {'b': None}]}, expanded=True)",
    "svg": "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')",
    "javascript": "Javascript('1 + 1')",
    "image": (
        "import base64\nfrom IPython.display import Image\n"
        "Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='"
        "), width=7)"
    ),
    "raw bundle": "display({'text/plain': 'p', 'text/html': '<i>h</i>'}, raw=True, metadata={'text/html': {'a': 1}})",
    "raw json": "display({'application/json': {'a': 1}, 'application/x+json': [1]}, raw=True)",
    "rich repr": (
        "class Rich:\n    def _repr_html_(self): return '<b>rich</b>'\n    def _repr_latex_(self): return '$r$'\n"
        "    def _repr_png_(self): return b'\\x89PNG bytes'\n    def _repr_json_(self): return {'a': 1}\n"
        "    def __repr__(self): return 'Rich()'\nRich()"
    ),
    "mimebundle": (
        "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/plain': 'b', 'text/html': '<p>'}, {'text/html': {'isolated': True}}\nBundle()"
    ),
    "ipython display": "class Shows:\n    def _ipython_display_(self): print('shows itself')\nShows()",
    "no html": (
        "class Plain:\n    def _repr_html_(self): return None\n    def __repr__(self): return 'Plain()'\nPlain()"
    ),
    "broken html": (
        "class Bad:\n    def _repr_html_(self): raise ValueError('in html')\n"
        "    def __repr__(self): return 'Bad()'\nBad()"
    ),
    "broken repr": "class Worse:\n    def __repr__(self): raise ValueError('in repr')\nWorse()",
    "repr with lines": "class Lines:\n    def __repr__(self): return 'a\\n b'\n[Lines(), Lines()]",
    "help": "Rich?",
    "help on a function": "help(abs)",
    "source": "Rich.__init__??",
    "figure": (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 1))\n"
        "ax.plot([1, 3, 2])\nax.set_title('$x$');"
    ),
    "figure and result": "plt.figure(figsize=(1, 1)); plt.plot([1, 2])",
    "figure shown": "plt.figure(figsize=(1, 1))\nplt.show()\nprint('after')",
    "two figures": "for i in range(2):\n    plt.figure(figsize=(1, 1))",
    "figure as a value": "fig = plt.figure(figsize=(1, 1)); plt.close(fig); fig",
    "figure and error": "plt.figure(figsize=(1, 1))\nraise ValueError('after a figure')",
    "figure settings": "plt.get_backend(), plt.rcParams['figure.dpi'], plt.isinteractive()",
    # Magics and the system's shell
    "matplotlib inline": "%matplotlib inline",
    "figure after the magic": "plt.figure(figsize=(1, 1)); plt.plot([1, 2]);",
    "config": "%config InlineBackend.figure_format = 'svg'",
    "precision": "%precision 3",
    "float in precision": "3.14159265",
    "precision back": "%precision",
    "capture": "%%capture captured\nprint('caught'); print('err', file=sys.stderr); display(1)\n2",
    "captured": "captured.stdout, captured.stderr, len(captured.outputs)",
    "show captured": "captured.show()",
    "who": "%who_ls function",
    "pwd": "import os\nhere = %pwd\nos.getcwd() == here",
    "env": "%env LANG_OF_TEST=x",
    "python magic": "%%python3\nprint('another process')",
    "bash magic": "%%bash\necho out; echo err >&2",
    "bash fails": "%%bash\nexit 3",
    "writefile": "%%writefile made.txt\nsome text",
    "run": "%%writefile made.py\nmade = 5\nprint('made', __name__)",
    "run it": "%run made.py",
    "made": "made",
    "import it": "import made as module\nmodule.made",
    "unknown magic": "%no_such_magic",
    "unknown cell magic": "%%no_such_magic\nprint(1)",
    "timeit": "t = %timeit -n1 -r1 -q -o pass\nprint(type(t).__name__)",
    "lsmagic": "len(get_ipython().magics_manager.magics) ",
    "shell": "!echo shell; echo err >&2",
    "shell with a value": "!echo {x} $y",
    "shell assigned": "lines = !printf 'a\\nb\\n'\nlines",
    "shell fails": "!exit 3",
    "exit code": "_exit_code",
    "os.system": "n = os.system('echo from os.system')",
    "os.write": "n = os.write(1, b'to descriptor 1\\n')",
    "subprocess": "import subprocess\nn = subprocess.run(['echo', 'from a subprocess'])",
    "subprocess to stdout": "p = subprocess.run(['echo', 'via stdout'], stdout=sys.stdout)",
    "subprocess to stderr": "p = subprocess.run('echo via stderr >&2', shell=True, stderr=sys.stderr)",
    "subprocess reads": "subprocess.run(['cat'], capture_output=True).stdout",
    # Asynchronous code
    "await": "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "await in a loop": "for i in range(3):\n    print(await asyncio.sleep(0, i))",
    "create task": "gate = asyncio.Event()\n\nasync def later():\n    await gate.wait()\n    return 7\n\n"
    "task = asyncio.create_task(later())",
    "task": "gate.set()\nawait task",
    "running loop": "asyncio.get_running_loop().is_running()",
    "asyncio.run": "c = later()\ntry:\n    asyncio.run(c)\nexcept RuntimeError as error:\n    print(error)\nc.close()",
    "gather": "await asyncio.gather(later(), later())",
    "async for": "async def numbers():\n    for i in range(2):\n        yield i\n[i async for i in numbers()]",
    "await raises": "async def fails():\n    raise ValueError('in a coroutine')\nawait fails()",
    "never awaited": "c = later(); c.close()",
    # Errors
    "syntax error": "def f(:\n    pass",
    "indentation error": "  x = 1\n y = 2",
    "unfinished string": "print('",
    "syntax error at run time": "exec('a b')",
    "name error": "undefined_name",
    "zero division": "print('before')\n1 / 0\nprint('never')",
    "function": "def divide(a, b):\n    # divides\n    return a / b",
    "through an earlier cell": "def outer(b):\n    return divide(1, b)\n\nouter(0)",
    "cause": (
        "try:\n    divide(1, 0)\nexcept ZeroDivisionError as error:\n    raise ValueError('while dividing') from error"
    ),
    "context": "try:\n    divide(1, 0)\nexcept ZeroDivisionError:\n    {}['key']",
    "suppressed": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyError('alone') from None",
    "library": "np.zeros(2) + np.zeros(3)",
    "library of Python": "import json as js\njs.loads('{')",
    "torch error": "torch.zeros(2) @ torch.zeros(3)",
    "assertion": "assert 1 == 2, 'one is not two'",
    "assertion without text": "assert [] == [1]",
    "not implemented": "raise NotImplementedError()",
    "own exception": "class Own(Exception):\n    def __str__(self): return 'own text'\nraise Own",
    "multi-line text": "raise ValueError('two\\nlines')",
    "note": "e = ValueError('noted'); e.add_note('a note')\nraise e",
    "group": "raise ExceptionGroup('several', [ValueError('a'), KeyError('b')])",
    "recursion": "def deep(n):\n    if n == 90: raise RecursionError('deep')\n    return deep(n + 1)\ndeep(0)",
    "system exit": "import sys\nprint('leaving'); sys.exit(3)",
    "system exit without code": "raise SystemExit",
    "keyboard interrupt": "raise KeyboardInterrupt",
    "base exception": "raise BaseException('base')",
    "generator exit": "raise GeneratorExit",
    "stop iteration": "next(iter([]))",
    "traceback printed": (
        "import traceback\ntry:\n    divide(1, 0)\nexcept ZeroDivisionError:\n    traceback.print_exc()"
    ),
    "traceback magic": "%tb",
    "xmode": "%xmode Minimal",
    "minimal": "divide(1, 0)",
    "xmode back": "%xmode Context",
    "warning": "import warnings\nwarnings.warn('careful')",
    "deprecation": "def old():\n    warnings.warn('old', DeprecationWarning, stacklevel=2)\nold()",
    "numpy warning": "np.log(0.0)",
    "syntax warning": "1 is 1",
    "invalid escape": "'\\d'",
    "after all errors": "'still here'",
    # Input
    "input": "input('name? ')",
    "getpass": "import getpass\ngetpass.getpass()",
    "stdin": "sys.stdin.read()",
    # History
    "out": "123",
    "underscore": "_ + 1",
    "underscores": "_, __, ___",
    "Out": "len(Out) > 3, Out[1], Out.get(2)",
    "In": "In[1], In[-1], _i, _ii",
    "numbered": "_1",
    "quiet is not kept": "777;",
    "what is kept": "_",
    "magic history": "%history -n 1-3",
    "recall": "%recall 1",
    "underscore taken": "_ = 'mine'\n'shown'",
    "underscore is mine": "_",
    "underscore given back": "del _",
    # Names, modules, sources
    "name": "__name__, '__file__' in globals(), __doc__, __builtins__.__name__",
    "main": "import __main__\n__main__.x, __main__ is sys.modules['__main__']",
    "globals": "x = 10\ndef reads(): return x\nx = 11\nreads()",
    "nested": (
        "def make(n):\n    def add(m):\n        nonlocal n\n        n += m\n"
        "        return n\n    return add\na = make(1); a(2), a(3)"
    ),
    "comprehension": "[x for _ in range(2) for x in (x,)] if False else [i * x for i in range(3)]",
    "class": (
        "class A:\n    def __init__(self): self.b = 1\n"
        "    def who(self): return __class__.__name__\nA().who(), A.__module__, A.__qualname__"
    ),
    "dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass P:\n"
        "    x: int = 1\n    y: list = field(default_factory=list)\nP(2)"
    ),
    "slots": "from typing import NamedTuple\nclass N(NamedTuple):\n    a: int\nN(1)",
    "enum": "import enum\nclass Color(enum.Enum):\n    RED = 1\nColor.RED, list(Color)",
    "pickle": "import pickle\npickle.loads(pickle.dumps(P(5)))",
    "pickle function": "pickle.loads(pickle.dumps(divide)) is divide",
    "deepcopy": "import copy\ncopy.deepcopy(P(6))",
    "getsource": "import inspect\nprint(inspect.getsource(divide))",
    "getsource of a class": "print(inspect.getsource(P))",
    "getfile": "inspect.getsourcelines(outer)[1], divide.__module__, divide.__code__.co_firstlineno",
    "lambda": "(lambda q: q + 1)(1)",
    "future": "from __future__ import annotations\ndef annotated(a: Unknown): ...\nannotated.__annotations__",
    "future holds": "def again(a: Unknown): ...\nagain.__annotations__",
    "random": "import random\nrandom.seed(1); np.random.seed(1)\nrandom.random(), np.random.rand()",
    "torch seed": "torch.manual_seed(0); torch.rand(2)",
    "autograd": "w = torch.tensor(2.0, requires_grad=True); (w**2).backward(); w.grad",
    "match": "match [1, 2]:\n    case [a, b]: print(a, b)",
    "fstring": "f'{x=} {3.14159:.2f}'",
    "get_ipython": "get_ipython().run_cell('nested_value = 8\\nnested_value').result",
    "run line magic": "get_ipython().run_line_magic('precision', '')",
    "execution count": "get_ipython().execution_count",
    "set next input": "get_ipython().set_next_input('next')",
    "post hook": "get_ipython().events.register('post_run_cell', lambda r: print('hook', r.success))",
    "hook runs": "'hooked'",
    "hook removed": "h = get_ipython().events.callbacks['post_run_cell']; h.pop(); None",
    # Other writers
    "logging": "import logging\nlogging.warning('a warning'); logging.info('unseen')",
    "logger": "logging.getLogger('mine').error('an error')",
    "thread": "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()",
    "thread fails": "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
    "redirect": (
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as f:\n    print('hidden')\nf.getvalue()"
    ),
    "replaced print": "from builtins import print as p\np('still printed')",
    "del method": "class D:\n    def __del__(self): print('deleted')\nd = D(); del d",
    "del fails": "class E:\n    def __del__(self): raise ValueError('in del')\ne = E(); del e",
    "ctypes": "import ctypes\nn = ctypes.CDLL(None).puts(b'from C')\nn = ctypes.CDLL(None).fflush(None)",
    "last": "x, y",
}

# What may differ, and why.
NORMAL_TEXT: list[tuple[str, str, str]] = [
    (r"0x[0-9a-fA-F]{6,}", "0xADDRESS", "where an object lies in memory"),
    (r"/tmp/ipykernel_\d+/\d+\.py", "CELL.py", "a kernel names the file of a cell after its process"),
    (r"/tmp/ipykernel/\d+\.py", "CELL.py", "ours is the same in every process"),
    (r"\(\d+\.py, line", "(CELL.py, line", "that file without its folder, in the text of a syntax error"),
    (re.escape(os.path.expanduser("~")) + "/", "~/", "a box has another home, so that ours is not shortened there"),
    (r"Thread-\d+", "Thread-N", "a kernel has threads of its own"),
]


def normal_text(text: str) -> str:
    for pattern, replacement, _ in NORMAL_TEXT:
        text = re.sub(pattern, replacement, text)
    return text


def normal_traceback(lines: list[str]) -> list[str]:
    """A traceback without what may differ.

    Frames in the kernel's files and in ours are left out. Of equal frames in a row one stays: how many fit into a
    recursion depends on what stands below it.
    """
    kept: list[str] = []
    for line in map(normal_text, lines):
        is_machinery = re.match(r"\x1b\S*File .*/(ipykernel|autograder)/", line)
        if not is_machinery and line not in kept[-1:]:
            kept.append(line)
    return kept


def normal(value: Any) -> Any:
    """Outputs as plain data without what may differ."""
    if isinstance(value, str):
        return normal_text(value)
    if isinstance(value, dict):
        return {key: normal_traceback(item) if key == "traceback" else normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    return value


def normal_outputs(outputs: list[NotebookNode]) -> list[dict[str, Any]]:
    """Outputs without what may differ.

    Between two displays the text of each stream is joined: a kernel sends it in pieces, each stream by a clock of its
    own, so neither the number of the pieces nor the order between the streams means anything.
    """
    joined: list[dict[str, Any]] = []
    streams: dict[str, dict[str, Any]] = {}
    for output in outputs:
        if output["output_type"] != "stream":
            streams = {}
            joined.append(dict(output))
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = dict(output)
            joined.append(streams[output["name"]])
    return sorted_streams(normal(joined))


def sorted_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Standard output before standard error where the two meet."""
    for index in range(len(outputs) - 1):
        names = [output.get("name") for output in outputs[index : index + 2]]
        if names == ["stderr", "stdout"]:
            outputs[index], outputs[index + 1] = outputs[index + 1], outputs[index]
    return outputs


# Where we show something that a kernel loses: it goes to the terminal that the kernel was started from.
# A kernel reads its descriptors in a thread that may come too late, or does not read them at all.
SHOWN_BY_US = {
    "subprocess to stdout": "via stdout\n",
    "subprocess to stderr": "via stderr\n",
    "print to the original": "to the original\n",
    "os.system": "from os.system\n",
    "os.write": "to descriptor 1\n",
    "ctypes": "from C\n",
}


@pytest.fixture(scope="module")
def corpus(notebook: Callable[..., NotebookNode]) -> Callable[[], NotebookNode]:
    return lambda: notebook(*CORPUS.values())


@pytest.fixture(scope="module")
def by_kernel(corpus: Callable[[], NotebookNode], tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    """The cells as a real kernel leaves them."""
    run = corpus()
    folder = str(tmp_path_factory.mktemp("kernel"))
    client = NotebookClient(run, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": folder}})
    # Under pytest, and only there, ipykernel leaves descriptors 1 and 2 alone.
    client.execute(env={name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"})
    return dict(zip(CORPUS, run.cells, strict=True))


@pytest.fixture(scope="module", params=["new", "familiar"])
def by_us(request: pytest.FixtureRequest, corpus: Callable[[], NotebookNode]) -> Iterator[dict[str, NotebookNode]]:
    """The cells as a box leaves them that has never seen them, and as one that was forked with all of them ready."""
    with Template() as template:
        if request.param == "familiar":
            template.familiarize(list(CORPUS.values()))
        yield _run_in_a_box(corpus(), template)


def _run_in_a_box(run: NotebookNode, template: Template) -> dict[str, NotebookNode]:
    with Session(template, list(CORPUS.values()), limits=Limits()) as session:
        book = OutputBook()
        for cell, published in zip(run.cells, session.run_cells(), strict=True):
            cell.outputs = book.outputs_of(published)
            cell.execution_count = published.execution_count
    return dict(zip(CORPUS, run.cells, strict=True))


@pytest.mark.parametrize("name", [name for name in CORPUS if name not in SHOWN_BY_US])
def test_a_box_shows_what_a_kernel_shows(name, by_kernel, by_us):
    assert normal_outputs(by_us[name].outputs) == normal_outputs(by_kernel[name].outputs)
    assert by_us[name].execution_count == by_kernel[name].execution_count


@pytest.mark.parametrize("name", SHOWN_BY_US)
def test_what_child_processes_print_is_shown(name, by_us):
    assert [output["text"] for output in by_us[name].outputs] == [SHOWN_BY_US[name]]
