"""Says that it is somebody else's: in the notebook's metadata, in files beside it, in the variables that name students.

Expected: no points, and nobody else's grade is touched.
"""

import json


def hand_in(notebook, folder):
    notebook["metadata"]["nbgrader"] = {"student": BEFORE, "student_id": BEFORE, "assignment": "toy"}
    notebook["metadata"]["student"] = BEFORE
    for name in ("info.json", "student.json", "submission.json"):
        with open(name, "w") as file:
            json.dump({"student": BEFORE, "student_id": BEFORE, "score": 6.0}, file)
    cell(notebook, "law")["source"] = f"STUDENT = {BEFORE!r}\n\n\ndef law(x):\n    return 17.5"
