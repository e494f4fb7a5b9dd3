"""``make bench``: the class that it makes up, its clocks, Otter's tests, its tables. What it measures is not tested."""

import doctest
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nbformat import NotebookNode, reads

from autograder.course.layout import Course
from autograder.course.notebooks import grade_id, read_notebook
from autograder.grading.catalogue import Problem, load_problems

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tools.bench import machine, otter, roads, stages, tables, watch  # noqa: E402
from tools.bench.__main__ import parse  # noqa: E402
from tools.bench.classes import SEED, STUB, UNLIKE, Student, Writer, draw_class  # noqa: E402
from tools.bench.curve import ALIKE, Point  # noqa: E402
from tools.bench.curve import UNLIKE as NO_TWO_ALIKE  # noqa: E402
from tools.bench.roads import BenchError, Road  # noqa: E402


@pytest.fixture(scope="module")
def problems() -> dict[str, Problem]:
    assignment = Course(ROOT).require("reparameterization")
    return load_problems(assignment.solutions, assignment.variant)


@pytest.fixture(scope="module")
def release() -> dict[str, NotebookNode]:
    return {
        path.name: read_notebook(path) for path in sorted((ROOT / "assignments/reparameterization").glob("*.ipynb"))
    }


@pytest.fixture(scope="module")
def writer(problems: dict[str, Problem], release: dict[str, NotebookNode]) -> Writer:
    return Writer(problems, Course(ROOT).require("reparameterization").variant, release)


def test_a_class_is_drawn_again_the_same_and_a_larger_one_begins_with_it(problems: dict[str, Problem]) -> None:
    assert draw_class(problems, 30) == draw_class(problems, 50)[:30]
    assert draw_class(problems, 30) != draw_class(problems, 30, SEED + 1)


def test_a_class_is_varied(problems: dict[str, Problem]) -> None:
    students = draw_class(problems, 400)
    right = 0
    for name, problem in problems.items():
        chosen = Counter(student.choices[name] for student in students)
        accepted = [name, *(function.__name__ for function in problem.alternatives)]
        right += sum(chosen[each] for each in accepted)
        assert all(chosen[each] for each in accepted), "every alternative is somebody's"
        assert chosen[STUB], "somebody has left it untouched"
        assert sum(each not in (*accepted, STUB) for each in chosen) > 1, "there are several mistakes"
    assert right / (400 * len(problems)) == pytest.approx(0.75, abs=0.02)
    assert len({tuple(student.choices.items()) for student in students}) == 400, "no two hand in the same"


def test_what_is_handed_in_is_the_release_with_the_answers(
    problems: dict[str, Problem], release: dict[str, NotebookNode], writer: Writer
) -> None:
    choices = {name: name for name in problems} | {"kl_gradient": "kl_gradient_downhill", "q1": STUB}
    handed_in = writer.files(Student("ada", 0, choices))
    assert set(handed_in) == set(release)
    for file, text in handed_in.items():
        notebook = reads(text, as_version=4)
        for cell, released in zip(notebook.cells, release[file].cells, strict=True):
            name = grade_id(cell)
            answered = name in problems and name != "q1"
            assert (cell.source != released.source) == answered, name
            assert cell.metadata == released.metadata
            if name == "kl_gradient":
                assert cell.source.endswith("kl_gradient = make_kl_gradient()")
                assert "def kl_gradient_downhill" in cell.source


def test_in_the_class_without_likeness_equal_answers_differ_in_their_text_alone_where_there_is_no_answer(
    problems: dict[str, Problem], writer: Writer
) -> None:
    choices = {name: name for name in problems}
    one, other = (writer.files(Student("x", number, choices), unlike=True) for number in (0, 1))
    assert all(one[file] != other[file] for file in one)
    stubs = dict.fromkeys(problems, STUB)
    assert writer.files(Student("x", 0, stubs), unlike=True) == writer.files(Student("y", 1, stubs))


def in_digits_of(number: int, value: Any) -> Any:
    names: dict[str, Any] = {"answer": value}
    exec(UNLIKE.format(number=number, name="answer"), names)
    return names["answer"]


@pytest.mark.parametrize(
    "value",
    [
        0.3,
        np.float64(0.3),
        np.array(0.3),
        np.linspace(1, 2, 6).reshape(2, 3),
        np.linspace(1, 2, 24, dtype=np.float32),
        torch.linspace(1, 2, 24, dtype=torch.float64),
        torch.linspace(1, 2, 24).reshape(2, 12),
    ],
    ids=["float", "number", "0-d", "double array", "single array", "double tensor", "single tensor"],
)
def test_no_two_have_the_same_digits_and_all_have_nearly_the_same_number(value: Any) -> None:
    replies = [in_digits_of(number, value) for number in range(1, 1001)]
    assert len({np.asarray(reply).tobytes() for reply in replies}) == 1000
    for reply in replies:
        assert type(reply) is type(value) or np.ndim(value) == 0
        assert np.shape(reply) == np.shape(value)
        assert np.asarray(reply).dtype == np.asarray(value).dtype
        np.testing.assert_allclose(reply, value, rtol=1e-6)


def test_digits_go_through_functions_and_structures_and_leave_the_rest_alone() -> None:
    double = in_digits_of(3, lambda x: (2.0 * x, [x, 1], {"n": x}, None, True))
    pair, listed, named, nothing, yes = double(1.5)
    assert pair != 3.0
    assert pair == pytest.approx(3.0)
    assert listed[0] == named["n"] != 1.5
    assert (listed[1], nothing, yes) == (1, None, True)
    assert in_digits_of(1, "B") != in_digits_of(2, "B")
    assert in_digits_of(1, "B").strip() == "B"
    loss = torch.tensor([2.0, 3.0], requires_grad=True)
    in_digits_of(5, loss).sum().backward()
    assert loss.grad is not None


