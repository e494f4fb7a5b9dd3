"""Replaces the shell's ``run_cell``: every later cell succeeds and its result is the full score.

Expected: no points; what the shell reports about cells gives none.
"""

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell


def run_cell(self, raw_cell, *args, **kwargs):
    result = ExecutionResult(None)
    result.result = 4.0
    self.displayhook(4.0)
    return result


async def run_cell_async(self, raw_cell, *args, **kwargs):
    return run_cell(self, raw_cell)


InteractiveShell.run_cell = run_cell
InteractiveShell.run_cell_async = run_cell_async


def law(x):
    return 17.5
