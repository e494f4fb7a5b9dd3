"""What one box may use."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one box; times are seconds of a clock on the wall unless they are called CPU time, sizes are bytes.

    Attributes:
        cell_seconds: how long one cell may run; None for no bound.
        call_seconds: how long one call of a hidden test may run.
        session_seconds: how long all of it may take together; what comes later is not run.
        cpu_seconds: how much processor time all processes of a box may take together.
        grace_seconds: how long code may take to react to an interrupt before it is killed.
        memory: how much more memory than the template's a box may take, all its processes together.
        processes: how many processes and threads it may have at a time.
        descriptors: how many files one process may have open.
        file_size: the largest file that it may write.
        disk: how much its files may take together.
        files: how many files and folders it may have.
        output: how much of one cell's output is kept.
        reply: how much one reply to the judge may take.
        rebuilds: how many fresh boxes a notebook gets when its code kills or hangs them.
    """

    cell_seconds: float | None = 30.0
    call_seconds: float = 5.0
    session_seconds: float = 600.0
    cpu_seconds: float = 600.0
    grace_seconds: float = 1.0
    memory: int = 2048 * MEBIBYTE
    processes: int = 64
    descriptors: int = 1024
    file_size: int = 256 * MEBIBYTE
    disk: int = 512 * MEBIBYTE
    files: int = 10_000
    output: int = MEBIBYTE
    reply: int = 64 * MEBIBYTE
    rebuilds: int = 20
