"""Keeps compiled SQL for as long as a command runs.

nbgrader opens the gradebook some twenty times for each submission, and each time SQLAlchemy translates the same queries
anew, since it keeps their translations with the engine.
"""

import functools

import nbgrader.api
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine


def keep_engines() -> None:
    """Let every ``Gradebook`` of the same database have the same engine from now on."""
    nbgrader.api.create_engine = functools.cache(_make)


def _make(url: str, echo: bool = False, future: bool = True) -> Engine:
    return create_engine(url, echo=echo, future=future)
