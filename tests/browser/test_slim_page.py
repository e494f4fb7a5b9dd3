"""A feedback page without what changes nothing in it looks as the whole one: text, places, colors, also in print."""

from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode, read
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from stock_page import StockPage

from autograder.gradebook.pages import FeedbackPage

RELEASE = sorted((Path(__file__).resolve().parents[2] / "assignments" / "reparameterization").glob("*.ipynb"))
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TEXT = """\
# One **two** `three`
## Two
### Three
#### Four

> quoted

* a
  1. b

| a | b |
|:--|--:|
| 1 | 2 |

```python
def f(x):
    "text" + 1.5  # comment
```

[link](https://example.org) ![](data:image/png;base64,PIXEL) <kbd>k</kbd> <mark>m</mark> x<sub>1</sub><sup>2</sup>
<dl><dt>t</dt><dd>d</dd></dl><details><summary>s</summary>hidden</details><hr><abbr title="t">a</abbr> <small>s</small>
<table border="1" class="dataframe"><caption>c</caption><thead><tr><th>h</th></tr></thead><tr><td>1</td></tr></table>
<span class="n" style="color:red">red</span> <p class="pull-right label btn">plain</p>
class="panel <b class="k">bold</b>
""".replace("PIXEL", PIXEL)
CODE = (
    "class A(B):\n    '''text'''\n    @property\n    def f(self):\n        return not 1.5 % x[0] # text\n%matplotlib\n"
)
LOOK = """() => {
    const properties = ("color backgroundColor backgroundImage display position float clear boxSizing visibility"
        + " opacity fontFamily fontSize fontStyle fontWeight lineHeight letterSpacing textAlign textDecorationLine"
        + " textIndent textTransform textShadow verticalAlign whiteSpace wordBreak overflowWrap overflowX overflowY"
        + " marginTop marginRight marginBottom marginLeft paddingTop paddingRight paddingBottom paddingLeft"
        + " borderTopWidth borderRightWidth borderBottomWidth borderLeftWidth borderTopStyle borderTopColor"
        + " borderLeftColor borderBottomColor borderRadius borderCollapse boxShadow listStyleType cursor outlineStyle"
        + " breakInside breakBefore zIndex transform contain quotes").split(" ");
    const marks = ["n", "p"];
    const seen = [];
    for (const element of document.body.querySelectorAll("*")) {
        if (element.tagName === "SPAN" && marks.includes(element.className) && element.attributes.length === 1)
            continue;
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        const around = ["::before", "::after"].map(kind => {
            const its = getComputedStyle(element, kind);
            return [its.content, its.display, its.clear, its.color];
        });
        seen.push([[box.x, box.y, box.width, box.height],
            [element.tagName, [...element.classList].join(), properties.map(name => style[name]), around]]);
    }
    return [document.body.innerText, seen];
}"""


def various_cells() -> NotebookNode:
    """Whatever a page can have: text, code, output of each kind, graded and not."""
    outputs = [
        new_output("stream", name="stdout", text="\x1b[31mred\x1b[1m bold\x1b[0m\n"),
        new_output("stream", name="stderr", text="warned\n"),
        new_output("error", ename="E", evalue="e", traceback=["\x1b[0;31mE\x1b[0m", "  line"]),
        *[
            new_output("display_data", data=data)
            for data in (
                {"text/html": TEXT},
                {"text/markdown": TEXT},
                {"text/latex": "$x^2$"},
                {"image/png": PIXEL},
                {"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>'},
            )
        ],
        new_output("execute_result", data={"text/plain": "2.0"}, execution_count=3),
    ]
    cells = [new_markdown_cell(TEXT), new_code_cell(CODE, outputs=outputs, execution_count=3)]
    roles = [{"grade": True}, {"solution": True}, {"grade": True, "solution": True}, {"task": True}]
    for number, role in enumerate(roles):
        data = {"grade": False, "solution": False, "task": False, **role, "grade_id": f"cell{number}", "points": 2}
        cells.append(new_markdown_cell(TEXT, metadata={"nbgrader": data}))
        if "task" not in role:
            cells.append(new_code_cell(CODE, metadata={"nbgrader": {**data, "grade_id": f"code{number}"}}))
    return new_notebook(cells=cells)


def page_of(kind: type[Any], notebook: NotebookNode, root: Path) -> str:
    """A feedback page, with a comment in every cell that may have one."""

    def comment(nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        for cell in nb.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.update(comment="**Well** said.", score=1.0, points=2.0)
        return nb, resources

    converter = GenerateFeedback(coursedir=CourseDirectory(root=str(root)))
    exporter = kind(config=converter.config)
    exporter.register_preprocessor(comment)
    exporter.register_preprocessor(converter.preprocessors[1])
    marks = {"notebook": "one", "score": 1.0, "max_score": 2.0, "late_penalty": 0.5}
    return exporter.from_notebook_node(notebook, {"nbgrader": marks})[0]


@pytest.mark.parametrize("path", [None, *RELEASE], ids=lambda path: path.stem if path else "various")
def test_nothing_that_is_seen_changes(page: Any, tmp_path: Path, path: Path | None) -> None:
    notebook = read(path, as_version=4) if path else various_cells()
    looks, sizes = [], []
    for kind in (StockPage, FeedbackPage):
        place = tmp_path / f"{kind.__name__}.html"
        place.write_text(page_of(kind, notebook, tmp_path), encoding="utf-8")
        page.goto(place.as_uri())
        screen = page.evaluate(LOOK)
        page.emulate_media(media="print")
        looks.append((screen, page.evaluate(LOOK)))
        page.emulate_media(media="screen")
        sizes.append(place.stat().st_size)
        page.keep(kind.__name__)
    for whole, slim in zip(*looks, strict=True):
        assert slim[0] == whole[0]
        for (place_before, expected), (place_now, seen) in zip(whole[1], slim[1], strict=True):
            assert seen == expected
            # A line that is cut into fewer pieces has fewer widths that are rounded.
            assert place_now == pytest.approx(place_before, abs=0.5), seen[:2]
    assert len(looks[0][0][1]) > 80
    assert sizes[1] < sizes[0] / 1.8
