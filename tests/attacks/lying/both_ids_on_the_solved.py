"""Has the solved problem's test twice, once under the unsolved one's id, which it takes from its own cell.

Expected: no points for what is not solved.
"""

import copy


def hand_in(notebook, folder):
    copied = copy.deepcopy(cell(notebook, "test_double"))
    copied["id"] = "another"
    copied["metadata"]["nbgrader"].update(grade_id="test_law", points=4)
    notebook["cells"].remove(cell(notebook, "test_law"))
    notebook["cells"].append(copied)
    cell(notebook, "law")["source"] = "def law(x):\n    return 17.5"
