"""Runs nbgrader commands, each in a fork of a process that has imported nbgrader already.

A line of JSON comes in (``{"arguments": […], "folder": "…", "log": "…", "environment": {…}}``), the exit code goes out.
With ``"ours": true`` it is a command of ``autograder``, in a fork as well.
What a fork does is what the ``nbgrader`` script does; only the two seconds of importing are saved, and the two that
alembic takes to name the newest version of the tables, which nbgrader asks for with each new gradebook.
"""

import atexit
import functools
import json
import os
import sys
import traceback
from pathlib import Path

import nbgrader.api
import nbgrader.apps
import nbgrader.converters
import nbgrader.preprocessors
import nbgrader.server_extensions
from nbgrader.apps.nbgraderapp import NbGraderApp
from our_command import our_own

import autograder.gradebook.execute
import autograder.gradebook.exporter
import autograder.gradebook.restore
import autograder.grading.judge  # noqa: F401

nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


def run(request: dict) -> int:
    """Fork, run one command, and give its exit code."""
    if not Path(request["folder"], "gradebook.db").exists():
        nbgrader.api.get_alembic_version()  # every later fork remembers it too
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(
                os.open(request["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if "errors" in request else log, 2
            )
            os.chdir(request["folder"])
            os.environ.update(request["environment"])
            if request.get("ours"):
                our_own(request["arguments"])()
            sys.argv = ["nbgrader", *request["arguments"]]
            NbGraderApp.launch_instance()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        finally:
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)
