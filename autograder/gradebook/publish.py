"""Publishes a variant: rendered, proven, released by nbgrader, and searched for secrets before anybody sees it."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring import records
from autograder.authoring.build import Built, build
from autograder.authoring.edits import difference, lines_of
from autograder.authoring.leaks import find_leaks
from autograder.course.errors import CourseError, UsageError
from autograder.course.layout import Assignment
from autograder.gradebook.commands import nbgrader
from autograder.grading.catalogue import load_problems
from autograder.grading.proof import Verification


@dataclass(frozen=True)
class Published:
    """What a publication did, or would do.

    Attributes:
        built: the source notebooks.
        verification: the proof; None where nothing has changed since the last one.
        changed: the files of the release that differ from what lay there before; None where none was made.
    """

    built: list[Built]
    verification: Verification | None
    changed: tuple[str, ...] | None


def publish(
    assignment: Assignment,
    prove: Callable[[Assignment], Verification],
    force: Collection[str] = (),
    dry_run: bool = False,
) -> Published:
    """Render, verify and release a variant.

    Args:
        assignment: the variant.
        prove: verifies it; asked only where something has changed since it was verified.
        force: the notebooks, by name, that are overwritten although somebody edited them by hand.
        dry_run: whether everything is tried and nothing kept.

    Raises:
        UsageError: a source notebook or a released one was edited by hand.
        CourseError: nbgrader refuses, or the release holds secrets.
    """
    if assignment.release.exists() and not assignment.release.is_dir():
        raise UsageError(f"{assignment.release} is a file, where the folder of the release has to lie: move it away")
    # Whatever changes from now on is not what is proven and released here.
    now = records.fingerprint(assignment)
    built = build(assignment, force, dry_run)
    verification = None
    if records.recall(assignment).get(records.VERIFIED) != now:
        verification = prove(assignment)
        if verification.all_faults:
            return Published(built, verification, None)
    release = assignment.release
    with tempfile.TemporaryDirectory(prefix="autograder-release-") as folder:
        if dry_run and any(one.changed for one in built):
            return Published(built, verification, None)
        made = _generate(assignment, Path(folder), dry_run)
        leaks = find_leaks(assignment, load_problems(assignment.solutions, assignment.variant), made)
        if leaks:
            raise CourseError(f"nothing was released, since students would see secrets: {'; '.join(leaks)}")
        changed = _differing(made, release)
        _refuse_if_edited(assignment, made, changed, force)
        if not dry_run:
            _replace(release, made)
            records.note(assignment, **{records.RELEASED: now, records.FILES: records.files_of(release)})
    return Published(built, verification, changed)


def _generate(assignment: Assignment, folder: Path, dry_run: bool) -> Path:
    """Let nbgrader make the release in a folder of ours."""
    options = ["--force", f"--CourseDirectory.release_directory={folder}", *(["--no-db"] if dry_run else [])]
    log = folder / "nbgrader.log" if dry_run else None
    nbgrader(assignment.course.root, "generate_assignment", assignment.name, *options, log=log)
    return folder / assignment.name


def _differing(made: Path, release: Path) -> tuple[str, ...]:
    new, old = records.files_of(made), records.files_of(release) if release.is_dir() else {}
    return tuple(name for name in sorted({*new, *old}) if new.get(name) != old.get(name))


def _refuse_if_edited(assignment: Assignment, made: Path, changed: Iterable[str], force: Collection[str]) -> None:
    """Keep released files that somebody edited.

    Raises:
        UsageError: one was; the text shows what would be lost.
    """
    release, recorded = assignment.release, records.recall(assignment).get(records.FILES, {})
    found = records.files_of(release) if release.is_dir() else {}
    for name in changed:
        if name in found and found[name] != recorded.get(name) and Path(name).stem not in force:
            lines = lines_of(made / name) if (made / name).exists() else []
            raise UsageError(
                f"{release / name} was edited by hand; move the change into its master, or lose it by "
                f"--force {Path(name).stem}:\n{difference(release / name, 'the new release', lines)}"
            )


def _replace(release: Path, made: Path) -> None:
    """Put a release in the place of the old one; an interruption leaves one of the two."""
    new, old = release.with_name(f".{release.name}.new"), release.with_name(f".{release.name}.old")
    if old.is_dir() and not release.exists():
        old.rename(release)
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        release.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made, new)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(new, ignore_errors=True)
        raise CourseError(f"{release} cannot be written, and is as it was: {error}") from error
    if release.exists():
        release.rename(old)
    new.rename(release)
    shutil.rmtree(old, ignore_errors=True)
