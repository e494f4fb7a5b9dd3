"""Code that is wrong, hangs, dies, or tries to get points in another way than by solving the problem."""

import toy_course
from spoiling import CASES, NOTHING, answered

answered("syntax_error", {"double": 0.0}, {"double": "double is not defined"}, double="def double(x:\n    return")
answered("never_defined", {"double": 0.0}, {"double": "double is not defined"}, double="# later")
answered("no_function", {"double": 0.0}, {"double": "raised TypeError"}, double="double = 7")
answered("gives_none", {"double": 0.0}, {"double": "returned None"}, double="def double(x):\n    pass")
answered("gives_text", {"double": 0.0}, {"double": "returned text"}, double="def double(x):\n    return str(x)")
answered(
    "gives_nan",
    {"double": 0.0},
    {"double": "returned NaN"},
    double="def double(x):\n    return np.full(np.shape(x), np.nan)",
)
answered(
    "gives_another_shape",
    {"double": 1.0},
    {"double": "an array of shape (1,)"},
    double="def double(x):\n    return np.atleast_1d(2 * np.asarray(x))",
)
answered(
    "gives_objects",
    {"double": 0.0},
    {"double": "returned something that is not made of numbers"},
    double="def double(x):\n    return np.array([x, object(), None], dtype=object)",
)
answered(
    "gives_a_billion_numbers",
    {"double": 0.0},
    {"double": "memory"},
    double="def double(x):\n    return np.ones(10**9)",
)
answered(
    "gives_too_many_numbers",
    {"double": 0.0},
    {"double": "larger than may be sent"},
    double="def double(x):\n    return np.broadcast_to(1.0, 10**9)",
)
answered(
    "raises",
    {"average": 0.0},
    {"average": "raised IndexError"},
    average="def average(x):\n    return x[len(x)]",
)
answered(
    "recurses", {"double": 0.0}, {"double": "raised RecursionError"}, double="def double(x):\n    return double(x)"
)
answered("loops_in_a_cell", {"double": 0.0}, {"double": "double is not defined"}, double="while True:\n    pass")
answered(
    "loops_in_a_cell_and_ignores_the_interrupt",
    {"double": 0.0},
    {"double": "double is not defined"},
    double="while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
)
answered(
    "loops_when_called",
    {"double": 0.0},
    {"double": "did not finish within 1 s"},
    double="def double(x):\n    while np.size(x) > 1 or x != 2.0:\n        pass\n    return 4.0",
)
answered(
    "ignores_the_interrupt_when_called",
    {"double": 0.0},
    {"double": "did not finish within 1 s"},
    double=(
        "def double(x):\n    while np.size(x) > 1 or x != 2.0:\n        try:\n            while True:\n"
        "                pass\n        except BaseException:\n            pass\n    return 4.0"
    ),
)
answered("quits_in_a_cell", double=f"{toy_course.RIGHT['double']}\nimport sys\nsys.exit(3)")
answered(
    "quits_when_called",
    {"double": 0.0},
    {"double": "raised SystemExit"},
    double="import sys\n\ndef double(x):\n    sys.exit(0)",
)
answered("stops_in_a_cell", double=f"{toy_course.RIGHT['double']}\nraise KeyboardInterrupt")
answered(
    "ends_the_process_in_a_cell",
    {"double": 0.0},
    {"double": "double is not defined"},
    double=f"{toy_course.RIGHT['double']}\nimport os\nos._exit(0)",
)
answered(
    "ends_the_process_when_called",
    {"double": 0.0},
    {"double": "ended its process"},
    double="def double(x):\n    import os\n    os._exit(0)",
)
answered(
    "crashes_in_a_cell",
    {"double": 0.0},
    {"double": "double is not defined"},
    double="import ctypes\nctypes.string_at(0)",
)
answered(
    "crashes_when_called",
    {"double": 0.0},
    {"double": "crashed its process (SIGSEGV)"},
    double="import ctypes\n\ndef double(x):\n    return ctypes.string_at(0)",
)
answered(
    "prints_100_megabytes",
    double=f"{toy_course.RIGHT['double']}\nfor _ in range(100):\n    print('x' * 1_000_000)",
)
answered(
    "leaves_threads_running",
    double=(
        "import threading\nimport time\n\ndef chatter():\n    while True:\n        time.sleep(0.01)\n"
        "        print('hello')\n\n"
        f"threading.Thread(target=chatter).start()\n\n{toy_course.RIGHT['double']}"
    ),
)
answered("changes_directory", double=f"import os\nos.chdir('/')\n{toy_course.RIGHT['double']}")
answered(
    "writes_files",
    double=(
        "import os, pathlib\nos.makedirs('a/b/c')\npathlib.Path('one.ipynb').write_text('gone')\n"
        f"pathlib.Path('table.csv').write_text('gone')\nos.chmod('a', 0)\n{toy_course.RIGHT['double']}"
    ),
)
answered(
    "replaces_the_comparison",
    {"double": 0.0},
    {"double": "returned other numbers"},
    double=(
        "np.allclose = lambda *a, **k: True\nnp.isnan = lambda x: np.False_\n\n"
        "def double(x):\n    return 0 * np.asarray(x)"
    ),
)
answered(
    "replaces_builtins",
    {"double": 0.0},
    {"double": "returned other numbers"},
    double=(
        "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.all = lambda x: True\n"
        "builtins.AssertionError = Exception\n\ndef double(x):\n    return 0 * np.asarray(x)"
    ),
)
answered(
    "replaces_builtins_that_everything_needs",
    {"double": 0.0},
    {"double": "double is not defined"},
    double="import builtins\nbuiltins.isinstance = lambda *a: True\n\ndef double(x):\n    return 4.0",
)
answered("ends_with_a_number", double=f"{toy_course.RIGHT['double']}\n1000.0")
answered(
    "shows_a_result",
    {"double": 0.0},
    {"double": "returned None"},
    double=(
        "import sys\nprint('3.0', file=sys.stderr)\ndisplay(3.0)\n\n"
        "def double(x):\n    display(3.0)\n    print(3.0)\n\n3.0"
    ),
)
answered(
    "warns_in_visible_checks",
    average="import warnings\n\ndef average(x):\n    warnings.warn('slow')\n    return sum(x) / len(x)",
)
answered(
    "raises_html",
    {"average": 0.0},
    {"average": "raised BaseException"},
    average="class Bad(BaseException):\n    pass\n\ndef average(x):\n    raise Bad('<script>alert(1)</script>')",
)
answered(
    "quotes_its_arguments",
    NOTHING,
    {"double": "raised ValueError", "average": "raised ArithmeticError"},
    double="def double(x):\n    raise ValueError(f'cannot double {x}')",
    average="def average(x):\n    raise type(f'Mean{x[0]}', (ArithmeticError,), {})(x)",
)
answered(
    "quotes_its_arguments_where_an_exception_is_asked_for",
    {"average": 1.0},
    {"average": "where ZeroDivisionError is asked for"},
    average=(
        "seen = []\n\ndef average(x):\n    seen.extend(x)\n    if not x:\n"
        "        raise type(f'Seen{seen}', (Exception,), {})\n    return sum(x) / len(x)"
    ),
)
answered(
    "quotes_its_arguments_as_a_missing_name",
    {"average": 0.0},
    {"average": "is not defined"},
    average=(
        "def average(x):\n    from autograder.box.worker.service import Undefined\n    raise Undefined(f'x{x[0]}')"
    ),
)

__all__ = ["CASES"]
