"""Keeps, for as long as a class is graded, what nbgrader makes anew for each of its steps."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import nbgrader.api
import nbgrader.nbgraderformat.common


@contextmanager
def kept() -> Iterator[None]:
    """Let every ``Gradebook`` of the same database have the same engine, and hold a schema against its rules once.

    nbgrader opens the gradebook some twenty times for each submission, and each time SQLAlchemy translates the same
    queries anew, since it keeps their translations with the engine. It validates some hundred cells, and each time
    jsonschema first makes sure that the schema is one.
    """
    common = nbgrader.nbgraderformat.common
    before = nbgrader.api.create_engine, common.jsonschema
    nbgrader.api.create_engine = functools.cache(before[0])
    common.jsonschema = SimpleNamespace(validate=_validate(before[1]))
    try:
        yield
    finally:
        nbgrader.api.create_engine, common.jsonschema = before


def _validate(jsonschema: Any) -> Callable[[Any, dict[str, Any]], None]:
    """What ``jsonschema.validate`` does, with one validator for each schema that is met."""
    # The schema is kept too, lest another one gets its place in memory.
    made: dict[int, tuple[dict[str, Any], Any]] = {}

    def validate(instance: Any, schema: dict[str, Any]) -> None:
        if id(schema) not in made:
            kind = jsonschema.validators.validator_for(schema)
            kind.check_schema(schema)
            made[id(schema)] = schema, kind(schema)
        error = jsonschema.exceptions.best_match(made[id(schema)][1].iter_errors(instance))
        if error is not None:
            raise error

    return validate
