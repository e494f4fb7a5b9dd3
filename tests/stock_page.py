"""Pages as nbconvert and nbgrader make them, harmless but slow and large: what ours are compared with."""

import copy
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback

from autograder.gradebook.filters import FILTERS
from autograder.gradebook.pages import Disarm, with_policy
from autograder.gradebook.scores import course_directory


class StockPage(HTMLExporter):
    """The page of a disarmed notebook, whole."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.filters = {**FILTERS, "highlight_code": Highlight2HTML(pygments_lexer="ipython3")}

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Render a notebook."""
        page, named = super().from_notebook_node(*Disarm().preprocess(copy.deepcopy(nb), resources or {}), **kw)
        return with_policy(page), named


def generate_stock_feedback(root: Path, assignment: str) -> None:
    """What ``nbgrader generate_feedback --force`` writes with these pages."""
    directory = course_directory(root)
    directory.assignment_id = assignment
    converter = GenerateFeedback(coursedir=directory, config=directory.config)
    converter.exporter_class = StockPage
    converter.force = True
    converter.start()


def shown(page: str) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """What a reader gets of a page: its text, and its elements but for marks and boxes that have no style."""
    soup = BeautifulSoup(page, "html.parser")
    for element in soup.head.find_all(["style", "meta"]):
        element.extract()
    elements = []
    for element in soup.find_all(True):
        attributes = {name: value for name, value in element.attrs.items() if name != "nonce"}
        # A fragment that was sanitized again stands in one more box.
        if attributes == {"style": "overflow-x:auto"} or (
            element.name == "span" and attributes.get("class") in UNSTYLED
        ):
            continue
        elements.append((element.name, attributes))
    return soup.get_text(), elements


UNSTYLED = (["n"], ["p"])
