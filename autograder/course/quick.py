"""Imported first by processes that must start quickly.

jsonschema, which nbformat needs, checks internet addresses if it finds a grammar of them. Compiling that grammar takes
a second, and no notebook's schema has an address in it.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
