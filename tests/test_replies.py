"""A box whose worker was replaced by an attacker: whatever comes by its channel, the student alone is at fault."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest
from forgeries import events, frame, mutated, nodes, trees, values
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograder.box import wire
from autograder.box.box import Box
from autograder.box.channel import Channel
from autograder.box.limits import Limits
from autograder.box.outputs import CellRun, OutputBook
from autograder.course.errors import BoxError, StudentDied, StudentFault, StudentForged, StudentTimeout
from autograder.grading.implementation import MAX_KEPT, Notebook

# Nobody answers in time here who has not answered before he was asked.
LIMITS = Limits(cell_seconds=0.02, call_seconds=0.02, grace_seconds=0.01)
LIMIT = 1 << 16
PROBE = wire.FunctionSource("probe", "def probe(notebook): pass")
HELLO = wire.dumps({"id": 0, "status": "ok"})
REQUESTS: dict[str, Callable[[Box], Any]] = {
    "cell": lambda box: box.run_cell("a = 1"),
    "call": lambda box: box.call("f", (1.0,), {}),
    "value": lambda box: box.value("a"),
    "run": lambda box: box.run(PROBE, ()),
}


class Attacker:
    """Stands for a template and the processes of its one box, of which nothing is there but a socket."""

    left_out = ()

    def __init__(self, sent: bytes, hangs_up: bool = False) -> None:
        ours, self.peer = socket.socketpair()
        self.channel = Channel(ours, LIMIT)
        self.peer.setblocking(False)
        self.peer.sendall(sent)
        if hangs_up:
            self.peer.shutdown(socket.SHUT_WR)

    def make_box(self, *args: Any) -> "Attacker":
        return self

    def interrupt(self) -> None: ...

    def report(self, limits: Limits) -> StudentFault:
        return StudentDied("ended its process with exit code 0")

    def end(self) -> None:
        self.channel.close()

    def close(self) -> None:
        self.peer.close()
        self.channel.close()


def box_of(attacker: Attacker) -> Box:
    return Box(attacker, Path("unused"), LIMITS)  # type: ignore[arg-type]


@pytest.fixture
def attacked() -> Iterator[Callable[..., Box]]:
    """Make a box that has these bytes to say, after it came up."""
    attackers = []

    def make(*sent: bytes, hangs_up: bool = False) -> Box:
        attackers.append(Attacker(HELLO + b"".join(sent), hangs_up))
        return box_of(attackers[-1])

    yield make
    for attacker in attackers:
        attacker.close()


def reply(number: Any = 1, **fields: Any) -> bytes:
    return wire.dumps({"id": number, "status": "ok", **fields})


each_request = pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)


def test_an_answer_that_lies_there_is_taken(attacked):
    box = attacked(reply(1, value=3.0), reply(2, execution_count=1, events="[]"))
    assert box.value("a") == 3.0
    assert box.run_cell("a = 1") == CellRun([], 1)


@each_request
@pytest.mark.parametrize(
    "sent",
    [
        reply(0, value=1),
        reply(2, value=1),
        reply(-1, value=1),
        reply("1", value=1),
        reply(None, value=1),
        reply([1], value=1),
        reply(float("nan"), value=1),
        wire.dumps({"status": "ok", "value": 1}),
        wire.dumps({"id": 1, "value": 1}),
        wire.dumps({"id": 1, "status": b"ok", "value": 1}),
        wire.dumps({"id": 1, "status": ["ok"], "value": 1}),
        wire.dumps([1, "ok"]),
        wire.dumps(None),
        wire.dumps(np.ones(3)),
        HELLO,
        frame(b"not JSON"),
        frame({"value": {"@": "function", "name": "f", "source": "def f(): pass"}, "buffers": []}),
        frame({"value": [], "buffers": [1]}),
        b"\xff" * 12,
        wire.PREFIX.pack(LIMIT, 1),
        reply(1, value="x" * LIMIT)[:50_000],
    ],
    ids=range(21),
)
def test_what_answers_nothing_that_was_asked_is_the_students_fault(attacked, request_, sent):
    box = attacked(sent)
    with pytest.raises(StudentFault):
        request_(box)
    assert not box.alive


# Comparing an array with a number gives no yes or no.
@pytest.mark.parametrize("number", [np.array([1, 2]), np.array([1, 0]), np.array([]), np.zeros((2, 2)), True, 1.0])
def test_a_number_of_another_type_answers_nothing(attacked, number):
    with pytest.raises(StudentForged):
        attacked(reply(number, value=1)).value("a")


@pytest.mark.parametrize(
    "fields",
    [
        {"events": None},
        {"events": "{}"},
        {"events": b"[]"},
        {"events": [{"type": "clear", "wait": True}]},
        {"events": "[" * 1000},
        {"events": '[{"type": "display", "data": {}, "metadata": {}}]'},
    ],
    ids=range(6),
)
def test_events_that_cannot_be_read_are_forged(attacked, fields):
    with pytest.raises(StudentForged):
        attacked(reply(1, **fields)).run_cell("a = 1")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "ok"},
        {"status": "no such"},
        {"status": ""},
        {"status": "raised"},
        {"status": "raised", "lineage": ()},
        {"status": "raised", "lineage": ["ValueError"]},
        {"status": "raised", "lineage": (1,)},
        {"status": "raised", "lineage": "ValueError"},
        {"status": "raised", "lineage": ("\ud800" * 9, "x" * 10_000), "message": 3},
        {"status": "undefined", "message": None},
        {"status": "undefined", "message": "\ud800" * 1000},
        {"status": "too large", "value": 1},
        {"status": "out of memory", "message": np.ones(2)},
    ],
    ids=range(13),
)
def test_a_reply_without_a_value_is_the_students_fault_and_can_be_told(attacked, fields):
    for ask in (lambda box: box.value("a"), lambda box: box.call("f", (), {})):
        with pytest.raises(StudentFault) as raised:
            ask(attacked(reply(1, **fields)))
        str(raised.value).encode()


def test_answers_in_another_order_are_forged(attacked):
    with pytest.raises(StudentForged):
        attacked(reply(2, value="second"), reply(1, value="first")).value("a")


def test_an_answer_given_twice_is_forged_at_the_next_question(attacked):
    box = attacked(reply(1, value=1), reply(1, value=1))
    assert box.value("a") == 1
    with pytest.raises(StudentForged):
        box.value("b")


def test_an_answer_after_the_end_reaches_nobody(attacked):
    box = attacked()
    peer = box._process.peer
    with pytest.raises(StudentTimeout):
        box.value("a")
    with pytest.raises(OSError, match="pipe"):
        peer.sendall(reply(1, value=1))


def test_an_answer_to_the_interrupt_of_an_earlier_question_is_no_answer_to_the_next(attacked):
    box = attacked()
    box._process.interrupt = lambda: box._process.peer.sendall(reply(1, value=1) + reply(1, value=2))
    with pytest.raises(StudentTimeout):
        box.value("a")
    with pytest.raises(StudentForged):
        box.value("a")


@each_request
@pytest.mark.parametrize("kept", [0, 1, 11, 12, 20])
def test_half_an_answer_is_the_students_fault(attacked, request_, kept):
    for hangs_up, fault in ((True, StudentDied), (False, StudentTimeout)):
        with pytest.raises(fault):
            request_(attacked(reply(1, value=1)[:kept], hangs_up=hangs_up))


@pytest.mark.parametrize("hello", [b"", HELLO[:5], b"\xff" * 20, reply(1), wire.dumps("hello")], ids=range(5))
def test_a_box_that_does_not_come_up_is_no_box(hello):
    """Before a line of a student's runs, nobody can be at fault but us."""
    attacker = Attacker(hello, hangs_up=True)
    with pytest.raises(BoxError):
        box_of(attacker)
    attacker.close()


