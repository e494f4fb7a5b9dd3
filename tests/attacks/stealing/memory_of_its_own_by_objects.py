"""Searches all objects that the collector knows, and all modules, for text that nobody should have left there.

Expected: nothing stolen.
"""

import gc
import sys

found = set()
for thing in gc.get_objects():
    if isinstance(thing, (dict, list, tuple, set, frozenset)) and len(thing) < 10_000:
        for part in [*thing, *(thing.values() if isinstance(thing, dict) else ())]:
            if isinstance(part, (str, bytes)) and len(part) < 1_000_000:
                found |= set(loot(part))
for module in list(sys.modules.values()):
    for part in list(vars(module).values()):
        if isinstance(part, (str, bytes)):
            found |= set(loot(part))
print(*found)
