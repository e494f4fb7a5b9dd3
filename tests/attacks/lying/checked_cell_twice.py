"""Has the test cell twice and three times: first, last and in between, and all but one give full marks.

Expected: no points; one of them counts, and it is the gradebook's.
"""

import copy


def hand_in(notebook, folder):
    for place in (0, 3, len(notebook["cells"])):
        copied = copy.deepcopy(cell(notebook, "test_law"))
        copied["id"] = f"copy-{place}"
        copied["source"] = "4.0"
        copied["outputs"] = []
        notebook["cells"].insert(place, copied)
    answer = cell(notebook, "law")
    if answer["metadata"]["nbgrader"]["solution"]:
        answer["source"] = "def law(x):\n    return 17.5"
