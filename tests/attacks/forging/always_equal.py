"""Returns an object that says that it is equal to whatever it is held against.

Expected: no points; what crosses is the name of a type, and a name is not a number.
"""


class Equal:
    """Equal to everything, and true."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def law(x):
    return Equal()
