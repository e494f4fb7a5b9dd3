"""Changes what the next student's process may share: builtins, numpy, modules, the environment, IPython's settings.

Expected: the next notebook finds its process fresh.
"""

import builtins
import os
import sys
import types

setattr(builtins, MARKER, True)
setattr(np, MARKER, True)
setattr(np.random, MARKER, True)
setattr(os, MARKER, True)
sys.modules[MARKER] = types.ModuleType(MARKER)
sys.path.insert(0, f"/tmp/{MARKER}")
os.environ[MARKER] = MARKER
np.float64.__doc__ and np.seterr(all="raise")
get_ipython().config.InteractiveShellApp.exec_lines = [f"{MARKER} = True"]
get_ipython().user_ns[MARKER] = True
type(get_ipython()).user_ns_hidden = {MARKER: True}


def law(x):
    return 0.0
