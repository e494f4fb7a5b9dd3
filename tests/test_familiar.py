"""Cells and files that everybody was given: ready before a box is forked, and the same in every respect."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.box.session import Session
from autograder.box.template import Template
from autograder.box.worker.familiar import CELLS, Compiler, Transformer
from autograder.course.released import released

MODULE = '"""Helps."""\n\nseen = []\n\n\ndef fail():\n    raise ValueError(__file__, len(seen))\n'
CELLS_OF_ALL = [
    "import helper\nx = 3\ny = 4",
    "x = 3",
    "def f(n):\n    return n / 0\nf",
    "f(x)",
    "helper.fail()",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "%%time\npass",
    "x is 3",
    "from __future__ import annotations",
    "def g(a: Unknown): ...\ng.__annotations__",
]


@pytest.fixture(scope="module")
def prepared() -> Iterator[Template]:
    """A template that knows all the cells and the module."""
    with Template(libraries=()) as template:
        template.familiarize(CELLS_OF_ALL[:5], [MODULE.encode(), b"def (", b"'\\d'"])
        template.familiarize([*CELLS_OF_ALL[5:], "def (", ""])
        yield template


@pytest.fixture(scope="module")
def plain() -> Iterator[Template]:
    with Template(libraries=()) as template:
        yield template


def published(template: Template, cells: list[str], files: Path) -> list[Any]:
    with Session(template, cells, files) as session:
        return [(run.events, run.execution_count) for run in session.run_cells()]


@pytest.mark.parametrize(
    "others",
    [
        [],
        ["x = 5"],
        CELLS_OF_ALL,
        ["get_ipython().input_transformers_cleanup.append(lambda lines: [line.replace('3', '7') for line in lines])"],
        ["get_ipython().input_transformers_post.append(lambda lines: ['print(1)\\n', *lines])"],
        [
            "import ast\nclass Negates(ast.NodeTransformer):\n    def visit_Constant(self, node):\n"
            "        node.value = 9 if node.value == 3 else node.value\n        return node\n"
            "get_ipython().ast_transformers.append(Negates())"
        ],
        ["%autoawait off"],
        ["get_ipython().ast_node_interactivity = 'all'"],
        ["get_ipython().ast_node_interactivity = 'last_expr_or_assign'"],
        ["import warnings\nwarnings.simplefilter('error')"],
        ["import linecache\nlinecache.clearcache()"],
    ],
    ids=range(11),
)
def test_familiar_cells_do_what_they_always_did(prepared, plain, tmp_path, others):
    (tmp_path / "helper.py").write_text(MODULE)
    cells = [*others, *CELLS_OF_ALL, *CELLS_OF_ALL, *others, *CELLS_OF_ALL[:4]]
    cells = [cell for cell in cells if "time" not in cell]  # says how long it took
    one, other = (normal(published(template, cells, tmp_path)) for template in (prepared, plain))
    assert one == other


def normal(runs: list[Any]) -> str:
    import re

    return re.sub(r"0x[0-9a-f]+", "0x…", str(runs))


def test_a_changed_module_is_not_taken_for_the_familiar_one(prepared, tmp_path):
    (tmp_path / "helper.py").write_text(MODULE + "\nseen.append(1)\n")
    (tmp_path / "other.py").write_text(MODULE)
    cells = ["import helper, other", "helper.seen, other.seen, other.fail.__code__.co_filename == other.__file__"]
    run = published(prepared, cells, tmp_path)[1]
    assert run[0][0]["data"]["text/plain"] == "([1], [], True)"


def test_what_is_familiar_to_a_template_that_was_lost_is_familiar_to_the_next(tmp_path):
    with Template(libraries=()) as template:
        template.familiarize(["y = 2"])
        for _ in range(2):
            with Session(template, ["y = 2", "y"]) as session:
                known = session.run_more("len(get_ipython().compile._statements)").events
                assert known[0]["data"]["text/plain"] == "1"
            assert template._process is not None
            template._process.kill()
            template._process.wait()


def test_plain_python_is_not_taken_apart_and_everything_else_is():
    transformer = Transformer()
    taken: list[list[str]] = []
    transformer.do_one_token_transform = lambda lines: taken.append(lines) or (False, lines)
    for cell in ["x = 1", "f'{x!r:%d}'", "x != 1  # why?", "(a\n % b)", "  x = 1\n  y = 2", ">>> x = 1", ""]:
        transformer.transform_cell(cell)
        assert taken == [], cell
    for cell in [
        "x = !ls",
        "%time 1",
        "x?",
        "!ls",
        "/f 1",
        "def (",
        "x = 1\r\n",
        "'\x0c'\n\x0cx = 1",
        "'\u2028'",
        "'\\d'",
    ]:
        transformer.transform_cell(cell)
        assert taken, cell
        taken.clear()


def test_a_tree_is_handed_out_once_and_only_to_whom_it_is_safe():
    compiler, name = Compiler(), f"{CELLS}1.py"
    compiler.remember("x = 1\nx\n", name)
    shell = type("Shell", (), {"ast_transformers": [], "input_transformer_manager": Transformer()})()
    assert id(compiler.ast_parse("x = 1\nx\n", name).body[0]) not in compiler._statements
    compiler.shell = shell
    shell.ast_transformers = [ast.NodeTransformer()]
    assert id(compiler.ast_parse("x = 1\nx\n", name).body[0]) not in compiler._statements
    shell.ast_transformers = []
    first, second = (compiler.ast_parse("x = 1\nx\n", name) for _ in range(2))
    assert id(first.body[0]) in compiler._statements
    assert id(second.body[0]) not in compiler._statements
    assert ast.dump(first, include_attributes=True) == ast.dump(second, include_attributes=True)
    with compiler.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
        known = compiler(ast.Module([first.body[0]], []), name, "exec")
        new = compiler(ast.Module([second.body[0]], []), name, "exec")
    assert known is not new
    assert known == new
    assert known.co_filename == name


def test_modules_are_found_as_ever():
    assert inspect.getmodule(test_modules_are_found_as_ever) is sys.modules[__name__]
    assert inspect.getmodule(sys._getframe()) is sys.modules[__name__]


def test_a_release_is_read_as_far_as_it_can_be(notebook: Callable[..., NotebookNode], tmp_path):
    assert released(tmp_path / "nowhere") == ([], [])
    notebook("a = 1", "b = 2", "a = 1", path=tmp_path / "one.ipynb")
    notebook("b = 2", "c = 3", path=tmp_path / "two.ipynb")
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "helper.py").write_text("x = 1")
    (tmp_path / "folder.py").mkdir()
    assert released(tmp_path) == (["a = 1", "b = 2", "c = 3"], [b"x = 1"])


def test_seeds_for_devices_that_torch_was_built_without_are_forgotten(template):
    """They would be kept for the day on which such a device comes up."""
    torch = pytest.importorskip("torch")
    if torch.backends.cuda.is_built():
        pytest.skip("this torch knows devices")
    cell = (
        "import torch\ntorch.manual_seed(3)\na = torch.rand(2)\ntorch.manual_seed(3)\n(a == torch.rand(2)).all().item()"
    )
    with Session(template, [cell, "torch.cuda._lazy_seed_tracker.get_calls()"]) as session:
        shown = [run.events[-1]["data"]["text/plain"] for run in session.run_cells()]
    assert shown == ["True", "[]"]
