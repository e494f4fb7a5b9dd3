"""Notebooks that are damaged, or edited where a student should not."""

import copy
import json
from typing import Any

import nbformat
from spoiling import CASES, NOTHING, Case, Data, as_bytes, cell, edited

# Files that are no notebook of format 4.

as_bytes("not_json", b"Dear professor, my notebook is attached.", "is not JSON")
as_bytes("empty_file", b"", "is not JSON")
as_bytes("not_text", bytes(range(256)), "is not JSON")
as_bytes("json_list", b"[1, 2]", "no notebook format number")
as_bytes("json_null", b"null", "no notebook format number")
as_bytes("deep_json", b"[" * 200_000, "is not JSON")
as_bytes(
    "format_4_without_cells", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a well-formed notebook"
)
as_bytes("cells_of_text", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": "x"}', "well-formed notebook")


CASES["cut_off"] = Case(lambda one: {"one.ipynb": json.dumps(one)[:-100]}, NOTHING, {"": "may have been cut off"})


@edited(NOTHING, {"": "formats up to 4"})
def format_99(one):
    one["nbformat"] = 99


@edited(NOTHING, {"": "no notebook format number"})
def format_missing(one):
    del one["nbformat"]


@edited(NOTHING, {"": "no notebook format number"})
def format_as_text(one):
    one["nbformat"] = "4"


@edited()
def format_3(one):
    return nbformat.convert(nbformat.reads(json.dumps(one), as_version=4), 3)


@edited(NOTHING, {"": "is not a well-formed notebook"})
def format_3_in_name_only(one):
    one["nbformat"] = 3


@edited()
def format_minor_from_the_future(one):
    one["nbformat_minor"] = 99


@edited()
def format_minor_4_with_cell_ids(one):
    one["nbformat_minor"] = 4


@edited()
def format_minor_0_without_tests(one):
    one["nbformat_minor"] = 0
    one["cells"] = [c for c in one["cells"] if "test_" not in str(c["metadata"])]


@edited()
def no_cell_ids(one):
    for c in one["cells"]:
        del c["id"]


@edited()
def one_id_for_all_cells(one):
    for c in one["cells"]:
        c["id"] = "same"


@edited()
def outputs_out_of_shape(one):
    cell(one, "double")["outputs"] = [
        {"output_type": "display_data", "data": {"text/plain": "2"}},
        {"output_type": "stream"},
    ]


@edited()
def no_outputs_and_no_count(one):
    del cell(one, "test_double")["outputs"]
    del cell(one, "test_double")["execution_count"]


@edited()
def strange_notebook_metadata(one):
    one["metadata"] = {"kernelspec": {"language": "python"}, "authors": "me", "title": 7}


# Files in the wrong place.

CASES["missing_notebook"] = Case(lambda one: {}, NOTHING)
CASES["renamed_notebook"] = Case(lambda one: {"one (final) (2).ipynb": json.dumps(one)}, NOTHING)
CASES["more_notebooks"] = Case(
    lambda one: {"one.ipynb": json.dumps(one), "three.ipynb": json.dumps(one), "one.txt": "3.0"}
)

# Cells that are missing, twice there, or edited.


@edited({"double": 0.0}, {"double": "double is not defined"})
def missing_solution_cell(one):
    one["cells"].remove(cell(one, "double"))


@edited()
def no_cell_but_the_answers(one):
    one["cells"] = [one["cells"][0], one["cells"][1], cell(one, "double"), cell(one, "average")]


@edited(NOTHING, {"double": "double is not defined"})
def no_cells(one):
    one["cells"] = []


@edited()
def duplicated_solution_cell(one):
    place = one["cells"].index(cell(one, "double"))
    wrong = copy.deepcopy(cell(one, "double"))
    wrong["source"] = "def double(x):\n    return 0"
    one["cells"].insert(place, wrong)


@edited()
def duplicated_test_cell(one):
    copied = copy.deepcopy(cell(one, "test_double"))
    copied["source"] = "100.0"
    one["cells"].append(copied)
    one["cells"].insert(0, copied)


@edited()
def deleted_test_cells(one):
    one["cells"] = [c for c in one["cells"] if "test_" not in str(c["metadata"])]


@edited({"double": 0.0}, {"double": "returned None"})
def edited_test_cell(one):
    cell(one, "double")["source"] = "def double(x):\n    pass"
    cell(one, "test_double")["source"] = "print('all is well')\n3.0"


@edited()
def shuffled_cells(one):
    one["cells"] = one["cells"][:2] + one["cells"][:1:-1]


def points(name: str, value: Any) -> None:
    """Add a case that claims to be worth something else."""

    def spoil(one: Data) -> dict[str, str | bytes]:
        cell(one, "double")["source"] = "def double(x):\n    return float(x) * 2"
        cell(one, "test_double")["metadata"]["nbgrader"]["points"] = value
        return {"one.ipynb": json.dumps(one)}

    CASES[name] = Case(spoil, {"double": 2.0})


points("more_points", 1000.0)
points("fewer_points", -5)
points("points_as_text", "many")
points("points_null", None)
points("points_nan", float("nan"))


@edited()
def points_missing(one):
    del cell(one, "test_double")["metadata"]["nbgrader"]["points"]


@edited()
def points_on_a_solution_cell(one):
    cell(one, "double")["metadata"]["nbgrader"]["points"] = 50.0


@edited()
def flipped_flags(one):
    for name in ("double", "test_double", "average", "test_average", "explain"):
        claims = cell(one, name)["metadata"]["nbgrader"]
        claims.update({flag: not claims[flag] for flag in ("grade", "solution", "locked", "task")})


@edited()
def every_flag_true(one):
    for name in ("double", "test_double"):
        cell(one, name)["metadata"]["nbgrader"].update(grade=True, solution=True, locked=True, task=True, points=3)


@edited()
def flags_of_wrong_types(one):
    cell(one, "test_double")["metadata"]["nbgrader"].update(grade="yes", solution=[], locked=None)


@edited({"double": 0.0})
def grade_ids_exchanged(one):
    answer, test = cell(one, "double"), cell(one, "test_double")
    answer["metadata"]["nbgrader"]["grade_id"], test["metadata"]["nbgrader"]["grade_id"] = "test_double", "double"


@edited()
def test_id_on_a_picture(one):
    one["cells"].remove(cell(one, "test_double"))
    text = cell(one, "explain")
    text["metadata"]["nbgrader"]["grade_id"] = "test_double"
    text["attachments"] = {"me.png": {"image/png": "aGVsbG8="}}


@edited()
def test_id_of_another_notebook(one):
    cell(one, "test_double")["metadata"]["nbgrader"]["grade_id"] = "test_area"


@edited()
def unknown_grade_id(one):
    extra = copy.deepcopy(cell(one, "test_double"))
    extra["metadata"]["nbgrader"]["grade_id"] = "test_bonus"
    extra["source"] = "50.0"
    one["cells"].append(extra)


@edited()
def grade_id_no_text(one):
    cell(one, "double")["metadata"]["nbgrader"]["grade_id"] = 7
    cell(one, "test_average")["metadata"]["nbgrader"]["grade_id"] = ["test_average"]


@edited()
def nbgrader_metadata_no_dict(one):
    cell(one, "test_double")["metadata"]["nbgrader"] = "test_double"
    one["cells"][0]["metadata"]["nbgrader"] = []
    one["cells"][1]["metadata"]["nbgrader"] = None


@edited()
def schema_version_1(one):
    for c in one["cells"]:
        if "nbgrader" in c["metadata"]:
            c["metadata"]["nbgrader"]["schema_version"] = 1


@edited()
def schema_version_99(one):
    for c in one["cells"]:
        c["metadata"]["nbgrader"] = {**c["metadata"].get("nbgrader", {}), "schema_version": 99}


@edited()
def schema_version_missing(one):
    for name in ("double", "test_double"):
        del cell(one, name)["metadata"]["nbgrader"]["schema_version"]


def retyped(name: str, problem: str, kind: str, earns: dict[str, float] | None = None) -> None:
    """Add a case in which a cell has become one of another type."""

    def spoil(one: Data) -> dict[str, str | bytes]:
        changed = cell(one, problem)
        changed["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            changed.pop(key, None)
        return {"one.ipynb": json.dumps(one)}

    CASES[name] = Case(spoil, earns or {})


retyped("answer_as_markdown", "double", "markdown")
retyped("answer_as_raw", "double", "raw")
retyped("test_as_markdown", "test_double", "markdown")
retyped("test_as_raw", "test_double", "raw")
retyped("cell_of_unknown_type", "explain", "heading", NOTHING)


@edited()
def question_as_code(one):
    cell(one, "explain").update(cell_type="code", outputs=[], execution_count=None, source="print('because')")


@edited()
def picture_beside_an_answer_as_markdown(one):
    changed = cell(one, "double")
    changed.update(cell_type="markdown", attachments={"me.png": {"image/png": "aGVsbG8="}})
    for key in ("outputs", "execution_count"):
        changed.pop(key)


@edited()
def attachments(one):
    cell(one, "explain")["attachments"] = {"me.png": {"image/png": "aGVsbG8="}}
    cell(one, "test_double")["attachments"] = {"me.png": {"image/png": "aGVsbG8="}}


@edited()
def kernel_of_another_language(one):
    one["metadata"]["kernelspec"] = {"display_name": "Julia 1.10", "language": "julia", "name": "julia-1.10"}


@edited()
def kernel_that_does_not_exist(one):
    one["metadata"]["kernelspec"] = {"display_name": "x", "language": "x", "name": "../../no such kernel"}


@edited({"double": 0.0}, {"double": "returned other numbers"})
def forged_results(one):
    cell(one, "double")["source"] = "def double(x):\n    return 3 * np.asarray(x)"
    claim = {"problem": "double", "earned": 3.0, "possible": 3.0, "aspects": [], "misconception": {"text": "are great"}}
    one["metadata"]["autograder"] = claim
    for c in one["cells"]:
        c["metadata"]["autograder"] = claim


@edited()
def cells_tagged_to_be_skipped(one):
    cell(one, "test_double")["metadata"]["tags"] = ["skip-execution", "raises-exception", "raises-exception"]
