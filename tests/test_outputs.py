"""What a box says a cell published is read with care, and always makes outputs that a notebook may have."""

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograder.box.outputs import CellRun, OutputBook, read_events
from autograder.course.errors import StudentDied, StudentTimeout

texts = st.text() | st.sampled_from(["\ud800", "a\x00b", "\u2028"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
mimes = st.sampled_from(
    ["text/plain", "text/html", "image/png", "application/json", "application/x+json", "", "no-mime", "\ud800"]
)
bundles = st.dictionaries(mimes | texts, json_values, max_size=3)
names = st.none() | st.sampled_from(["a", "b"])
events = st.one_of(
    st.fixed_dictionaries({"type": st.just("stream"), "name": st.sampled_from(["stdout", "stderr"]), "text": texts}),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["display", "update", "result"]),
            "data": bundles,
            "metadata": bundles,
            "display_id": names,
        }
    ),
    st.fixed_dictionaries({"type": st.just("clear"), "wait": st.booleans()}),
    st.fixed_dictionaries(
        {"type": st.just("error"), "ename": texts, "evalue": texts, "traceback": st.lists(texts, max_size=2)}
    ),
)


def outputs(*published, count=1, fault=None):
    return OutputBook().outputs_of(CellRun(read_events(json.dumps(published)), count, fault))


@given(st.lists(st.lists(events, max_size=5), max_size=3))
def test_any_events_make_a_notebook_that_can_be_written_and_read(cells):
    book = OutputBook()
    made = [new_code_cell() for _ in cells]
    for cell, published in zip(made, cells, strict=True):
        cell.outputs = book.outputs_of(CellRun(read_events(json.dumps(published)), 1))
    notebook = new_notebook(cells=made)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook, allow_nan=False).encode("utf-8").decode("utf-8")
    assert len(nbformat.reads(text, as_version=4).cells) == len(cells)


@given(json_values)
def test_what_is_no_list_of_events_is_refused(value):
    try:
        read = read_events(json.dumps(value))
    except ValueError:
        return
    assert read == []


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        b"\xff",
        "",
        "{}",
        "[1]",
        "[" * 100_000,
        '[{"type": "no such"}]',
        '[{"type": ["stream"]}]',
        '[{"type": "stream", "name": "stdin", "text": ""}]',
        '[{"type": "stream", "name": "stdout", "text": 3}]',
        '[{"type": "stream", "name": "stdout"}]',
        '[{"type": "display", "data": [], "metadata": {}, "display_id": null}]',
        '[{"type": "display", "data": {}, "metadata": {}, "display_id": 3}]',
        '[{"type": "clear", "wait": "yes"}]',
        '[{"type": "error", "ename": "E", "evalue": "", "traceback": [1]}]',
        '[{"type": "display", "data": {"application/json": ' + "[" * 500 + "]" * 500 + '}, "metadata": {}}]',
    ],
    ids=range(17),
)
def test_events_that_our_worker_never_writes_are_refused(text):
    with pytest.raises(ValueError, match="events"):
        read_events(text)


def test_text_that_no_file_can_hold_is_replaced():
    (output,) = outputs({"type": "stream", "name": "stdout", "text": "a\ud800b"})
    assert output.text == "a?b"


def test_an_update_reaches_what_an_earlier_cell_displayed():
    book = OutputBook()
    shown = {"type": "display", "data": {"text/plain": "old"}, "metadata": {}, "display_id": "x"}
    (first,) = book.outputs_of(CellRun([shown], 1))
    assert book.outputs_of(CellRun([{**shown, "type": "update", "data": {"text/plain": "new"}}], 2)) == []
    assert first.data == {"text/plain": "new"}


@pytest.mark.parametrize(
    ("fault", "name"), [(StudentTimeout(30), "CellTimeoutError"), (StudentDied("crashed"), "CellDiedError")]
)
def test_a_cell_that_did_not_end_by_itself_says_so_at_its_end(fault, name):
    stream, error = outputs({"type": "stream", "name": "stdout", "text": "started"}, fault=fault)
    assert stream.text == "started"
    assert error.ename == name
    assert str(fault) in error.evalue
