"""What an instructor can set in ``nbgrader_config.py``, as traitlets."""

from typing import Any

from traitlets import Bool, Float, Integer, List, Unicode
from traitlets.config import Configurable

from autograder.box.limits import MEBIBYTE, Limits
from autograder.box.template import LIBRARIES

_DEFAULT = Limits()


def _limit(default: float, help: str) -> Any:
    kind = Float if isinstance(default, float) else Integer
    return kind(default, help=help, min=0).tag(config=True)


class Box(Configurable):
    """Limits of the processes in which a notebook runs. The limit of a cell is ``c.Execute.timeout``, as ever."""

    call_timeout = _limit(_DEFAULT.call_seconds, "Seconds that one call of a hidden test may take.")
    submission_timeout = _limit(
        _DEFAULT.session_seconds, "Seconds that one notebook may take with all its cells and calls."
    )
    cpu_limit = _limit(
        _DEFAULT.cpu_seconds, "Seconds of processor time that all processes of a notebook may take together."
    )
    memory_limit = _limit(
        _DEFAULT.memory // MEBIBYTE, "Megabytes that all processes of a notebook may take beyond the libraries'."
    )
    process_limit = _limit(_DEFAULT.processes, "Processes and threads that a notebook may have at a time.")
    descriptor_limit = _limit(_DEFAULT.descriptors, "Files that one process may have open.")
    file_size_limit = _limit(_DEFAULT.file_size // MEBIBYTE, "Megabytes of the largest file that a notebook may write.")
    disk_limit = _limit(
        _DEFAULT.disk // MEBIBYTE, "Megabytes of all files together, with those that lie beside the notebook."
    )
    file_limit = _limit(_DEFAULT.files, "Files and folders, with those that lie beside the notebook.")
    output_limit = _limit(_DEFAULT.output // 1024, "Kilobytes of one cell's output that are kept.")
    reply_limit = _limit(_DEFAULT.reply // MEBIBYTE, "Megabytes of one result that a hidden test asks for.")
    rebuilds = _limit(_DEFAULT.rebuilds, "How many fresh processes a notebook gets when its code kills or hangs them.")
    preload = List(
        Unicode(),
        list(LIBRARIES),
        help="Libraries that are imported once for all notebooks, rather than in each; a course without torch starts "
        "two seconds sooner without it.",
    ).tag(config=True)
    accept_weak_confinement = Bool(
        False,
        help="Grade although this machine cannot confine code that attacks it; every report then says so. "
        "'autograder doctor' says what is missing.",
    ).tag(config=True)

    def limits(self, cell_seconds: float | None) -> Limits:
        """The settings as a box takes them."""
        return Limits(
            cell_seconds=cell_seconds,
            call_seconds=self.call_timeout,
            session_seconds=self.submission_timeout,
            cpu_seconds=self.cpu_limit,
            memory=self.memory_limit * MEBIBYTE,
            processes=self.process_limit,
            descriptors=self.descriptor_limit,
            file_size=self.file_size_limit * MEBIBYTE,
            disk=self.disk_limit * MEBIBYTE,
            files=self.file_limit,
            output=self.output_limit * 1024,
            reply=self.reply_limit * MEBIBYTE,
            rebuilds=self.rebuilds,
        )


class Graders(Configurable):
    """Where the hidden graders are, and how they work."""

    solutions_directory = Unicode(
        "solutions", help="The folder of the course that holds references and hidden graders."
    ).tag(config=True)
    remember = Bool(
        True,
        help="Whether a hidden test that got the same answers before is not run again: it ends as it did then. "
        "To be switched off where a hidden test depends on anything else, which it should not.",
    ).tag(config=True)
