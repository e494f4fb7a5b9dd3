"""A student's JupyterLab: the released notebook opens, reads well and runs."""

import shutil
from pathlib import Path

import pytest

RELEASE = Path(__file__).resolve().parents[2] / "assignments" / "reparameterization"


@pytest.fixture
def notebook(page, serve, tmp_path):
    """The first notebook, open in JupyterLab on a student's own copy, with its kernel ready."""
    copy = tmp_path / "lab"
    shutil.copytree(RELEASE, copy)
    page.goto(serve(copy).page("lab/tree/gaussian.ipynb"))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return page.locator(".jp-NotebookPanel .jp-Notebook")


def test_formulas_are_typeset_and_checks_are_locked(page, notebook):
    notebook.locator("mjx-container").nth(20).wait_for()
    text = notebook.locator(".jp-MarkdownOutput").all_inner_texts()
    assert len(text) > 10
    assert not [part for part in text if "$" in part or "\\sigma" in part]
    assert notebook.locator("mjx-merror").count() == 0

    stub = notebook.locator(".jp-CodeCell", has_text="# YOUR CODE HERE").first
    checks = notebook.locator(".jp-CodeCell", has_text="assert ").first
    page.keep("stub")
    before = checks.inner_text()
    for cell in (checks, stub):
        cell.locator(".cm-content").click()
        page.keyboard.type(";;;")
    notebook.locator(".jp-CodeCell", has_text="# YOUR CODE HERE").filter(has_text=";;;").wait_for()
    assert checks.inner_text() == before


def test_cells_run_and_draw(page, notebook):
    cells = notebook.locator(".jp-CodeCell")
    for index in range(3):
        cell = cells.nth(index)
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        cell.locator(".jp-InputPrompt", has_text=f"[{index + 1}]:").wait_for()
    figure = cells.nth(2).locator(".jp-OutputArea-output img")
    figure.scroll_into_view_if_needed()
    assert figure.is_visible()
    assert notebook.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
