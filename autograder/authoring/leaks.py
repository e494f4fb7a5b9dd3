"""Searches a released assignment for what students must not get: solutions, the secret room, traces of its making."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from autograder.authoring.secrets import Words, secrets_of
from autograder.course.errors import UsageError
from autograder.course.layout import MASTER_SUFFIX, PRIVATE, Assignment
from autograder.grading.catalogue import Problem

_MARKS = re.compile(r"(?:BEGIN|END)\s+(?:SOLUTION|HIDDEN\s+TESTS|MARK\s+SCHEME)", re.IGNORECASE)
_PATH = re.compile(
    r"(?<![\w./~>-])/(?:home|Users|root|tmp|var|work|mnt|opt|srv|private|data)/[\w.-]+|\b[A-Za-z]:\\{1,2}Users\\{1,2}\w+"
)
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)|\bsrc=[\"']([^\"']+)")


@dataclass(frozen=True)
class Place:
    """A part of a release.

    Attributes:
        name: where it is, for a sentence.
        text: what stands there.
    """

    name: str
    text: str


def find_leaks(assignment: Assignment, problems: Mapping[str, Problem], release: Path) -> list[str]:
    """Search a released assignment.

    Args:
        assignment: what was released.
        problems: its problems, as the secret room tells them.
        release: the folder that students get.

    Returns:
        One sentence for each find, with its file, its cell and what it is; none if all is well.

    Raises:
        UsageError: there is no such folder.
    """
    if not release.is_dir():
        raise UsageError(f"there is no release {release}: nbgrader generate_assignment {assignment.name} makes it")
    files = [path for path in sorted(release.rglob("*")) if not path.is_dir()]
    places = [place for path in files for place in _places(path, str(path.relative_to(release)))]
    leaks = [*_foreign_files(assignment, release, files), *_traces_of_a_run(files, release)]
    patterns = _patterns(assignment, problems)
    for place in places:
        for what, pattern in patterns:
            leaks += [f"{place.name}: {what}: {found[0]}" for found in pattern.finditer(place.text)]
    everywhere = Words("\n".join(place.text for place in places))
    secrets = [secret for secret in secrets_of(assignment, problems) if secret.is_in(everywhere)]
    for place in places:
        said = Words(place.text)
        leaks += [f"{place.name}: {secret.what}: {secret.text}" for secret in secrets if secret.is_in(said)]
    return list(dict.fromkeys(leaks))


def _patterns(assignment: Assignment, problems: Mapping[str, Problem]) -> list[tuple[str, re.Pattern[str]]]:
    """What is recognized by its form."""
    private = "|".join(re.escape(pattern).replace(r"\*", r"[\w-]*") for pattern in PRIVATE)
    graders = "|".join(re.escape(name) for name in sorted({problem.grader.name for problem in problems.values()}))
    course = assignment.course
    rooms = f"{re.escape(course.solutions_directory)}/{re.escape(assignment.family)}"
    patterns = [
        ("the mark of a region that must be gone", _MARKS),
        ("a path of the computer that made it", _PATH),
        ("a path of the computer that made it", re.compile(re.escape(str(course.root.resolve())) + r"\b")),
        ("the name of a file of the instructors' rooms", re.compile(rf"(?<![\w.])(?:{private}|{graders}|{rooms})\b")),
    ]
    for name, answer in _keys(problems).items():
        quoted = rf"[\"'`]\s*(?i:{re.escape(answer)})\s*[\"'`]"
        plain = rf"{re.escape(answer)}(?=\s*(?:[,;.)\n]|$))"
        form = rf"\b{name}\b[\"']?\s*(?::\s*str\s*)?(?:==?|:)\s*(?:{quoted}|{plain})"
        patterns.append((f"the right answer of {name}", re.compile(form)))
    return patterns


def _keys(problems: Mapping[str, Problem]) -> dict[str, str]:
    """The problems whose answer is one short text, with that text."""
    keys = {name: problem.question.right for name, problem in problems.items() if problem.question}
    for name, problem in problems.items():
        if problem.is_value and not problem.question and not problem.reference.__code__.co_argcount:
            answer = problem.reference()
            if isinstance(answer, str):
                keys[name] = answer
    return keys


def _places(path: Path, name: str) -> Iterator[Place]:
    """The parts of one file, its name among them; an archive's members too."""
    yield Place(f"the name {name}", name)
    data = path.read_bytes()
    if notebook := _notebook(path, data):
        yield from _places_of_notebook(notebook, name)
        return
    yield Place(name, data.decode("utf-8", errors="replace"))
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield Place(f"{name}, member {member}", f"{member}\n{archive.read(member).decode('utf-8', 'replace')}")


def _notebook(path: Path, data: bytes) -> dict[str, Any] | None:
    """A notebook as it stands in its file, with all that a repair would drop; nothing if it is none."""
    if path.suffix != ".ipynb":
        return None
    try:
        notebook = json.loads(data)
    except ValueError:
        return None
    return notebook if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list) else None


def _places_of_notebook(notebook: dict[str, Any], name: str) -> Iterator[Place]:
    for key, value in notebook.items():
        if key != "cells":
            yield Place(f"{name}, the notebook's {key}", _text(value))
    for index, cell in enumerate(notebook["cells"], start=1):
        for part, value in cell.items() if isinstance(cell, dict) else [("content", cell)]:
            where = "" if part == "source" else f", {part}"
            yield Place(f"{name}, {_cell_name(index, cell)}{where}", _text(value))


def _cell_name(index: int, cell: Any) -> str:
    """A cell by its number and, where it has one, nbgrader's name for it."""
    try:
        return f"cell {index} ({cell['metadata']['nbgrader']['grade_id']})"
    except (KeyError, TypeError):
        return f"cell {index}"


def _text(value: Any) -> str:
    """All that is said in parsed JSON, names as well; what is encoded for transport is decoded."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    text = str(value)
    if len(text) >= 16 and re.fullmatch(r"[A-Za-z0-9+/\s]+={0,2}\s*", text):
        try:
            return f"{text}\n{base64.b64decode(text, validate=False).decode('utf-8', errors='replace')}"
        except ValueError:
            return text
    return text


def _traces_of_a_run(files: list[Path], release: Path) -> Iterator[str]:
    """Name the cells that were run before they were released."""
    for path in files:
        notebook = _notebook(path, path.read_bytes())
        for index, cell in enumerate(notebook["cells"] if notebook else [], start=1):
            where = f"{path.relative_to(release)}, {_cell_name(index, cell)}"
            if isinstance(cell, dict) and cell.get("outputs"):
                yield f"{where}: outputs of a run"
            if isinstance(cell, dict) and cell.get("execution_count") is not None:
                yield f"{where}: the number of a run: {cell['execution_count']}"


def _foreign_files(assignment: Assignment, release: Path, files: list[Path]) -> Iterator[str]:
    """Name the files that are neither notebooks of the assignment nor what these need."""
    expected = {master.name.replace(MASTER_SUFFIX, ".ipynb") for master in assignment.masters}
    expected |= {path.name for path in assignment.companions}
    for path in files:
        for cell in (_notebook(path, path.read_bytes()) or {}).get("cells", []):
            if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
                links = _LINK.findall(_text(cell.get("source", "")))
                expected |= {str(Path(one or other)) for one, other in links}
    for path in files:
        name = path.relative_to(release).as_posix()
        if any(fnmatch(path.name, pattern) for pattern in PRIVATE):
            yield f"{name}: a file of the instructors' room"
        elif name not in expected:
            yield f"{name}: a file that is no notebook of the assignment, and that none of them needs"
