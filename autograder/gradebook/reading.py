"""Opens a gradebook that is only read: nothing is made where there is none, and nothing is changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.course.errors import CourseError, UsageError


@contextmanager
def reading(directory: CourseDirectory) -> Iterator[Session]:
    """Open the gradebook of a course, whatever database it is in.

    Raises:
        UsageError: there is none.
        CourseError: it cannot be read.
    """
    engine: Any = None
    try:
        url = make_url(directory.db_url)
        # SQLite would make an empty one.
        if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
            raise UsageError(f"there is no gradebook at {url.database}; 'nbgrader generate_assignment' makes one")
        engine = create_engine(url)
        with Session(engine) as session:
            yield session
    except (SQLAlchemyError, ImportError) as error:
        place = (
            engine.url.render_as_string(hide_password=True) if engine is not None else "that c.CourseDirectory names"
        )
        raise CourseError(
            f"the gradebook {place} cannot be read ({str(error).splitlines()[0]}); if nbgrader is newer than it, back "
            "it up and run 'nbgrader db upgrade'"
        ) from error
    finally:
        if engine is not None:
            engine.dispose()
