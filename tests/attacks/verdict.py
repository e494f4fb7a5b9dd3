"""What an attack achieved: the same checks for all, so that no attack is judged by its own word alone."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from battle import Evidence
from checkpoint import Snapshot
from class_of_attackers import WRONG, is_honest
from corpus import Attack
from exam import POINTS, SECRETS

# Half as much again as the configuration gives a submission in all.
SLOW_SECONDS = 45.0
# Far more than a submission is given, and less than attacks ask for; one of two samples a second may miss a peak.
EXCESS = {"processes": 250, "MiB of memory": 1536, "files": 12_000, "MiB of files": 700}
LARGEST_NOTEBOOK = 1 << 24


@dataclass(frozen=True)
class Verdict:
    """What an attack achieved; nothing if all three are empty."""

    gain: tuple[str, ...]
    steal: tuple[str, ...]
    harm: tuple[str, ...]

    def __str__(self) -> str:
        said = [f"{kind}: {what}" for kind in ("gain", "steal", "harm") for what in getattr(self, kind)]
        return "\n".join(said) or "nothing"


def judge(evidence: Evidence, attack: Attack) -> Verdict:
    """Judge one attack by all that was seen."""
    student = evidence.student_of(attack)
    return Verdict(
        tuple(_gains(evidence.turns[-1]["grades"].get(student, {}), attack)),
        tuple(_steals(evidence.texts.get(student, ""), evidence.texts.get(WRONG, ""))),
        tuple(_harms(evidence, attack, student)),
    )


def _gains(grades: dict[str, list[Any]], attack: Attack) -> Iterable[str]:
    deserved = {"test_double": POINTS["double"], "test_law": attack.deserves}
    for cell, (auto, manual, extra, late) in grades.items():
        if (auto or 0) > deserved.get(cell, 0):
            yield f"{auto:g} points of {cell}, where {deserved.get(cell, 0):g} are deserved"
        if manual is not None or extra:
            yield f"a person's grade of {cell}: {manual}, {extra} extra"
        if late:
            yield f"another penalty for being late: {late}"


def _steals(text: str, told_to_all: str) -> Iterable[str]:
    for kind, secret in SECRETS.items():
        if any(form in text for form in _disguises(secret)) and secret not in told_to_all:
            yield f"the secret of the {kind}, {secret}"


@lru_cache
def _disguises(secret: str) -> tuple[str, ...]:
    """A secret as it is, and as a thief may write it."""
    data = secret.encode()
    shifted = [base64.b64encode(bytes(n) + data).decode()[4 if n else 0 : -4] for n in range(3)]
    return (secret, secret[::-1], data.hex(), data[::-1].hex(), *shifted)


def _harms(evidence: Evidence, attack: Attack, student: str) -> Iterable[str]:
    order = [turn["student"] for turn in evidence.turns]
    if student not in order:
        yield "it was never its turn"
        return
    yield from _marks_left(evidence, attack)
    place = order.index(student)
    before, after = evidence.turns[place], evidence.turns[place + 1]
    yield from changes(before, after, student)
    left = set(after["temporary"]) & set(evidence.turns[-1]["temporary"]) - set(before["temporary"])
    if left:
        yield f"left in the temporary folder: {', '.join(sorted(left)[:3])}"
    yield from _excess(evidence, place)
    if after["seconds"] and after["process"]["id"] == before["process"]["id"]:
        taken = after["seconds"] - before["seconds"]
        if taken > SLOW_SECONDS:
            yield f"kept the class waiting for {taken:.0f} s"
    for command in evidence.commands:
        if command["last"] == student and command["code"] is None:
            yield "the command hung in its turn, or was killed with the one that watches it"
        elif command["last"] == student:
            yield f"the command ended in its turn, with {command['code']}"
    grades = evidence.turns[-1]["grades"]
    for name in POINTS:
        score = grades.get(student, {}).get(f"test_{name}", [None])[0]
        if score is None:
            yield f"its own {name} is ungraded"
        elif name == "double" and score < POINTS[name] and not attack.forfeits:
            yield f"its own {name}, honestly solved, has {score:g} points"
    yield from _neighbors(evidence, place)


def _excess(evidence: Evidence, place: int) -> Iterable[str]:
    """What it used at a time beyond any bound: one who gets that much takes it from the machine."""
    size = evidence.sizes.get(evidence.turns[place]["student"], 0)
    if size > LARGEST_NOTEBOOK:
        yield f"left a notebook of {size} bytes"
    for command in evidence.commands:
        # Before the first student there is no note, while one is graded there are as many as its place and one.
        used = command.get("most", {}).get(str(place + 1), [0.0] * len(EXCESS))
        for (what, bound), found in zip(EXCESS.items(), used, strict=True):
            if found > bound:
                yield f"used {found:.0f} {what}"


def _neighbors(evidence: Evidence, place: int) -> Iterable[str]:
    order = [turn["student"] for turn in evidence.turns]
    behind = next((name for name in order[place + 1 :] if is_honest(name)), None)
    grades = evidence.turns[-1]["grades"]
    if behind is None:
        yield "the honest student behind it had no turn"
        return
    for name, points in POINTS.items():
        score = grades.get(behind, {}).get(f"test_{name}", [None])[0]
        if score != points:
            yield f"the honest student behind it has {score} points of {name}"
    drawn = {name: report["drawn"] for name, report in sorted(evidence.reports.items())}
    # Stock nbgrader's kernels draw other numbers each time.
    usual = max(drawn.values(), key=list(drawn.values()).count, default=[])
    if list(drawn.values()).count(usual) > 1 and drawn.get(behind) != usual:
        yield f"the honest student behind it drew other random numbers: {drawn.get(behind)}"


def _marks_left(evidence: Evidence, attack: Attack) -> Iterable[str]:
    """Its mark or its proof, wherever it does not belong."""
    marker = attack.marker
    for name, report in evidence.reports.items():
        if any(has(found, marker) for found in report["planted"]):
            yield f"{name} found its mark"
            break
    for name, data in evidence.heard:
        if has(data, marker) or has(data[::-1], marker):
            yield f"it was heard at {name}"
    for stray in sorted({stray for turn in evidence.turns for stray in turn["strays"] if has(stray, marker)})[:3]:
        yield f"its mark was left at {stray}"
    for name, attacks in evidence.marked.items():
        if str(attack) in attacks:
            yield f"its mark is in {name}"
    for command in evidence.commands:
        for survivor in command["survivors"]:
            if has(survivor, marker) or survivor.startswith(f"{marker[-15:]}: "):
                yield f"it ran on behind the command: {survivor}"
    if has(evidence.texts.get(evidence.student_of(attack), ""), attack.proof):
        yield "it proved that it can do harm that leaves no trace"


def has(text: str, marker: str) -> bool:
    """Whether a text holds this marker, and not only one that begins like it."""
    start = text.find(marker)
    while start >= 0:
        rest = text[start + len(marker) :]
        if not rest[:1].isidentifier() and not rest[:1].isdigit():
            return True
        start = text.find(marker, start + 1)
    return False


def changes(before: Snapshot, after: Snapshot, student: str) -> Iterable[str]:
    """What one turn changed that was not this student's to change."""
    own = (f"autograded/{student}/", f"autograded/{student}")
    # Before the next student's turn is noted, the grader has begun with it.
    begun = (f"autograded/{after['student']}", f"autograded/{after['student']}/.toy.unfinished")
    names = {*before["files"], *after["files"]}
    changed = [name for name in sorted(names) if before["files"].get(name) != after["files"].get(name)]
    foreign = [name for name in changed if not name.startswith(own[0]) and name not in (own[1], *begun)]
    if foreign:
        yield f"changed in its turn: {', '.join(foreign[:5])}{' …' if len(foreign) > 5 else ''}"
    if before["base"] != after["base"]:
        yield "the gradebook's assignment changed in its turn"
    others = {*before["grades"], *after["grades"]} - {student}
    if any(before["grades"].get(other) != after["grades"].get(other) for other in others):
        yield "other people's grades changed in its turn"
    if after["process"] and before["process"] and before["process"] != after["process"]:
        same_run = before["process"]["id"] == after["process"]["id"]
        if same_run:
            yield f"the grader's process is another: {before['process']} became {after['process']}"


def unexplained(evidence: Evidence) -> list[str]:
    """What went wrong in the class and is nobody's in particular."""
    found = []
    for command in evidence.commands:
        found += [f"runs on behind the command: {survivor}" for survivor in command["survivors"]]
    # In the first turn the grader writes what it needs.
    for before, after in zip(evidence.turns[1:], evidence.turns[2:], strict=False):
        if is_honest(before["student"]):
            found += [f"{before['student']}: {change}" for change in changes(before, after, before["student"])]
    found += [f"heard at {name}: {data!r}" for name, data in evidence.heard if "pathwise_marker" not in data]
    found += [f"{name}: unreadable report" for name, report in evidence.reports.items() if "unreadable" in report]
    return found
