"""Saves outputs that say that all is well, and asks by tags and metadata that its cells be left as they are.

Expected: no points.
Forfeits: double, whose cell asks not to be run, as law's does.
"""


def hand_in(notebook, folder):
    result = {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "4.0"}, "metadata": {}}
    for one in notebook["cells"]:
        one["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell", "remove_input", "parameters"]
        one["metadata"].update(editable=False, deletable=False, frozen=True, run_control={"frozen": True})
        if one["cell_type"] == "code":
            one["outputs"], one["execution_count"] = [result], 1
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
