"""Pages of notebooks that nbconvert's own rendering raises at, or hangs on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode, from_dict, read
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.gradebook.filters import Memo
from autograder.gradebook.pages import FeedbackPage, SafePage, slim, with_descriptions

RELEASES = Path(__file__).resolve().parents[2] / "assignments"


def page_of(*cells: NotebookNode, kind: type[SafePage] = SafePage, **metadata: object) -> str:
    """A page in nbconvert's classic template, which nbgrader's extend."""
    notebook = new_notebook(cells=[new_markdown_cell("**honest**"), *cells], metadata=metadata)
    page, _ = kind(template_name="classic").from_notebook_node(notebook)
    assert "<strong>honest</strong>" in page
    return page


@pytest.mark.parametrize(
    "source",
    ["![x](attachment:gone.png)", "\\begin{a}" * 20_000, "> " * 50_000, "[" * 50_000, "<div>" * 50_000, "$" * 50_000],
)
def test_no_markdown_keeps_a_page_from_being_made(source: str) -> None:
    assert source[:5].replace("<", "&lt;").replace(">", "&gt;") in page_of(new_markdown_cell(source))


@pytest.mark.parametrize(
    "metadata",
    [
        {"widgets": 3},
        {"widgets": {"application/vnd.jupyter.widget-state+json": {}}},
        {"language_info": {"name": "<b>", "pygments_lexer": "<b>"}},
        {"title": "<script>alert(1)</script>"},
        {"kernelspec": {"language": '"><script>alert(1)</script>', "name": "x", "display_name": "x"}},
    ],
)
def test_no_metadata_of_a_notebook_keeps_a_page_from_being_made(metadata: dict[str, object]) -> None:
    assert "alert(1)" not in page_of(new_code_cell("x = 1"), **metadata)


def test_no_metadata_of_a_cell_keeps_a_page_from_being_made() -> None:
    cell = new_code_cell("x = 1", metadata={"transient": "x", "tags": ["a b"], "magics_language": "<b>"})
    data = {"image/png": "AAAA", "text/html": ["a list"], "application/json": {"a": 1}}
    sizes = {"image/png": {"width": "9 onload=alert(1)", "height": -1, "alt": 5}, "filenames": {"image/png": "//host"}}
    cell.outputs = [new_output("display_data", data=data, metadata=sizes)]
    page = page_of(cell)
    assert 'src="data:image/png;base64,AAAA"' in page
    assert "alert(1)" not in page
    assert "//host" not in page


def test_a_page_has_an_end() -> None:
    cells = [new_markdown_cell(f"cell {number} " + "words " * 15_000) for number in range(100)]
    page = page_of(*cells)
    assert "cell 20 " in page
    assert "cell 99 " not in page
    assert "Left out, since this page is too long." in page


def test_only_the_scripts_of_the_template_get_the_key() -> None:
    page = page_of(new_markdown_cell("<script>alert(1)</script>"))
    head, _, notebook = page.partition('id="notebook-container"')
    (key,) = set(re.findall(r'<script nonce="([^"]+)"', head))
    assert head.count("<script ") == head.count(f'<script nonce="{key}"')
    assert f"script-src 'nonce-{key}'" in head
    assert "nonce" not in notebook
    assert key not in page_of(), "another page has another"


def test_mathjax_comes_with_its_own_filter_of_links() -> None:
    stock, _ = HTMLExporter(template_name="classic").from_notebook_node(new_notebook())
    for page in (page_of(), stock):
        assert re.search(r'src="[^"]*[Mm]ath[Jj]ax[^"]*,Safe"', page)


def test_the_notebook_is_not_changed() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("<b>x</b>", metadata={"tags": ["x"]})], metadata={"title": "t"})
    before = from_dict(dict(notebook))
    SafePage(template_name="classic").from_notebook_node(notebook)
    assert notebook == before


@pytest.mark.parametrize("kind", [SafePage, FeedbackPage])
def test_the_course_own_data_of_a_cell_is_text_too(kind: type[SafePage]) -> None:
    """What an unknown cell claims is not checked against the gradebook."""
    evil = '"><script>alert(1)</script>'
    data = {"grade_id": evil, "comment": evil, "grade": True, "solution": True, "points": evil, "cell_type": "code"}
    assert "<script>alert(1)" not in page_of(new_code_cell("x = 1", metadata={"nbgrader": data}), kind=kind)


@pytest.mark.parametrize(
    ("picture", "described"),
    [
        ('<img src="a">', True),
        ('<img src="a" alt="b">', False),
        ('<img alt="" src="a">', False),
        ('<img title=" alt=" src="a">', True),
        ('<img title="a > b" src="c">', True),
        ("<img\nsrc='a' class='alt'/>", True),
        ("&lt;img src=a&gt; <image>", False),
    ],
)
def test_pictures_without_a_description_say_so(picture: str, described: bool) -> None:
    said = '<img alt="No description has been provided for this image"'
    assert with_descriptions(picture) == (picture.replace("<img", said) if described else picture)


def test_a_feedback_page_has_the_style_that_it_needs_and_no_other() -> None:
    cell = new_code_cell("def f(x): return x")
    whole, slim = page_of(cell), page_of(cell, kind=FeedbackPage)
    assert len(slim) < len(whole) / 5
    assert '<span class="k">def</span>' in slim
    assert ".highlight .k{" in slim
    assert ".highlight .kd" in whole
    assert ".highlight .kd" not in slim
    # No rule is for names, so they need no mark; what a student marks goes the same way, and stays readable.
    assert '<span class="n">x</span>' in whole
    assert '<span class="n">' not in slim
    assert "x</span>" not in slim


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ('<p class="a b">', True),
        ("<p class='b a'>", True),
        ("<p class=a>", True),
        ('say class="<p class="a">', True),
        ('<p id="x">', False),
        ('<p class="ab a-b">', False),
    ],
)
def test_style_of_a_class_is_kept_where_the_class_is(body: str, kept: bool) -> None:
    page = f'<head><style type="text/css">/* <p> */ .a{{top:0}}</style></head><div id="notebook-container">{body}</div>'
    assert (".a{top:0}" in slim(page)) == kept
    assert slim(page).endswith(f"{body}</div>")


def test_style_of_what_a_script_may_add_is_kept() -> None:
    script = "<script>add('later')</script>"
    assert ".later{" in slim(f"<head><style>.later{{top:0}}</style>{script}</head><body>")


@pytest.mark.parametrize("rule", ["pre span{top:0}", "pre > span:hover{top:0}", ".n{top:0}", ".k + .n, b{top:0}"])
def test_marks_that_a_rule_is_for_are_kept(rule: str) -> None:
    body = 'id="notebook-container"><b class="k"></b><span class="n">x</span>'
    assert body in slim(f"<head><style>{rule}</style></head><div {body}")
    assert '<b class="k"></b>x' in slim(f"<head><style>.span{{top:0}}</style></head><div {body}")


def sources() -> Iterator[str]:
    """Every code cell of the course, and what only IPython understands."""
    for path in sorted(RELEASES.glob("*/*.ipynb")):
        yield from (cell.source for cell in read(path, as_version=4).cells if cell.cell_type == "code")
    yield from (
        "",
        "%time f()",
        "!ls",
        "a != b",
        "f?",
        "%%bash\nls",
        "f'{x!r:>{w}}' % y",
        "x = 'half\n(",
        "print x",
        "é = 1",
    )


def test_code_is_highlighted_as_by_nbconvert() -> None:
    stock = Highlight2HTML(pygments_lexer="ipython3")
    codes = set(sources())
    assert len(codes) > 100
    page = SafePage(template_name="classic")
    highlighted = page.environment.filters["highlight_code"]
    context = page.environment.from_string("").new_context({"nb": new_notebook()})
    assert [code for code in codes if highlighted(context, code) != stock(code)] == []


def test_what_was_rendered_is_kept_up_to_a_size() -> None:
    made: list[str] = []

    def rendered(text: str) -> str:
        return memo.get(text, len(text), lambda: made.append(text) or text * 2)

    memo = Memo(29)
    assert [rendered(text) for text in ("aa", "bb", "aa", "cccccc", "aa", "bb")] == [
        "aaaa",
        "bbbb",
        "aaaa",
        "cccccccccccc",
        "aaaa",
        "bbbb",
    ]
    assert made == ["aa", "bb", "cccccc", "bb"], "what was asked for longest ago has gone"
    assert rendered("d" * 100) == "d" * 200, "also what is larger than the whole memory"
    assert rendered("aa") == "aaaa"