numbers = st.sampled_from([0, 1, 2, 3, 4]) | trees
fields = st.fixed_dictionaries(
    {"id": numbers, "status": st.sampled_from(["ok", "raised", "undefined", "too large", "out of memory"]) | trees},
    optional={
        "value": values,
        "events": st.lists(events, max_size=3).map(json.dumps) | trees,
        "execution_count": st.integers() | trees,
        "lineage": st.lists(st.text(max_size=5), max_size=3).map(tuple) | trees,
        "message": st.text() | trees,
    },
)
sound = st.fixed_dictionaries(
    {"id": st.integers(1, 3), "status": st.just("ok"), "value": values},
    optional={"events": st.lists(events, max_size=3).map(json.dumps), "execution_count": st.integers()},
)
frames = st.one_of(
    sound.map(wire.dumps),
    fields.map(wire.dumps),
    mutated(fields.map(wire.dumps)),
    st.builds(lambda tree: frame({"value": tree, "buffers": []}), trees | nodes),
    st.binary(max_size=30),
)


@settings(max_examples=150)
@given(st.lists(frames, max_size=4), st.lists(st.sampled_from(sorted(REQUESTS)), min_size=1, max_size=4), st.booleans())
def test_whatever_is_sent_every_question_ends_in_data_or_in_a_fault_of_the_students(sent, requests, hangs_up):
    attacker = Attacker(HELLO + b"".join(sent), hangs_up)
    box, book, cells = box_of(attacker), OutputBook(), []
    try:
        for request in requests:
            if box.alive:
                try:
                    answer = REQUESTS[request](box)
                except StudentFault as fault:
                    str(fault).encode()
                    answer = CellRun(fault=fault)
                if request == "cell":
                    cells.append(new_code_cell(outputs=book.outputs_of(answer), execution_count=answer.execution_count))
    finally:
        attacker.close()
    notebook = new_notebook(cells=cells)
    nbformat.validate(notebook)
    nbformat.writes(notebook, allow_nan=False).encode()


# What is kept of replies


@pytest.mark.parametrize("large", [np.zeros(MAX_KEPT), "x" * MAX_KEPT, [0.5] * MAX_KEPT, {"x" * MAX_KEPT: 1}])
def test_large_replies_are_not_kept_for_a_diagnosis(large):
    """A test of a problem may ask a hundred times, and a reply may have megabytes."""
    notebook = Notebook(SimpleNamespace(value=lambda name: large))  # type: ignore[arg-type]
    assert notebook.value("a") is large
    assert notebook.transcript == [("a large reply", None)]
