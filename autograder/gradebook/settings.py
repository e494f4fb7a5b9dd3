"""What an instructor can set in ``nbgrader_config.py``, as traitlets."""

from traitlets import Float, Integer, Unicode
from traitlets.config import Configurable

from autograder.box.limits import MEBIBYTE, Limits

_DEFAULT = Limits()


class Box(Configurable):
    """Limits of the process in which a submission runs. The limit of a cell is ``c.Execute.timeout``, as ever."""

    call_timeout = Float(_DEFAULT.call_seconds, help="Seconds that one call of a hidden test may take.").tag(
        config=True
    )
    submission_timeout = Float(
        _DEFAULT.session_seconds, help="Seconds that one notebook may take with all its cells and calls."
    ).tag(config=True)
    memory_limit = Integer(
        _DEFAULT.memory // MEBIBYTE, help="Megabytes that a submission may take beyond the libraries'."
    ).tag(config=True)
    file_size_limit = Integer(
        _DEFAULT.file_size // MEBIBYTE, help="Megabytes of the largest file that a submission may write."
    ).tag(config=True)
    output_limit = Integer(_DEFAULT.output // 1024, help="Kilobytes of one cell's output that are kept.").tag(
        config=True
    )
    rebuilds = Integer(
        _DEFAULT.rebuilds, help="How many fresh processes a notebook gets when its code kills or hangs them."
    ).tag(config=True)

    def limits(self, cell_seconds: float | None) -> Limits:
        """The settings as a box takes them."""
        return Limits(
            cell_seconds=cell_seconds,
            call_seconds=self.call_timeout,
            session_seconds=self.submission_timeout,
            memory=self.memory_limit * MEBIBYTE,
            file_size=self.file_size_limit * MEBIBYTE,
            output=self.output_limit * 1024,
            rebuilds=self.rebuilds,
        )


class Graders(Configurable):
    """Where the hidden graders are."""

    solutions_directory = Unicode(
        "solutions", help="The folder of the course that holds references and hidden graders."
    ).tag(config=True)
