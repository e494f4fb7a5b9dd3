"""Keeps compiled SQL for as long as a class is graded.

nbgrader opens the gradebook some twenty times for each submission, and each time SQLAlchemy translates the same queries
anew, since it keeps their translations with the engine.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import nbgrader.api


@contextmanager
def kept_engines() -> Iterator[None]:
    """Let every ``Gradebook`` of the same database have the same engine."""
    before = nbgrader.api.create_engine
    nbgrader.api.create_engine = functools.cache(before)
    try:
        yield
    finally:
        nbgrader.api.create_engine = before
