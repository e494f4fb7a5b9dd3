"""Puts the tests before whatever they test, and cells that undo its attack behind them.

Expected: no points; hidden tests are asked when all cells have run.
Forfeits: double, whose test it has moved too.
"""


def hand_in(notebook, folder):
    tests = [cell(notebook, name) for name in ("test_law", "test_double")]
    rest = [c for c in notebook["cells"] if c not in tests]
    answer = cell(notebook, "law")
    answer["source"] = "def law(x):\n    return 17.5"
    trick = code("class Yes:\n    def __eq__(self, other):\n        return True\n\nlaw = double = lambda x: Yes()")
    notebook["cells"] = [trick, *tests, *rest]
