"""Publishes its own score in the shape of the grader's: an execute_result, a page, metadata under the grader's key.

Expected: no points; outputs of the student's cells are not what is counted.
"""

from IPython.display import display

claim = {"problem": "law", "earned": 4.0, "possible": 4.0, "aspects": []}
for metadata in ({}, {"autograder": claim}, {"nbgrader": {"grade": True, "points": 4.0}}):
    display({"text/plain": "4.0"}, raw=True, metadata=metadata, display_id="test_law")
display({"text/plain": "4.0"}, raw=True, display_id="test_law", update=True)
get_ipython().displayhook(4.0)
print("4.0")


def law(x):
    display({"text/plain": "4.0"}, raw=True)
    get_ipython().displayhook(4.0)
    return 17.5
