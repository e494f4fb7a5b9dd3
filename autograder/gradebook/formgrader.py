"""Closes what nbgrader's formgrader leaves open to a submission, in a Jupyter server that has loaded it.

The formgrader has no settings for these, so they are put into its classes, once, when its settings are read:

- its view of a submission is a ``SafePage``, also in a course that was opened later than the server;
- a file of a submission comes with the order to run nothing, whatever it is;
- it opens no course, and so reads no ``nbgrader_config.py``, in a folder of submissions: the address
  ``/formgrader?path=submitted/…`` needs no more than a click, or a picture with that source.
"""

import sys
from pathlib import Path
from typing import Any

from tornado.web import HTTPError

MODULE = "nbgrader.server_extensions.formgrader.handlers"
FILES_POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
_SETTING = "pathwise_exporter"


def guard_formgrader() -> None:
    """Guard the formgrader of this process; where there is none, or it is guarded already, nothing happens."""
    handlers = sys.modules.get(MODULE)
    if handlers is None or hasattr(handlers, "guarded_by_pathwise"):
        return
    handlers.guarded_by_pathwise = True  # type: ignore[attr-defined]
    handlers.SubmissionHandler.exporter = property(_exporter)
    handlers.SubmissionFilesHandler.set_extra_headers = _forbid_to_run
    original = handlers.FormgraderHandler.get

    def get(self: Any) -> Any:
        _refuse_submissions(self.get_argument("path", ""), self.coursedir)
        return original(self)

    handlers.FormgraderHandler.get = get


def _exporter(handler: Any) -> Any:
    from autograder.gradebook.pages import SafePage

    if _SETTING not in handler.settings:
        handler.settings[_SETTING] = SafePage(config=handler.settings["nbgrader_exporter"].config)
    return handler.settings[_SETTING]


def _forbid_to_run(handler: Any, path: str) -> None:
    handler.set_header("Content-Security-Policy", FILES_POLICY)
    handler.set_header("X-Content-Type-Options", "nosniff")


def _refuse_submissions(path: str, directory: Any) -> None:
    """Refuse a folder of submissions as a course.

    Raises:
        HTTPError: it is one.
    """
    theirs = {directory.submitted_directory, directory.autograded_directory, directory.feedback_directory}
    places = (Path(path).absolute(), Path(path).resolve()) if path else ()
    if any(theirs.intersection(place.parts) for place in places):
        raise HTTPError(403, "a folder of submissions is no course")
