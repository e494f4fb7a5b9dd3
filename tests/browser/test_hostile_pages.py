"""A hostile submission in the formgrader and in its feedback page: nothing of it runs, loads, navigates or covers."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbgrader.server_extensions.formgrader as formgrader
import pytest
from hostile_notebook import hostile_cells, hostile_metadata
from nbconvert.exporters import HTMLExporter
from nbformat import read, write

from autograder.cli.main import main

ANSWERS = {
    "scale": "def scale(x, factor):\n    return np.asarray(x, dtype=float) * factor",
    "answer": 'answer = "B"',
    "explain": "**Because.**",
}
STUDENT = "<img src=x onerror=\"ran('name')\">"
EVIL_SETTINGS = "import pathlib\npathlib.Path(__file__).with_name('read').touch()\nc = get_config()\n"


@dataclass
class Listener:
    """A server on this machine that writes down what it is asked for."""

    url: str
    asked: list[str]


@pytest.fixture
def listener() -> Iterator[Listener]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Listener(f"http://127.0.0.1:{server.server_address[1]}", asked)
        server.shutdown()
        thread.join()


@pytest.fixture
def hostile_course(hand_in, nbgrader, listener):
    """A course in which ada's notebook, right otherwise, attacks whoever looks at it."""
    course = hand_in(ANSWERS)
    folder = course.root / "submitted" / "ada" / "toy"
    notebook = read(folder / "scaling.ipynb", as_version=4)
    notebook.cells += hostile_cells(listener.url)
    notebook.metadata.update(hostile_metadata(listener.url))
    write(notebook, folder / "scaling.ipynb")
    (folder / "evil.html").write_text("<script>document.title = 'intruded'</script>")
    (folder / "nbgrader_config.py").write_text(EVIL_SETTINGS)
    nbgrader(course.root, "autograde", "toy")
    nbgrader(course.root, "generate_feedback", "toy")
    return course


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_nothing_of_a_submission_runs_or_loads(page, serve, hostile_course, listener, tmp_path):
    root = hostile_course.root
    page.goto((root / "feedback" / "ada" / "toy" / "scaling.html").as_uri())
    inspect(page, listener)
    page.keep("feedback")
    assert "Score: 4.0 / 6.0" in page.locator("body").inner_text()
    assert main(["--course-dir", str(root), "feedback", "toy", "--force"]) == 0
    page.reload()
    inspect(page, listener)

    server = serve(root)
    page.goto(server.page("formgrader/gradebook/toy/scaling"))
    page.get_by_role("link", name="Submission #1").click()
    page.locator('#test_scale[placeholder="3"]').wait_for()
    inspect(page, listener)
    page.keep("formgrader")
    page.locator("#explain").fill("2")
    page.locator(".live-notebook .glyphicon-eye-open").click()
    assert page.locator(".live-notebook a.name-shown").inner_text() == "ada"

    page.goto(f"{page.url.partition('?')[0]}evil.html")
    assert page.title() != "intruded"
    theirs = root / "submitted" / "ada" / "toy"
    for path in ("submitted/ada/toy", str(theirs), "autograded/ada/toy"):
        assert page.goto(f"{server.url}formgrader?path={path}").status == 403
    assert not list(root.rglob("read")), "no settings of a submission were read"

    # The same notebook attacks with success where it is rendered by others.
    control = tmp_path / "control.html"
    control.write_text(stock_page(root / "autograded" / "ada" / "toy" / "scaling.ipynb"))
    page.goto(control.as_uri())
    page.wait_for_url(f"{listener.url}/refresh")
    assert len({path for path in listener.asked if path.startswith("/ran-")}) >= 8
    assert {"/import", "/image", "/background", "/poster"} <= set(listener.asked)


def inspect(page, listener: Listener) -> None:
    """Press and look at everything; what is honest is there."""
    url = page.url
    pressed = page.get_by_text("click me")
    assert pressed.count() > 3
    for index in range(pressed.count()):
        pressed.nth(index).click()
    page.wait_for_load_state("networkidle")
    assert page.url.partition("?")[0] == url.partition("?")[0]
    assert page.evaluate("window.ran") is None
    assert page.title() != "intruded"
    assert len(page.context.pages) == 1
    assert listener.asked == []
    assert not page.script_errors
    notebook = page.locator("#notebook-container").first
    for dangerous in (
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "link",
        "meta",
        "base",
        "svg",
        "[id='evil']",
    ):
        assert notebook.locator(dangerous).count() == 0, dangerous
    assert notebook.locator("strong", has_text="honest words").first.is_visible()
    assert notebook.locator("table.dataframe", has_text="honest table").is_visible()
    assert notebook.locator(".highlight span").count() > 10
    assert "$x^2$" in notebook.inner_text()
    pictures = notebook.locator("img").evaluate_all("all => all.map(i => [i.naturalWidth, i.getAttribute('width')])")
    assert [1, "30"] in pictures
    assert [40, None] in pictures, "a drawing is shown as a picture"
    box = notebook.get_by_text("scale: 3 of 3 points").locator("xpath=ancestor::div[1]")
    assert box.evaluate("box => getComputedStyle(box).borderLeftWidth") == "4px"
    # What is largest in the student's part lies below its own box: the page's head can be reached.
    assert page.evaluate("document.elementFromPoint(5, 5).closest('#notebook-container')") is None


def stock_page(notebook: Path) -> str:
    """The notebook as nbgrader renders it by itself."""
    templates = str(Path(formgrader.__file__).with_name("templates"))
    exporter = HTMLExporter(template_name="classic", extra_template_basedirs=[templates])
    return exporter.from_filename(str(notebook))[0]
