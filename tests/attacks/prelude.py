"""What every attacker knows: the text of a cell that is put before the attack.

Attackers know everything but the secrets: where the course, its rooms, other people's folders and the home of whoever
grades lie, and where the harness listens. ``graders`` and ``outside`` keep an attack on processes within bounds.
"""

from collections.abc import Mapping

HELPERS = r'''
import os
import re

# What a secret looks like; which hexadecimal digits it has is the secret.
CANARY = r"canary-[a-z]+-[0-9a-f]{16}"


def loot(text):
    """The secrets in a text or in bytes, each once."""
    text = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    return sorted(set(re.findall(CANARY, text)))


def sign():
    """Give this process a name by which the harness knows whose it is."""
    try:
        with open("/proc/self/comm", "w") as file:
            file.write(MARKER[-15:])
    except OSError:
        pass


def outside():
    """Whether this process may share the process ids of the machine: then nobody else's process is signalled."""
    try:
        return os.readlink("/proc/self/ns/pid") == PROCESS_IDS
    except OSError:
        return True


def graders():
    """The grader's processes among our ancestors, nearest first; never the harness that started them."""
    found, pid = [], os.getppid()
    while pid > 0:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
            with open(f"/proc/{pid}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
        except OSError:
            break
        if b"runner.py" in line or not (b"nbgrader" in line or b"autograder" in line):
            break
        if pid > 1 or not outside():
            found.append(pid)
        pid = parent
    return found
'''


def prelude(names: Mapping[str, object]) -> str:
    """The source of the cell, with these names."""
    # The proof is not written out, or it would be read in every notebook.
    proof = f'PROOF = "pathwise_" "proof_" {names["PROOF"]!r}\n' if "PROOF" in names else ""
    return "".join(f"{name} = {value!r}\n" for name, value in names.items() if name != "PROOF") + proof + HELPERS


# What an honest neighbor's notebook reports of the state that it finds itself in.
PROBE = r'''
import builtins
import contextlib
import json
import os
import random
import sys

import numpy as np


def planted():
    """Whatever bears the mark of somebody else, wherever a later student could meet it."""
    names = [*dir(builtins), *dir(np), *dir(np.random), *dir(os), *globals(), *sys.modules, *os.environ, *sys.path]
    names += [str(value) for value in os.environ.values()]
    for place in (os.curdir, os.pardir, TMP, HOME, "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"):
        with contextlib.suppress(OSError):
            names += [os.path.join(place, name) for name in os.listdir(place)]
    return sorted({name for name in names if "pathwise_marker" in name})


def drawn():
    """The first numbers of every generator that a notebook is likely to use."""
    return [random.random(), float(np.random.rand()), hash("pathwise")]


print("REPORT", json.dumps({"planted": planted(), "drawn": drawn()}))
'''
