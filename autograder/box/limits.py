"""What one box may use."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one box; times are wall-clock seconds, sizes are bytes.

    Attributes:
        cell_seconds: how long one cell may run; None for no bound.
        call_seconds: how long one call of a hidden test may run.
        session_seconds: how long all of it may take together; what comes later is not run.
        grace_seconds: how long code may take to react to an interrupt before it is killed.
        memory: how much more memory than the template's a box may take.
        file_size: the largest file that it may write.
        output: how much of one cell's output is kept.
        rebuilds: how many fresh boxes a notebook gets when its code kills or hangs them.
    """

    cell_seconds: float | None = 30.0
    call_seconds: float = 5.0
    session_seconds: float = 600.0
    grace_seconds: float = 1.0
    memory: int = 2048 * MEBIBYTE
    file_size: int = 64 * MEBIBYTE
    output: int = MEBIBYTE
    rebuilds: int = 20
