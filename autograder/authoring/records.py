"""What was rendered, verified and released, and from which content: ``record.json`` in the secret room.

It holds fingerprints alone, so that "stale" is a comparison and nobody's memory.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.edits import digest
from autograder.course.errors import CourseError, UsageError
from autograder.course.files import alone_in, write_whole
from autograder.course.layout import MASTER_SUFFIX, PART_SUFFIX, Assignment
from autograder.course.notebooks import read_notebook
from autograder.course.variants import VOCABULARY_FILE

RECORD_FILE = "record.json"
# The fingerprint at each step; the digests of the notebooks that were rendered, and of the files that were released.
RENDERED, VERIFIED, RELEASED = "rendered", "verified", "released"
NOTEBOOKS, FILES = "notebooks", "files"
YES, NO, STALE, EDITED = "yes", "no", "stale", "edited by hand"


@dataclass(frozen=True)
class State:
    """How far a variant has come; each step is ``yes``, ``no``, ``stale`` or ``edited by hand``."""

    assignment: str
    description: str
    rendered: str
    verified: str
    published: str


def fingerprint(assignment: Assignment) -> str:
    """A short text that changes with all that a variant is made of: masters, secret room, its own values."""
    folder = assignment.course.source / assignment.family
    texts = [*folder.glob(f"*{MASTER_SUFFIX}"), *folder.glob(f"*{PART_SUFFIX}"), folder / VOCABULARY_FILE]
    secrets = [*assignment.solutions.glob("*.py"), *assignment.solutions.glob("*.toml")]
    whole = hashlib.sha256(repr(sorted(assignment.variant.said.items())).encode())
    for path in sorted({*texts, *secrets, *assignment.companions, *assignment.own_files}):
        if path.is_file():
            whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def files_of(release: Path) -> dict[str, str]:
    """The fingerprint of each file of a release."""
    return {
        str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }


def recall(assignment: Assignment) -> dict[str, Any]:
    """What is recorded of a variant.

    Raises:
        CourseError: the record cannot be read.
    """
    entry = _read(assignment).get(assignment.variant_name)
    # What another version wrote counts as nothing: the step is done again.
    kinds = {NOTEBOOKS: dict, FILES: dict}
    said = entry.items() if isinstance(entry, dict) else ()
    return {step: value for step, value in said if isinstance(value, kinds.get(step, str))}


def note(assignment: Assignment, **steps: Any) -> None:
    """Record steps of a variant; a file that says so already is left alone.

    Raises:
        CourseError: the record cannot be read or written.
    """
    with alone_in(assignment.solutions):
        record = _read(assignment)
        entry = {**recall(assignment), **steps}
        if record.get(assignment.variant_name) != entry:
            record[assignment.variant_name] = entry
            write_whole(assignment.solutions / RECORD_FILE, json.dumps(record, indent=1, sort_keys=True) + "\n")


def _read(assignment: Assignment) -> dict[str, Any]:
    path = assignment.solutions / RECORD_FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if not isinstance(record, dict):
            raise ValueError("it is no table")
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}; delete it, and do every step again") from error
    return record


def state(assignment: Assignment) -> State:
    """How far a variant has come."""
    now, recorded = fingerprint(assignment), recall(assignment)
    notebooks = [assignment.source / path.name.replace(MASTER_SUFFIX, ".ipynb") for path in assignment.masters]
    release = assignment.release
    return State(
        assignment.name,
        str(assignment.variant.values.get("description", "")),
        _rendered(notebooks, recorded, now),
        _step(recorded.get(VERIFIED), now),
        _published(release, recorded, now),
    )


def _step(recorded: str | None, now: str) -> str:
    return NO if recorded is None else YES if recorded == now else STALE


def _rendered(notebooks: Sequence[Path], recorded: dict[str, Any], now: str) -> str:
    if not all(path.is_file() for path in notebooks):
        return NO
    try:
        found = {path.stem: digest(read_notebook(path)) for path in notebooks}
    except UsageError:
        return EDITED
    if any(recorded.get(NOTEBOOKS, {}).get(name) != written for name, written in found.items()):
        return EDITED
    return _step(recorded.get(RENDERED), now)


def _published(release: Path, recorded: dict[str, Any], now: str) -> str:
    if not release.is_dir():
        return NO
    if files_of(release) != recorded.get(FILES):
        return EDITED
    return YES if recorded.get(RELEASED) == now else STALE
