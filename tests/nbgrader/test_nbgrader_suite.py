"""nbgrader's own tests of ``nbgrader autograde`` hold with Pathwise turned on."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

SUITE = "nbgrader/tests/apps/test_nbgrader_autograde.py"

# The settings are found as a user's own are, in Jupyter's configuration folder; the tests' own come on top of them.
# As in the toy course, boxes load numpy alone, so that a test does not wait for torch. And nbgrader starts alembic, for
# each new gradebook, to be told the newest version of the tables, which is asked once: it depends on nbgrader alone.
CONFIG = """\
import functools
import os

import nbgrader.api

from autograder.gradebook import enable, execute

if not hasattr(nbgrader.api.get_alembic_version, "cache_info"):
    nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)

if not hasattr(execute, "runs_written_to"):
    execute.runs_written_to = os.environ["RUNS_WRITTEN_TO"]
    original = execute.BoxedExecute.preprocess

    def preprocess(self, nb, resources, km=None):
        with open(execute.runs_written_to, "a") as file:
            file.write(f"{resources['nbgrader']['assignment']}\\n")
        return original(self, nb, resources, km)

    execute.BoxedExecute.preprocess = preprocess
c = get_config()
enable(c)
c.Box.preload = ["numpy"]
"""

# What cannot hold, and why. All of these pass with the stock configuration.
OTHERWISE = {
    "test_side_effects": "what a submission writes stays in its box, not in the folder that a TA opens",
    "test_handle_failure": "its damaged submission, with cells that the gradebook does not know, is graded",
    "test_handle_failure_single_notebook": "the same for one notebook",
    "test_grade_empty_timestamp": "a timestamp that cannot be read neither fails nor is taken for punctual",
}
# Left out to save a minute: generate_assignment starts kernels in them, and what is autograded afterwards differs from
# test_grade_autotest in the generated assertions alone. They pass too.
SLOW = ("test_grade_hashed_autotest", "test_grade_complex_autotest", "test_hidden_tests_autotest")


def test_nbgrader_suite(tmp_path: Path) -> None:
    """Its tests pass, and the notebooks in them run in boxes."""
    settings, runs = tmp_path / "jupyter", tmp_path / "runs"
    settings.mkdir()
    (settings / "nbgrader_config.py").write_text(CONFIG)
    suite = importlib.metadata.distribution("nbgrader").locate_file(SUITE)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    ours = {"JUPYTER_CONFIG_DIR": str(settings), "RUNS_WRITTEN_TO": str(runs), "HOME": str(tmp_path), "PATH": path}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "JUPYTER_"))}
    without = [f"--deselect={SUITE}::TestNbGraderAutograde::{name}" for name in (*OTHERWISE, *SLOW)]
    # Our own settings, which make every warning an error, lie above a .venv in the project's folder.
    alone = ["-c", os.devnull, "-p", "no:cacheprovider", "-n", "2"]
    command = [sys.executable, "-W", "ignore", "-m", "pytest", str(suite), "-q", *alone]
    ended = subprocess.run(
        [*command, *without, f"--rootdir={Path(suite).parents[3]}"],
        cwd=tmp_path,
        env={**inherited, **ours},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-5000:]
    (passed,) = re.findall(r"(\d+) passed", ended.stdout)
    assert int(passed) >= 33, ended.stdout[-5000:]
    assert len(runs.read_text().splitlines()) > 30, "the notebooks of the suite ran in boxes"
