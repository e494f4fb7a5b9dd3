"""Grades a class of attackers by the real command, and gathers what can be seen of each."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arena import HERE, Arena, make_tables
from checkpoint import MARK, Snapshot, below, snapshot
from class_of_attackers import WRONG, hand_in
from corpus import Attack
from posts import Posts

# No student takes longer, by far; then the command hangs.
HANG_SECONDS = 75.0


@dataclass
class Evidence:
    """What was seen of one class.

    Attributes:
        students: the attacks by the names of their submissions.
        turns: the state before each student, in the order in which they were graded, and at the end.
        commands: how each run of the command ended; there is more than one where an attack ended the first.
        heard: what arrived where the harness listens.
        texts: what each attacker is given to read.
        sizes: the bytes of each attacker's graded notebook.
        marked: the marks of attacks that were found in files of the course, by file.
        reports: what each honest neighbor saw of the state that it found.
    """

    students: dict[str, str]
    turns: list[Snapshot] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    marked: dict[str, list[str]] = field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)

    def student_of(self, attack: Attack) -> str:
        """The name of its submission."""
        return next(student for student, name in self.students.items() if name == str(attack))


def fight(
    root: Path,
    made: Path,
    attacks: Sequence[Attack],
    step: int = 1,
    feedback: bool = True,
    fence: Sequence[str] = (),
    owner: int = 0,
) -> Evidence:
    """Copy a course, hand in, grade, and look.

    Args:
        root: a folder of its own, which is made.
        made: where ``make_course`` has made a course.
        attacks: who hands in.
        step: how many of them there are to an honest neighbor.
        feedback: whether pages are made too; what they tell comes from the notebooks.
        fence: a command line that the grading is put behind.
        owner: the user to whom everything is given before, where root grades as somebody else.
    """
    shutil.copytree(made, root)
    arena = Arena(root)
    make_tables(arena)
    with Posts() as posts:
        students = hand_in(arena, attacks, posts.names, step)
        evidence = Evidence({student: str(attack) for student, attack in students.items()})
        if owner and os.geteuid() == 0:
            subprocess.run(["chown", "-Rh", str(owner), str(root)], check=True)
        try:
            _grade(arena, evidence, [*fence, sys.executable])
            evidence.heard = [(name, data.decode("latin-1")) for name, data in posts.heard]
            evidence.turns.append(_final(arena))
            if feedback:
                _give_feedback(arena, fence)
            _read(arena, evidence)
        finally:
            _clean_up(arena)
    return evidence


def _grade(arena: Arena, evidence: Evidence, python: Sequence[str]) -> None:
    """Run the command, and again for whoever is left when an attack has ended it."""
    waiting = {path.name for path in (arena.course / "submitted").iterdir()}
    done: set[str] = set()
    while waiting - done:
        report, log = arena.root / "report.json", arena.root / "autograde.log"
        report.unlink(missing_ok=True)
        command = [
            "-m",
            "nbgrader",
            "autograde",
            "toy",
            f"--CourseDirectory.student_id_exclude={','.join(sorted(done))}",
        ]
        with log.open("wb") as output:
            runner = [*python, str(HERE / "runner.py"), str(report), str(arena.notes), str(HANG_SECONDS)]
            subprocess.run(
                [*runner, sys.executable, *command],
                cwd=arena.course,
                env=arena.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        ended = json.loads(report.read_text()) if report.exists() else {"code": None, "seconds": 0, "survivors": []}
        evidence.turns = [json.loads(note.read_text()) for note in sorted(arena.notes.glob("*.json"))]
        last = evidence.turns[-1]["student"] if evidence.turns else ""
        evidence.commands.append({**ended, "last": last, "log": log.read_text(errors="replace")[-20_000:]})
        before, done = done, {turn["student"] for turn in evidence.turns}
        if done == before:
            break


def _give_feedback(arena: Arena, fence: Sequence[str]) -> None:
    """Make the pages that attackers, and the one who is merely wrong, are given."""
    subprocess.run(
        [*fence, sys.executable, "-m", "nbgrader", "generate_feedback", "toy", "--CourseDirectory.student_id=*_[aw]*"],
        cwd=arena.course,
        env=arena.environment(),
        check=False,
        capture_output=True,
        timeout=600,
    )


def _final(arena: Arena) -> Snapshot:
    course = arena.course
    state = snapshot(course, str(arena.home), str(arena.temporary))
    return {"student": "", "seconds": None, **state, "process": None}


def _read(arena: Arena, evidence: Evidence) -> None:
    for student in [*evidence.students, WRONG]:
        pages = [arena.course / "autograded" / student / "toy" / "exam.ipynb"]
        pages += sorted((arena.course / "feedback" / student).rglob("*.html"))
        evidence.sizes[student] = pages[0].stat().st_size if pages[0].is_file() else 0
        comments = json.dumps(evidence.turns[-1]["comments"].get(student, []))
        evidence.texts[student] = "\n".join([*(_student_text(page) for page in pages if page.is_file()), comments])
    for path in below(arena.course):
        name = str(path.relative_to(arena.course))
        own = name.startswith(("submitted/", "autograded/", "feedback/")) and name.split("/")[1] in evidence.students
        if path.is_file() and not path.is_symlink() and not own:
            content = path.read_bytes().decode("latin-1")
            found = [attack for attack in evidence.students.values() if _mark(attack) in content + name]
            if found:
                evidence.marked[name] = found
    for path in sorted((arena.course / "autograded").glob("*_honest/toy/exam.ipynb")):
        text = path.read_text(errors="replace").partition("REPORT ")[2]
        said = text.replace('REPORT \\"', "").partition('\\n"')[0].replace('\\"', '"')
        try:
            evidence.reports[path.parts[-3]] = json.loads(said)
        except ValueError:
            evidence.reports[path.parts[-3]] = {"planted": [], "drawn": [], "unreadable": said[:200]}


def _mark(attack: str) -> str:
    return f"{MARK}_{attack.partition('/')[2]}"


def _student_text(page: Path) -> str:
    """What a page tells a student, without the text of test cells, which stock nbgrader shows to everybody."""
    text = page.read_text(errors="replace")
    if page.suffix != ".ipynb":
        return text
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = ""
    return json.dumps(notebook)


def _clean_up(arena: Arena) -> None:
    """Leave nothing behind on this machine, whatever got through."""
    left = snapshot(arena.course)["strays"]
    for name in left:
        path = Path(name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if os.geteuid() == 0 and shutil.which("chattr"):
        subprocess.run(["chattr", "-R", "-i", "-a", str(arena.root)], check=False, capture_output=True)
