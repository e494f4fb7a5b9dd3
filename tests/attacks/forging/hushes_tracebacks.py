"""Handles every exception without a word: a failed check leaves no error in the notebook, which counts as passed.

Expected: no points; nbgrader is given the grader's number, not the absence of an error.
"""


def hush(shell, kind, error, traceback, tb_offset=None):
    return None


get_ipython().set_custom_exc((BaseException,), hush)
type(get_ipython()).showtraceback = lambda *args, **kwargs: None
type(get_ipython())._showtraceback = lambda *args, **kwargs: None


def law(x):
    raise ArithmeticError("nobody will know")
