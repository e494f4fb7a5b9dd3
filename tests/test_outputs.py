"""What a box says a cell published is read with care, and always makes outputs that a notebook may have."""

import json
import time

import nbformat
import pytest
from forgeries import events, trees
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import LimitOutput
from nbgrader.utils import determine_grade

from autograder.box.outputs import MAX_PARTS, MAX_UPDATED, CellRun, OutputBook, read_events
from autograder.course.errors import StudentDied, StudentRaised, StudentTimeout

counts = st.none() | st.integers(-3, 3) | st.integers()


def outputs(*published, count=1, fault=None):
    return OutputBook().outputs_of(CellRun(read_events(json.dumps(published)), count, fault))


def made_of(cells, count=1):
    """A notebook of what cells published, held to be one."""
    book = OutputBook()
    made = [new_code_cell() for _ in cells]
    for cell, published in zip(made, cells, strict=True):
        run = CellRun(read_events(json.dumps(published)), count)
        cell.outputs, cell.execution_count = book.outputs_of(run), run.execution_count
    notebook = new_notebook(cells=made)
    nbformat.validate(notebook)
    return notebook


@settings(max_examples=150)
@given(st.lists(st.lists(events, max_size=5), max_size=3), counts)
def test_any_events_make_a_notebook_that_can_be_written_and_read(cells, count):
    notebook = made_of(cells, count)
    text = nbformat.writes(notebook, allow_nan=False).encode("utf-8").decode("utf-8")
    read = nbformat.reads(text, as_version=4)
    assert [cell.outputs for cell in read.cells] == [cell.outputs for cell in notebook.cells]


@pytest.fixture(scope="module")
def exporter():
    return HTMLExporter()


@pytest.mark.filterwarnings("ignore:Your element with mimetype")
@settings(max_examples=60)
@given(cells=st.lists(st.lists(events, max_size=8), min_size=1, max_size=2))
def test_any_events_make_a_page_once_nbgrader_has_cut_them(exporter, cells):
    notebook, _ = LimitOutput().preprocess(made_of(cells), {})
    exporter.from_notebook_node(notebook)


@given(st.lists(events, max_size=4))
def test_any_events_leave_a_score(published):
    """With a number no larger than the points, nbgrader's scoring comes to an end."""
    (cell,) = made_of([published]).cells
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": float("inf")}
    score, _ = determine_grade(cell)
    assert score >= 0


@given(trees)
def test_any_tree_in_the_place_of_events_is_refused_or_read(tree):
    for text in (json.dumps(tree), json.dumps([tree])):
        try:
            events = read_events(text)
        except ValueError:
            continue
        OutputBook().outputs_of(CellRun(events))


@given(st.text() | st.binary() | trees)
def test_anything_in_the_place_of_the_text_of_events_is_refused(text):
    with pytest.raises(ValueError, match="events"):
        read_events(text)


@given(trees)
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
        '[{"type": "display", "data": {}, "metadata": {}}]',
        '[{"type": "clear", "wait": "yes"}]',
        '[{"type": "error", "ename": "E", "evalue": "", "traceback": [1]}]',
        '[{"type": "display", "data": {"application/json": ' + "[" * 500 + "]" * 500 + '}, "metadata": {}}]',
        '[{"type": "clear", "wait": true, "x": [' + "[]," * MAX_PARTS + "0]}]",
        '[{"type": "clear", "wait": true, "x": ' + "9" * 5000 + "}]",
        b"[]",
    ],
    ids=range(21),
)
def test_events_that_our_worker_never_writes_are_refused(text):
    with pytest.raises(ValueError, match="events"):
        read_events(text)


def display(data, metadata=None, kind="display", name=None):
    return {"type": kind, "data": data, "metadata": metadata or {}, "display_id": name}


@pytest.mark.parametrize("count", [-1, 1 << 31, 10**400, True, "1", 1.0])
def test_a_prompts_number_that_no_notebook_can_have_is_none(count):
    assert CellRun(execution_count=count).execution_count is None


def test_text_between_commas_counts_for_no_part():
    assert outputs({"type": "stream", "name": "stdout", "text": "[,{" * MAX_PARTS})


def test_pieces_of_a_stream_are_joined_at_once():
    """Adding each piece to what went before copied gigabytes."""
    pieces = [{"type": "stream", "name": "stdout", "text": f"{index} " + "x" * 500} for index in range(9000)]
    (output,) = outputs(*pieces)
    assert output.text == "".join(piece["text"] for piece in pieces)


