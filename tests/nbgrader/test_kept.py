"""What nbgrader makes again and again is made once while its command grades: engines, and validators of metadata."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbgrader.api
import pytest
from jsonschema import SchemaError, ValidationError, validate
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import common
from sqlalchemy import event

from autograder.gradebook import kept


@pytest.fixture(autouse=True)
def alembic_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nbgrader calls it by its name for a gradebook that is new."""
    monkeypatch.setenv("PATH", f"{sys.prefix}/bin", prepend=os.pathsep)


@pytest.fixture
def while_graded() -> Iterator[None]:
    with kept.kept():
        yield


@pytest.mark.usefixtures("while_graded")
def test_what_one_gradebook_writes_the_next_reads(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(url) as first:
        first.add_student("noether")
    with Gradebook(url) as second, Gradebook(url) as third:
        assert second.engine is first.engine is third.engine
        second.close()  # does not take the connection from under the third
        assert [student.id for student in third.students] == ["noether"]
        third.add_student("hopper")
    with Gradebook(url) as last:
        assert len(last.students) == 2
    last.engine.dispose()


@pytest.mark.usefixtures("while_graded")
def test_another_gradebook_has_an_engine_of_its_own(tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{tmp_path}/a.db") as one, Gradebook(f"sqlite:///{tmp_path}/b.db") as other:
        one.add_student("noether")
        assert one.engine is not other.engine
        assert other.students == []


@pytest.mark.usefixtures("while_graded")
def test_no_connection_outlives_its_gradebook(tmp_path: Path) -> None:
    """Somebody else may want to write, or to move the file away."""
    url = f"sqlite:///{tmp_path}/gradebook.db"
    told: list[str] = []
    with Gradebook(url) as gradebook:
        engine = gradebook.engine
    for name in ("connect", "close"):
        event.listen(engine, name, lambda *_, name=name: told.append(name))
    for _ in range(3):
        with Gradebook(url) as again:
            assert again.students == []
    assert told == ["connect", "close"] * 3


def test_afterwards_everything_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Jupyter server goes on, with other courses, and with whatever else it makes engines by."""
    made: list[str] = []
    real = nbgrader.api.create_engine
    monkeypatch.setattr(nbgrader.api, "create_engine", lambda url, **options: made.append(url) or real(url, **options))
    ours = nbgrader.api.create_engine
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with kept.kept():
        for _ in range(3):
            Gradebook(url).close()
    assert nbgrader.api.create_engine is ours
    assert made == [url]
    assert common.jsonschema.validate is validate


@pytest.mark.usefixtures("while_graded")
def test_metadata_is_held_against_the_schema_as_ever() -> None:
    points = {"type": "object", "properties": {"points": {"type": "number", "minimum": 0}}, "required": ["points"]}
    name = {"type": "object", "required": ["grade_id"]}
    cells = ({"points": 2.5}, {"points": -1}, {"points": "2"}, {}, [], {"grade_id": "scale"})
    for schema in (points, name, points):
        for cell in cells:
            assert complaint(common.jsonschema.validate, cell, schema) == complaint(validate, cell, schema)
    for _ in range(2):
        with pytest.raises(SchemaError):
            common.jsonschema.validate({}, {"type": "no such type"})


def complaint(check: Callable[[object, dict[str, object]], None], cell: object, schema: dict[str, object]) -> str:
    try:
        check(cell, schema)
    except ValidationError as error:
        return f"{error.message} {list(error.path)}"
    return ""