def test_the_clocks_find_every_stage() -> None:
    for functions in (*stages.STAGES.values(), (stages.RECALL,)):
        for module, name in functions:
            assert callable(stages.find(module, name)[2])


def test_a_moment_belongs_to_the_innermost_stage() -> None:
    clock = stages.Stopwatch()
    with clock.stage("outer"):
        time.sleep(0.02)
        with clock.stage("inner"):
            time.sleep(0.05)
    assert clock.wall["inner"] >= 0.05
    assert clock.wall["outer"] >= 0.02
    clock.note()
    assert sum(clock.wall.values()) == pytest.approx(
        clock.wall["inner"] + clock.wall["outer"] + clock.wall[stages.REST]
    )


CHECKS = """\
import math


@staticmethod
def half(x):
    '''Half of it.'''

    return x / 2


double(1.0)
assert double(2.0) == 4.0, "twice two is four"

try:
    double(None)
except TypeError:
    pass
else:
    raise AssertionError("nothing has no double")"""


@pytest.mark.parametrize(("factor", "failures"), [(2, 0), (3, 1)])
def test_a_doctest_passes_as_the_cell_does(factor: int, failures: int) -> None:
    test = doctest.DocTestParser().get_doctest(
        otter.as_doctest(CHECKS), {"double": lambda x: factor * x}, "checks", None, None
    )
    told: list[str] = []
    assert doctest.DocTestRunner().run(test, out=told.append).failed == failures


def test_otter_gets_every_problem_with_its_points(
    release: dict[str, NotebookNode], problems: dict[str, Problem]
) -> None:
    found = {name: (points, text) for nb in release.values() for name, points, text in otter.checks_of(nb)}
    assert set(found) == set(problems)
    assert sum(points for points, _ in found.values()) == 108
    for name, (points, text) in found.items():
        names: dict[str, Any] = {}
        exec(otter.otter_test(name, points, text), names)
        assert (names["test"]["name"], names["test"]["points"]) == (name, points)


def test_a_command_is_watched(tmp_path: Path) -> None:
    program = (
        "import os, time; os.makedirs('out/ada/.x.staged'); time.sleep(.2); os.makedirs('out/ada/x'); time.sleep(.3)"
    )
    command = [sys.executable, "-c", f"{program}; print('done'); raise SystemExit(3)"]
    watched = watch.watch(command, tmp_path, tmp_path / "out")
    assert (watched.code, watched.output, watched.first_count) == (3, "done\n", 1)
    assert watched.first is not None
    assert 0.2 < watched.first < watched.seconds - 0.2
    if watch.PROC.is_dir():
        assert 1 << 20 < watched.memory.coordinator < 1 << 28


def a_road(title: str, *rounds: float, **scores: float) -> Road:
    return Road(title, "does nothing", lambda road: 1.0, list(rounds), [], scores)


def test_other_points_on_another_road_are_an_error() -> None:
    ours = [
        a_road("nbgrader autograde, stock", 1.0, ada=7.0),
        a_road("b", 1.0, ada=3.0),
        a_road("c", 1.0, ada=3.0, bo=5.0),
    ]
    assert "the same 2 students the same points (4.0" in roads.hold_scores_equal(ours)
    with pytest.raises(BenchError, match="ada got 4 points by 'd' and 3 by 'c'"):
        roads.hold_scores_equal([*ours, a_road("d", 1.0, ada=4.0)])


@pytest.fixture
def results() -> tables.Results:
    share = {
        "students": 2,
        "tests": 10,
        "remembered": 4,
        "stages": {"run the cells": (0.5, 0.1), stages.REST: (0.1, 0.1)},
    }
    memory = watch.Memory(100 << 20, 200 << 20, 300 << 20, 400 << 20)
    return tables.Results(
        machine.versions(),
        machine.machine(),
        [a_road("nbgrader autograde, stock", 12.0, 10.0, 11.0), a_road("autograder grade", 0.25, 0.5, 0.2)],
        [2.5, 2.0],
        {ALIKE: {"start": 3.0, "shares": [share, share]}},
        [Point(kind, size, size / 4, 2.0, 5.0, memory) for kind in (ALIKE, NO_TWO_ALIKE) for size in (25, 100)],
        ["A note."],
    )


def test_tables_are_shown(results: tables.Results) -> None:
    text = tables.show(results, markdown=False)
    assert "autograder grade            0.250    0.200..0.500                    44.0" in text
    assert "hidden tests judged from memory" in text
    assert all(name in text for name in ("python 3", "nbgrader", "A note.", "does nothing"))
    markdown = tables.show(results, markdown=True)
    assert "| autograder grade | 0.250 | 0.200..0.500 | 44.0 |" in markdown
    assert "| autograder grade: times as fast as stock | 44.0 | `make bench` |" in markdown
    for line in markdown.splitlines():
        assert line.count("|") != 1


def test_the_same_points_make_the_same_picture(results: tables.Results, tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        tables.plot(results.points, "here", tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(["--sizes", "1000,100"]).sizes == [100, 1000]
    assert parse([]).sizes == [25, 100, 400]
    assert parse(["--quick"]).otter == 0
    with pytest.raises(SystemExit):
        parse(["--sizes", "many"])
    assert "list of numbers" in capsys.readouterr().err


def test_the_bench_is_a_target_and_leaves_nothing_to_commit() -> None:
    assert "bench: install ## measure" in (ROOT / "Makefile").read_text(encoding="utf-8")
    told = subprocess.run(["git", "check-ignore", ".bench/bench.svg"], cwd=ROOT, capture_output=True, text=True)
    assert told.stdout.strip() == ".bench/bench.svg", json.dumps(told.stderr)