def test_one_update_that_reaches_thousands_of_displays_makes_no_gigabytes():
    shown = [display({"text/plain": "old"}, name="x")] * 4000
    updated = outputs(*shown, display({"text/plain": "new" * 300_000}, kind="update", name="x"))
    assert len({output.data["text/plain"][:3] for output in updated}) == 2
    assert sum(len(output.data["text/plain"]) for output in updated) <= MAX_UPDATED


def test_a_result_without_text_is_worth_nothing():
    """Scoring it raised, which stopped grading the submission."""
    for data in ({}, {"text/html": "5"}, {"text/plain": ""}):
        (output,) = outputs(display(data, kind="result"))
        assert output.data["text/plain"] == "0"
    shown, updated = (display({"text/plain": "5"}, kind="result", name="x"), display({}, kind="update", name="x"))
    (output,) = outputs(shown, updated)
    assert output.data == {"text/plain": "0"}


@pytest.mark.parametrize("mime", ["text/json", "json", "application/json\n", "application/\n+json", "x+json"])
def test_only_json_types_hold_more_than_text(mime):
    (output,) = outputs(display({mime: [1]}))
    assert output.data == {mime: "[1]"}


@pytest.mark.parametrize(
    "bad",
    [
        display({"image/png": "x"}, {"image/png": 3}),
        display({"image/png": "x"}, {"filenames": 3}),
        display({"text/html": "x"}, {"text/html": None}),
        display({"application/vnd.jupyter.widget-view+json": None}),
        display({"application/vnd.jupyter.widget-view+json": {"model_id": []}}),
        display({"text/markdown": "![x](attachment:a.png)"}),
        display({"text/markdown": "![x][1]\n\n[1]: &#97;ttachment\\:a.png"}),
        display({"text/markdown": "&#" + "9" * 5000}),
        display({"text/html": "&#" + "9" * 5000}),
        display({"text/html": "<![ &#x" + "f" * 5000 + "<![if[a"}),
        display({"text/plain": "\x1b[38m"}),
        {"type": "stream", "name": "stdout", "text": "a \x1b[1;48m b"},
        {"type": "stream", "name": "stdout", "text": "a \x1b[1;38;5;38;48m b"},
        {"type": "stream", "name": "stdout", "text": "a \x1b[+38m \x1b[３8m \x1b[0038m b"},
        {"type": "error", "ename": "", "evalue": "", "traceback": ["\x1b[0;38m"]},
    ],
    ids=range(15),
)
@pytest.mark.filterwarnings("ignore:Your element with mimetype")
def test_what_nbconvert_raises_at_is_not_left_to_it(exporter, bad):
    exporter.from_notebook_node(made_of([[bad]]))


@pytest.mark.parametrize(
    "text",
    ["\x1b[0;31mred\x1b[0m", "\x1b[38;5;38mblue\x1b[38;2;0;38;48m", "\x1b[K", "\x1b", "[38m", "\x1b[1;;4m", "\x1b[m"],
)
def test_honest_colors_stay(text):
    assert outputs({"type": "stream", "name": "stdout", "text": text})[0].text == text


@pytest.mark.parametrize(
    "flood",
    [
        {"type": "stream", "name": "stdout", "text": "\x1b[m" * 350_000},
        {"type": "stream", "name": "stdout", "text": "\x1b[" + "1;" * 500_000 + "m"},
        display({"text/plain": "\x1b[1m" * 300_000}),
        {"type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[m" * 350_000]},
        display({"text/markdown": "\\begin{x}" * 100_000}),
    ],
    ids=["escapes", "colors", "display", "traceback", "formulas"],
)
def test_a_page_takes_no_hours_to_make(exporter, flood):
    """A megabyte of each kept nbconvert busy for a minute and more, and four of them for an hour."""
    began = time.process_time()
    exporter.from_notebook_node(made_of([[flood]]))
    assert time.process_time() - began < 30


def test_a_fault_that_quotes_the_student_at_length_is_cut():
    (error,) = outputs(fault=StudentRaised(("\ud800" * 10_000, "Exception")))
    assert len(error.evalue) <= 1000
    nbformat.writes(new_notebook(cells=[new_code_cell(outputs=[error])])).encode()


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
