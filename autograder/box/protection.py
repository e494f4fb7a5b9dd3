"""What confinement is for, and the least of it that grading demands."""

from collections.abc import Collection
from dataclasses import dataclass

from autograder.course.errors import ConfinementError


@dataclass(frozen=True)
class Protection:
    """One thing that a box must not be able to do.

    Attributes:
        name: what is protected.
        layers: each of these layers protects it by itself.
        lost: what a submission could do without.
    """

    name: str
    layers: tuple[str, ...]
    lost: str


PROTECTIONS = (
    Protection(
        "files",
        ("new_root", "landlock_rules"),
        "read the reference solutions, the gradebook and other submissions, and write wherever you may",
    ),
    Protection(
        "processes",
        ("pid_namespace", "other_user", "signals_of_its_own"),
        "kill the grader, and leave processes behind that go on after its end",
    ),
    Protection(
        "rights and times of files",
        ("new_root", "other_user", "seccomp_filter"),
        "change who may read your files, and when they were handed in",
    ),
    Protection(
        "priorities",
        ("pid_namespace", "other_user", "seccomp_filter"),
        "slow down the grader and all that you run",
    ),
    Protection("network", ("network_and_ipc_namespaces", "seccomp_filter"), "send what it has seen to anybody"),
    Protection("privileges", ("no_new_privileges",), "become root by way of a program that may"),
    Protection("memory", ("bounded_memory",), "take all of the machine's memory before anybody looks"),
)


def lacking(layers: Collection[str]) -> list[Protection]:
    """The protections that none of the layers gives."""
    return [protection for protection in PROTECTIONS if not set(protection.layers) & set(layers)]


def demand(layers: Collection[str]) -> None:
    """Hold that a box is confined well enough for code that attacks it.

    Raises:
        ConfinementError: it is not; the text says what is lacking, and what to do.
    """
    missing = lacking(layers)
    if missing:
        raise ConfinementError(
            f"this machine cannot confine a submission, which could {'; '.join(p.lost for p in missing)}. "
            "'autograder doctor' says what is missing; c.Box.accept_weak_confinement = True grades all the same"
        )
