"""nbgrader opens the gradebook again and again; while its command grades, all of these share one engine."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import nbgrader.api
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event

from autograder.gradebook.engines import kept_engines


@pytest.fixture(autouse=True)
def alembic_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nbgrader calls it by its name for a gradebook that is new."""
    monkeypatch.setenv("PATH", f"{sys.prefix}/bin", prepend=os.pathsep)


@pytest.fixture
def kept() -> Iterator[None]:
    with kept_engines():
        yield


@pytest.mark.usefixtures("kept")
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


@pytest.mark.usefixtures("kept")
def test_another_gradebook_has_an_engine_of_its_own(tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{tmp_path}/a.db") as one, Gradebook(f"sqlite:///{tmp_path}/b.db") as other:
        one.add_student("noether")
        assert one.engine is not other.engine
        assert other.students == []


@pytest.mark.usefixtures("kept")
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
    with kept_engines():
        for _ in range(3):
            Gradebook(url).close()
    assert nbgrader.api.create_engine is ours
    assert made == [url]
