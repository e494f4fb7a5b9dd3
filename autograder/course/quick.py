"""Imported by processes that must be quick, as early as can be.

jsonschema, which nbformat needs, checks internet addresses if it finds a grammar of them. Compiling that grammar takes
a second, and no notebook's schema has an address in it.

Python's collector looks for garbage whenever some hundreds of objects more have been made, which is all the time while
modules are imported and notebooks are read. Here it looks as often as it pays, and not at all when the process ends.
"""

import atexit
import gc
import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
gc.set_threshold(50_000, 20, 50)
atexit.register(gc.freeze)
