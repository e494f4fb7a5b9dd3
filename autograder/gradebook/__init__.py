"""The only room that knows nbgrader.

One line in ``nbgrader_config.py`` turns the machine on::

    from autograder.gradebook import enable; enable(c)

From then on ``nbgrader autograde`` runs each notebook in a box, and hidden graders give the points of every test cell
that has one. Whatever has none is scored by nbgrader's own rules. The formgrader and ``nbgrader generate_feedback``
make pages in which nothing of a submission runs.
"""

from typing import Any

from autograder.course.layout import PRIVATE


def enable(config: Any) -> None:
    """Let nbgrader grade with Pathwise.

    Args:
        config: the ``c`` of ``nbgrader_config.py``.
    """
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import Execute

    from autograder.gradebook.collect import PlainCollect
    from autograder.gradebook.execute import BoxedExecute
    from autograder.gradebook.exporter import SubmissionExporter
    from autograder.gradebook.filters import FILTERS
    from autograder.gradebook.formgrader import guard_formgrader
    from autograder.gradebook.pages import Disarm, FeedbackPage
    from autograder.gradebook.restore import RestoreCells

    stock = Autograde()
    config.CourseDirectory.ignore.extend(PRIVATE)
    config.ExchangeFactory.collect = PlainCollect
    config.Autograde.exporter_class = SubmissionExporter
    config.Autograde.sanitize_preprocessors = [RestoreCells, *stock.sanitize_preprocessors]
    config.Autograde.autograde_preprocessors = [
        BoxedExecute if preprocessor is Execute else preprocessor for preprocessor in stock.autograde_preprocessors
    ]
    config.GenerateFeedback.exporter_class = FeedbackPage
    # The formgrader makes its own exporter of the settings.
    config.HTMLExporter.preprocessors.append(Disarm)
    config.HTMLExporter.filters.update(FILTERS)
    guard_formgrader()
