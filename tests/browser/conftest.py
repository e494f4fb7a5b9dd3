"""A real browser, and a Jupyter server for it to look at.

Set SCREENSHOTS to a folder to keep a picture of every page that a test ended on. Where there is no browser these tests
are skipped and say so; with CI set that is a failure.
"""

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

import pytest
from nbformat import writes

from autograder.authoring.build import build
from autograder.authoring.submissions import fill
from autograder.course.layout import Assignment, Course
from autograder.course.notebooks import read_notebook

REPOSITORY = Path(__file__).resolve().parents[2]
# Deadlines of things that have no reason to be slow: they end a hung test and judge nothing.
START_SECONDS = 180
STOP_SECONDS = 60
PAGE_MILLISECONDS = 120_000

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What nbgrader's pages load from the network, as far as they cannot do without: with it the tests need no network.
MATHJAX = "window.MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest() {}}}}};"
# The news and update dialogs of JupyterLab would lie over the page.
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}


@dataclass(frozen=True)
class Server:
    """A Jupyter server: ``url`` ends in a slash; who comes for the first time needs the token."""

    url: str
    token: str

    def page(self, path: str) -> str:
        """The address of a page, by way of the login, whose cookie is good for all pages."""
        return f"{self.url}login?{urlencode({'next': f'/{path}', 'token': self.token})}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium with an empty profile."""
    found = subprocess.run(
        [sys.executable, str(REPOSITORY / "tools" / "chromium.py")], capture_output=True, text=True, check=False
    )
    if found.returncode != 0:
        _unavailable(found.stderr.strip())
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        _unavailable(str(error))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found.stdout.strip(), headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, serve: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that reaches nothing but this machine; it is closed before the server that it shows.

    ``page.script_errors`` lists what its scripts raised; ``page.keep("name")`` keeps a picture, if anybody wants one.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PAGE_MILLISECONDS)
    context.route(lambda url: urlsplit(url).hostname not in {"127.0.0.1", "localhost", None}, _answer_for_network)
    page = context.new_page()
    page.script_errors = []
    page.on("pageerror", lambda error: page.script_errors.append(str(error)))
    page.keep = lambda name: _keep(page, f"{request.node.name}-{name}")
    yield page
    _keep(page, f"{request.node.name}-end")
    context.close()


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """Called with a folder, it starts a JupyterLab there, which is gone when the test ends."""
    with ExitStack() as stack:
        yield lambda root: stack.enter_context(_serve(root, tmp_path_factory.mktemp("jupyter")))


@pytest.fixture
def nbgrader() -> Callable[..., None]:
    """``nbgrader(folder, "autograde", "toy")`` runs a command of nbgrader in a course."""

    def run(folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(
            command,
            cwd=folder,
            env=_environment(folder.parent),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout

    return run


@pytest.fixture
def hand_in(
    course: Course, assignment: Assignment, nbgrader: Callable[..., None]
) -> Callable[[dict[str, str]], Course]:
    """``hand_in({"scale": "def scale ..."})``: the toy course, released, with these answers handed in by ada."""

    def hand_in(answers: dict[str, str]) -> Course:
        build(assignment)
        nbgrader(course.root, "generate_assignment", assignment.name)
        release = read_notebook(course.root / course.release_directory / assignment.name / "scaling.ipynb")
        folder = course.root / "submitted" / "ada" / assignment.name
        folder.mkdir(parents=True)
        (folder / "scaling.ipynb").write_text(writes(fill(release, answers)), encoding="utf-8")
        return course

    return hand_in


def _keep(page: Any, name: str) -> None:
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(os.environ["SCREENSHOTS"], f"{name}.png"), full_page=True)


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _answer_for_network(route: Any) -> None:
    if "mathjax" in route.request.url.lower():
        route.fulfill(content_type="text/javascript", body=MATHJAX)
    else:
        route.abort()


def _environment(home: Path) -> dict[str, str]:
    """An environment in which nothing of this user's Jupyter is seen or touched."""
    ours = {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }
    return {**os.environ, **ours}


@contextmanager
def _serve(root: Path, home: Path) -> Iterator[Server]:
    settings = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(NO_NEWS), encoding="utf-8")
    token = secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--IdentityProvider.token={token}"),
        f"--ServerApp.root_dir={root}",
    ]
    log = home / "jupyter.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=root, env=_environment(home), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
    try:
        yield _wait_until_ready(process, home / "runtime", token, log)
    finally:
        # On this signal a Jupyter server ends its kernels, and then itself; a kernel whose server is gone ends too.
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], runtime: Path, token: str, log: Path) -> Server:
    """Ask the server for its status until it answers; the port is one that the system chose."""
    pause = 0.1
    for _ in range(int(START_SECONDS / pause)):
        for path in runtime.glob("jpserver-*.json"):
            server = _answering(path, token)
            if server is not None:
                return server
        try:
            process.wait(pause)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the Jupyter server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def _answering(path: Path, token: str) -> Server | None:
    try:
        server = Server(json.loads(path.read_text(encoding="utf-8"))["url"], token)
        with urllib.request.urlopen(f"{server.url}api/status?token={token}", timeout=START_SECONDS):
            return server
    except (ValueError, urllib.error.URLError):
        return None  # the file is still being written, or the port not yet open
