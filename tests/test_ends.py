"""A process that grades ends when it is asked to, whatever it is at."""

import signal
import subprocess
import sys

import pytest

PRELUDE = """\
import os, signal, time
from autograder.gradebook.batch.ends import Orderly

def ask():
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000):
        pass  # what Python does between two of these is where it hears of a signal

class Dies:
    def __del__(self):
        ask()

def work(parcel):
    try:
        begin()
        while True:
            time.sleep(0.001)
    finally:
        print("tidied up", flush=True)
"""
ASKED = {
    "while it works": "begin = ask",
    "while it clears an object away": "begin = lambda: [Dies()].pop() and None",
    "while a weak reference is told of it": """\
import weakref
class Watched: pass
def begin():
    watched = Watched()
    reference = weakref.ref(watched, lambda _: ask())
    del watched
""",
}


@pytest.mark.parametrize("begin", ASKED.values(), ids=ASKED)
def test_process_that_grades_ends_when_asked(begin):
    code = f"{PRELUDE}\n{begin}\nOrderly().do(work, None)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 128 + signal.SIGTERM
    assert ended.stdout == "tidied up\n"
    assert ended.stderr == ""


def test_other_exceptions_of_destructors_are_told():
    """They are somebody's mistake, and no request to end."""
    code = f"{PRELUDE}\nclass Breaks:\n    def __del__(self): raise ValueError('told')\nOrderly()\nBreaks()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0
    assert "ValueError: told" in ended.stderr
