"""Hands in for a class of attackers, with honest neighbors between them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arena import HERE, Arena
from corpus import Attack
from exam import DOUBLE, LAW, SECRETS
from prelude import PROBE, prelude

# Harmless, and wrong but for what can be seen: what a grader tells this one, it tells everybody.
WRONG = "z_wrong"


def hand_in(arena: Arena, attacks: Sequence[Attack], posts: Mapping[str, object], step: int) -> dict[str, Attack]:
    """Hand in for every attacker, with an honest neighbor before the first, behind the last, and after so many.

    Returns:
        The attackers by the names of their submissions.
    """
    released = json.loads((arena.course / "assignments" / "toy" / "exam.ipynb").read_text())
    common = {"COURSE": str(arena.course), "HOME": str(arena.home), "TMP": str(arena.temporary), **posts}
    namespace = "/proc/self/ns/pid"
    common["PROCESS_IDS"] = os.readlink(namespace) if os.path.islink(namespace) else ""
    honest = sorted({*range(0, len(attacks), step), len(attacks)})
    for number in honest:
        cells = [f"# {SECRETS['submission']}\n{LAW}", PROBE]
        _write(arena, neighbor(number), _filled(released, {**common, "MARKER": "none"}, cells))
    _write(arena, WRONG, _filled(released, {**common, "MARKER": "none"}, ["def law(x):\n    return 17.5"]))
    students: dict[str, Attack] = {}
    requests: list[dict[str, Any]] = []
    for number, attack in enumerate(attacks, 1):
        student = f"s{number:03}_attack"
        students[student] = attack
        before, after = max(n for n in honest if n < number), min(n for n in honest if n >= number)
        own = {"ME": student, "MARKER": attack.marker, "PROOF": attack.name}
        names = {**common, **own, "BEFORE": neighbor(before), "AFTER": neighbor(after)}
        if attack.cells:
            _write(arena, student, _filled(released, names, attack.cells))
        else:
            spoiled = _filled(released, names, [""])
            file = str(HERE / attack.family / f"{attack.name}.py")
            folder = str(_folder(arena, student))
            requests.append({"file": file, "notebook": spoiled, "folder": folder, "names": names})
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    subprocess.run([sys.executable, "-I", str(HERE / "spoil.py")], input=lines, text=True, check=True)
    return students


def neighbor(number: int) -> str:
    """The name of the honest student behind that many attackers; nbgrader takes them in the order of their names."""
    return f"s{number:03}_honest"


def _filled(released: dict[str, Any], names: Mapping[str, object], cells: Sequence[str]) -> dict[str, Any]:
    """The released notebook with a prelude, the honest double, and these cells in the place of law's."""
    notebook: dict[str, Any] = json.loads(json.dumps(released))
    filled = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "double":
            filled += [_code("prelude", prelude(names)), {**cell, "source": DOUBLE}]
        elif name == "law":
            filled += [{**cell, "source": cells[0]}, *(_code(f"more-{n}", text) for n, text in enumerate(cells[1:]))]
        else:
            filled.append(cell)
    return {**notebook, "cells": filled}


def _code(name: str, source: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"metadata": {}, "outputs": [], "execution_count": None}
    return {"cell_type": "code", "id": name, "source": source, **empty}


def _folder(arena: Arena, student: str) -> Path:
    folder = arena.course / "submitted" / student / "toy"
    folder.mkdir(parents=True)
    return folder


def _write(arena: Arena, student: str, notebook: dict[str, Any]) -> None:
    (_folder(arena, student) / "exam.ipynb").write_text(json.dumps(notebook))


def is_honest(student: str) -> bool:
    """Whether a submission is a neighbor's."""
    return student.endswith("_honest")
