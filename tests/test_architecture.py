"""The shape that the package promises: rooms import one way, boxes know nothing of ours, functions are short."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
# Each room may import from those before it.
ROOMS = ["course", "box", "grading", "report", "authoring", "gradebook", "cli"]
# What a room must not know although it stands in reach of it.
FOREIGN = {
    "course": {"pytest", "_pytest", "nbgrader", "torch", "numpy"},
    "box": {"pytest", "_pytest", "nbgrader"},
    "grading": {"nbgrader", "torch"},
    "report": {"nbgrader", "torch"},
    "authoring": {"nbgrader", "torch"},
}
MAX_FILE, MAX_FUNCTION = 300, 45


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            assert node.module is not None
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in MODULES else node.module


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_every_folder_is_a_room():
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_rooms_import_one_way(path):
    room = room_of(module_of(path))
    if room in ("", "__main__"):
        return
    for imported in imports_of(path):
        if imported.startswith("autograder") and room_of(imported):
            assert ROOMS.index(room_of(imported)) <= ROOMS.index(room), f"{imported} is above {room}"
        assert imported.split(".")[0] not in FOREIGN.get(room, set()), f"{room} must not know {imported}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "box" / "worker").glob("*.py")), ids=name_of)
def test_the_worker_imports_nothing_of_ours_but_the_wire_and_the_channel(path):
    for imported in imports_of(path):
        if imported.startswith("autograder"):
            assert imported in ("autograder.box.wire", "autograder.box.channel") or imported.startswith(
                "autograder.box.worker"
            )


def test_the_wire_imports_nothing_of_ours_but_its_parts_and_the_channel_only_the_wire():
    ours = {
        name: {
            module.removeprefix("autograder.box.")
            for module in imports_of(MODULES[f"autograder.box.{name}"])
            if module.startswith("autograder")
        }
        for name in ("values", "reader", "wire", "channel")
    }
    assert ours == {"values": set(), "reader": {"values"}, "wire": {"values", "reader"}, "channel": {"wire"}}


def test_nothing_imports_in_a_circle():
    graph = {
        module: {imported for imported in imports_of(path) if imported in MODULES and imported != module}
        for module, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join([*above, module])
        if module not in done:
            for imported in sorted(graph[module]):
                visit(imported, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MAX_FUNCTION, f"{node.name} is too long"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_help_is_quick_since_it_loads_none_of_the_large_libraries():
    code = (
        "import sys\nsys.argv = ['autograder', '--help']\n"
        "from autograder.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([n for n in ('torch', 'numpy', 'nbgrader', 'IPython', 'pytest') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
