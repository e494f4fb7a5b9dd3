"""Attacks that once got through: each stays here as a test."""

import json
import math

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from autograder.box import wire
from autograder.box.box import Box
from autograder.box.outputs import CellRun, OutputBook, read_events
from autograder.box.session import Session
from autograder.box.template import Template
from autograder.course.errors import BoxError, StudentDied, StudentNotRun, StudentRaised
from autograder.course.notebooks import read_notebook
from autograder.grading.checks import CheckFailed, assert_close

KILL = "os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)"
IMPORTS = "import os, signal, time"


def crossed(reply):
    return wire.loads(wire.dumps(reply))


# Replies


def test_empty_arrays_too_large_to_be_stacked_are_a_wrong_answer_and_no_fault_of_ours():
    reply = [np.zeros((0, 2**30, 2**29))] * 8
    with pytest.raises(CheckFailed):
        assert_close(reply, 1.0)
    with pytest.raises(wire.TooLargeError):
        crossed(reply)


@pytest.mark.parametrize(
    "reply",
    [np.empty((20261, 0)), [np.empty((20261, 0))], np.empty((0,) + (7,) * 9), [0.0] * 20261, np.zeros(20261)],
    ids=["extent", "list of it", "dimensions", "list", "array"],
)
@pytest.mark.parametrize("expected", [1.0, (1.0, 2.0), np.ones(3), np.ones(100)], ids=["1", "2", "3", "100"])
def test_a_shape_carries_no_hidden_input_into_the_feedback(reply, expected):
    with pytest.raises(CheckFailed) as failed:
        assert_close(crossed(reply), expected)
    assert not any(secret in str(failed.value) for secret in ("20261", "7, 7"))


def test_an_honest_shape_is_still_named():
    with pytest.raises(CheckFailed, match=r"shape \(64, 3\) where an array of shape \(3, 64\)"):
        assert_close(np.zeros((64, 3)), np.zeros((3, 64)))


# Notebooks


@pytest.mark.parametrize("place", ["source", "metadata", "key"])
def test_half_a_character_in_a_notebook_can_be_written_again(tmp_path, place):
    cell = new_code_cell("a = 1 # \ud800" if place == "source" else "a = 1")
    if place != "source":
        cell.metadata["note" if place == "metadata" else "\ud800"] = "\ud800"
    path = tmp_path / "half.ipynb"
    path.write_text(json.dumps(new_notebook(cells=[cell])), encoding="ascii")
    read = read_notebook(path)
    assert read.cells[0].source.startswith("a = 1")
    assert writes(read).encode()


# Outputs


def display(text, name):
    return {"type": "display", "data": {"text/plain": text}, "metadata": {}, "display_id": name}


def update(text, name):
    return {**display(text, name), "type": "update"}


def test_updates_reach_what_was_shown_before_them_and_nothing_later():
    book = OutputBook()
    first = book.outputs_of(CellRun([display("a", "x"), update("b", "x"), update("c", "x"), display("d", "x")]))
    assert [output.data["text/plain"] for output in first] == ["c", "d"]
    second = book.outputs_of(CellRun([update("e", "x"), display("f", "x"), update("g", "y")]))
    assert [output.data["text/plain"] for output in [*first, *second]] == ["e", "e", "f"]


def test_each_output_is_updated_once_a_cell_however_many_updates_it_got(monkeypatch):
    """Writing every update into every output took hours."""
    bundles = []
    monkeypatch.setattr("autograder.box.outputs.bundle_of", lambda data: bundles.append(data) or data)
    OutputBook().outputs_of(CellRun([*[display("a", "x")] * 100, *[update("b", "x")] * 100]))
    assert len(bundles) <= 200


@pytest.mark.parametrize(
    "source",
    [
        "for _ in range(30_000): get_ipython().display_pub.publish({'text/plain': ''})",
        "import sys\nfor _ in range(30_000): print(end='a'); print(end='b', file=sys.stderr)",
    ],
    ids=["displays", "streams"],
)
def test_many_small_outputs_are_cut_and_what_is_scored_is_kept(template, source):
    with Session(template, [f"{source}\n1 / 0", "2"]) as session:
        many, after = session.run_cells()
    assert len(many.events) < 5000
    kinds = [event["type"] for event in many.events]
    assert kinds.count("error") == 1
    assert [event["data"]["text/plain"] for event in after.events] == ["2"]


def test_more_outputs_than_our_worker_keeps_are_forged():
    with pytest.raises(ValueError, match="events"):
        read_events(json.dumps([{"type": "clear", "wait": False}] * 20_000))


# Boxes


@pytest.fixture(scope="module")
def own_template():
    """A template that may be killed."""
    with Template() as template:
        yield template


def lose(template):
    if template._process is not None:
        template._process.kill()
        template._process.wait()


def test_killing_the_parent_is_no_way_to_stay_ungraded(own_template):
    cells = [IMPORTS, KILL, "def good(): return 1\ndef kill(): " + KILL]
    with Session(own_template, cells) as session:
        assert [run.failed for run in session.run_cells()] == [False, True, False]
        with pytest.raises(StudentRaised, match="PermissionError"):
            session.call("kill", (), {})
        assert session.call("good", (), {}) == 1


def test_a_notebook_in_whose_hands_two_templates_die_is_at_fault_where_it_can_reach_them(own_template, monkeypatch):
    with Session(own_template, ["a = 1"]) as session:
        session.run_cells()

        def die(box, question, known):
            raise BoxError("the process that makes boxes ended")

        monkeypatch.setattr(Box, "ask", die)
        with pytest.raises(BoxError):
            session.value("a")
        # Unless the machine lets it reach them.
        monkeypatch.setattr(own_template, "layers", ())
        with pytest.raises(StudentDied, match="process that boxes come from"):
            session.value("a")
        monkeypatch.undo()
        assert session.value("a") == 1


def test_a_template_that_is_lost_once_costs_nobody_anything(own_template):
    with Session(own_template, ["a = 1", "b = a + 1"]) as session:
        assert [run.fault for run in session.run_cells()] == [None, None]
        lose(own_template)
        assert session.value("b") == 2
    lose(own_template)
    with Session(own_template, ["a = 2"]) as session:
        session.run_cells()
        assert session.value("a") == 2


def test_a_template_that_is_lost_at_the_end_takes_no_result_back(own_template):
    with Session(own_template, ["a = 1"]) as session:
        session.run_cells()
        assert session.value("a") == 1
        own_template._process.kill()
        own_template._process.wait()


def test_cells_that_run_again_count_towards_the_time_of_the_notebook(template, monkeypatch):
    """Otherwise a notebook could have all its cells run again for each box that it loses."""
    again = []
    with Session(template, ["def die(): import os; os._exit(1)", "b = 2", "c = 3"]) as session:
        session.run_cells()
        with pytest.raises(StudentDied):
            session.call("die", (), {})
        run_cell = Box.run_cell

        def slow(box, source, **options):
            again.append(source)
            session._deadline = -math.inf
            return run_cell(box, source, **options)

        monkeypatch.setattr(Box, "run_cell", slow)
        with pytest.raises(StudentNotRun, match="in all"):
            session.value("b")
    assert len(again) == 1
