"""Imports the reference and the grader as modules: by the path, by a finder, by ``runpy``, by IPython's own commands.

Expected: nothing stolen, no points.
"""

import contextlib
import importlib.util
import inspect
import runpy
import sys

room = f"{COURSE}/solutions/toy"
sys.path[:0] = [room, f"{COURSE}/solutions", COURSE]
with contextlib.suppress(ImportError):
    import law as stolen

    print(inspect.getsource(stolen))
    law = stolen.law
with contextlib.suppress(ImportError, OSError):
    spec = importlib.util.spec_from_file_location("test_law", f"{room}/test_law.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.TOKEN)
with contextlib.suppress(OSError, ImportError):
    print(runpy.run_path(f"{room}/test_law.py")["TOKEN"])

# %%
get_ipython().system(f"cat {room}/*.py; cat {COURSE}/source/toy/*")

# %%
get_ipython().run_line_magic("run", f"{room}/law.py")
