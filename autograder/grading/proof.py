"""What a verification found: frozen data, without any idea of where it will be shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

STUB, RIGHT, GENERATED, WRONG = "stub", "right", "generated", "misconception"


@dataclass(frozen=True)
class Answer:
    """One answer and how it was graded.

    Attributes:
        name: the implementation; the untouched cell is ``stub``.
        kind: ``stub``, ``right`` (the reference and its alternatives), ``generated`` or ``misconception``.
        earned: its points.
        named: the misconception that it was taken for.
        visible: whether the visible checks let it pass.
        student: whose numbers held, where each student has others.
    """

    name: str
    kind: str
    earned: float
    named: str | None = None
    visible: bool | None = None
    student: str = ""


@dataclass(frozen=True)
class Survivor:
    """A mutant with full marks that does not compute what the reference does.

    Attributes:
        rule: how it was made.
        difference: its lines and the reference's.
        call: an input that tells the two apart.
    """

    rule: str
    difference: str
    call: str


@dataclass(frozen=True)
class Mutation:
    """What became of the mutants of one reference.

    Attributes:
        total: how many there were.
        caught: how many lost points.
        equivalent: how many got full marks and agree with the reference on every random call.
        survivors: the others.
        seconds: how long it took to grade all of them, without the comparisons.
    """

    total: int = 0
    caught: int = 0
    equivalent: int = 0
    survivors: tuple[Survivor, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Proof:
    """What is known of one hidden grader.

    Attributes:
        problem: the stem.
        notebook: where it stands.
        points: what it is worth.
        answers: every answer that was graded.
        mutation: the mutants.
        faults: what falls short, one sentence each; survivors are counted here too.
    """

    problem: str
    notebook: str
    points: float
    answers: tuple[Answer, ...]
    mutation: Mutation
    faults: tuple[str, ...]

    def of(self, *kinds: str) -> list[Answer]:
        """The answers of some kinds."""
        return [answer for answer in self.answers if answer.kind in kinds]


@dataclass(frozen=True)
class Verification:
    """What is known of all hidden graders of one assignment.

    Attributes:
        assignment: its name.
        proofs: one for each problem.
        faults: what falls short in the assignment as a whole.
        repeats: how often everything was graded again under other conditions, with the same scores.
        seconds: how long it took.
    """

    assignment: str
    proofs: tuple[Proof, ...]
    faults: tuple[str, ...] = ()
    repeats: int = 0
    seconds: float = 0.0

    @property
    def all_faults(self) -> Sequence[str]:
        """Everything that falls short; nothing, where the graders are proven."""
        return [*self.faults, *(f"{proof.problem}: {fault}" for proof in self.proofs for fault in proof.faults)]

    @property
    def mutants_per_second(self) -> float:
        """How many mutants one process grades in a second."""
        seconds = sum(proof.mutation.seconds for proof in self.proofs)
        return sum(proof.mutation.total for proof in self.proofs) / seconds if seconds else 0.0

    def as_data(self) -> dict[str, Any]:
        """Plain data for machines."""
        return {**asdict(self), "mutants_per_second": self.mutants_per_second, "sound": not self.all_faults}
