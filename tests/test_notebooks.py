"""Notebooks as data: what is none is refused with a reason, what can be read is read."""

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_markdown_cell, new_raw_cell

from autograder.course import notebooks
from autograder.course.errors import UsageError
from autograder.course.notebooks import (
    MAX_NOTEBOOK_BYTES,
    as_notebook,
    code_cells,
    code_sources,
    grade_id,
    new_output,
    read_notebook,
)


def test_a_notebook_is_read_as_it_was_written(notebook, tmp_path):
    path = tmp_path / "π.ipynb"
    written = notebook("a = 'π'", new_markdown_cell("Text"), path=path)
    assert read_notebook(path) == written


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"not json", "not JSON"),
        (b'{"cells": [', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"null", "no notebook format number"),
        (b"[]", "no notebook format number"),
        (b"{}", "no notebook format number"),
        (b'{"nbformat": "4"}', "no notebook format number"),
        (b'{"nbformat": 5, "nbformat_minor": 0, "metadata": {}, "cells": []}', "format 5"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a well-formed notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": {}}', "not a well-formed notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}', "not a well-formed notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}', "not a well-formed notebook"),
        (b'{"nbformat": -1}', "not a well-formed notebook"),
    ],
    ids=range(15),
)
def test_a_damaged_file_is_refused_with_a_reason_and_its_name(tmp_path, content, reason):
    path = tmp_path / "handed-in.ipynb"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=reason) as caught:
        read_notebook(path)
    assert "handed-in.ipynb" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "missing.ipynb", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_notebook(path)


def test_a_giant_file_is_not_read(tmp_path):
    path = tmp_path / "giant.ipynb"
    with path.open("wb") as file:
        file.truncate(MAX_NOTEBOOK_BYTES + 1)
    with pytest.raises(UsageError, match="larger than 64 MB"):
        read_notebook(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 5) | st.sampled_from(["code", "markdown", "a", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cell_type", "source", "metadata", "outputs", "execution_count", "id", "nbgrader", "tags"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"nbformat": st.integers(2, 5)}, optional={"metadata": json_values, "cells": json_values}))
def test_json_of_any_shape_is_refused_or_makes_a_notebook(data: Any):
    try:
        made = as_notebook(data, "name")
    except UsageError:
        return
    nbformat.validate(made)
    for cell in made.cells:
        grade_id(cell)
        notebooks.tested_problem(cell)
    code_sources(made)


@pytest.mark.parametrize("version", [2, 3])
def test_an_older_format_is_upgraded(version):
    cell = {
        "cell_type": "code",
        "input": "a = 1",
        "outputs": [],
        "language": "python",
        "metadata": {},
        "collapsed": False,
    }
    data = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": "n"}, "worksheets": [{"cells": [cell]}]}
    assert code_sources(as_notebook(data, "old")) == ["a = 1"]


def test_cells_without_ids_get_some(notebook):
    data = json.loads(nbformat.writes(notebook("a", "b", "c")))
    del data["cells"][0]["id"]
    data["cells"][1]["id"] = data["cells"][2]["id"] = "the same"
    ids = [cell["id"] for cell in as_notebook(data, "n").cells]
    assert len(set(ids)) == 3


def test_only_code_that_a_kernel_would_run_is_run(notebook):
    skipped = notebook("skipped = 1")
    skipped.cells[0].metadata.tags = ["skip-execution"]
    built = notebook("a = 1", "", "  \n", new_markdown_cell("b"), new_raw_cell("c"), skipped.cells[0], "# comment")
    assert code_sources(built) == ["a = 1", "# comment"]
    assert [cell.source for cell in code_cells(built)] == ["a = 1", "# comment"]


@pytest.mark.parametrize(
    ("metadata", "name", "problem"),
    [
        ({"grade_id": "test_scale", "grade": True, "locked": True, "points": 3}, "test_scale", "scale"),
        ({"grade_id": "test_scale", "grade": False}, "test_scale", None),
        ({"grade_id": "scale", "solution": True}, "scale", None),
        ({"grade_id": "scale", "grade": True, "points": 1}, "scale", None),
        ({"grade_id": "test_", "grade": True, "points": 1}, "test_", ""),
    ],
)
def test_cells_know_what_they_are_for(notebook, metadata, name, problem):
    (cell,) = notebook(("x = 1", metadata)).cells
    assert grade_id(cell) == name
    assert notebooks.tested_problem(cell) == problem


def test_markdown_is_never_a_test_cell(notebook):
    (cell,) = notebook(("text", {"grade_id": "test_scale", "grade": True, "cell_type": "markdown"})).cells
    assert notebooks.tested_problem(cell) is None


@pytest.mark.parametrize("nbgrader", [None, "text", 3, [], {}, {"grade_id": 3}, {"grade_id": None, "grade": True}])
def test_metadata_of_any_kind_names_no_problem(notebook, nbgrader):
    (cell,) = notebook("x = 1").cells
    cell.metadata["nbgrader"] = nbgrader
    assert grade_id(cell) is None
    assert notebooks.tested_problem(cell) is None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("stream", {"name": "stderr", "text": "beware"}),
        ("display_data", {"data": {"text/plain": "x", "application/json": {"a": [1]}}}),
        ("execute_result", {"data": {"text/plain": "x"}, "execution_count": 3}),
        ("execute_result", {}),
        ("error", {"ename": "E", "evalue": "e", "traceback": ["t"]}),
    ],
)
def test_an_output_is_the_one_that_nbformat_makes(kind: str, fields: dict[str, Any]) -> None:
    ours, theirs = new_output(kind, **fields), nbformat.v4.new_output(kind, **fields)
    assert ours == theirs
    assert {name: type(value) for name, value in ours.items()} == {name: type(value) for name, value in theirs.items()}
