"""What the processes of a box take together, read from ``/proc``."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KIBIBYTE = 1024


@dataclass
class Count:
    """One look at a box.

    Attributes:
        memory: bytes of its own that its processes hold, at most; pages that several share count for each.
        processes: the number of processes.
    """

    memory: int = 0
    processes: int = 0


class Census:
    """Counts a box's processes, and adds up the processor time of all that it ever saw.

    Args:
        private: whether ``/proc`` shows the box's processes and this one alone; otherwise those are counted that
            descend from this process.
    """

    def __init__(self, private: bool) -> None:
        self._private = private
        self._ticks: dict[tuple[int, str], int] = {}

    @property
    def cpu_seconds(self) -> float:
        """The processor time of all processes that were seen, also of those that have ended."""
        return sum(self._ticks.values()) / _TICKS

    def count(self) -> Count:
        """Look at every process once."""
        count = Count()
        for process in self.members():
            try:
                stat = Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2].split()
                status = Path(f"/proc/{process}/status").read_text(errors="replace")
            except OSError:
                continue  # it has ended meanwhile
            # Fields 14, 15 and 22 of the file, whose first two stand before the bracket.
            self._ticks[process, stat[19]] = int(stat[11]) + int(stat[12])
            count.memory += sum(_sizes(status, "RssAnon:", "RssShmem:"))
            count.processes += 1
        return count

    def precise_memory(self) -> int:
        """The same memory with each shared page divided among those that share it: slower, and never too much."""
        total = 0
        for process in self.members():
            try:
                total += _shared_out(process)
            except OSError:
                continue
        return total

    def last_number(self) -> int:
        """The number that the newest process or thread of the box has got: they count up."""
        return newest() if self._private else 0

    def members(self) -> list[int]:
        """The numbers of the box's processes."""
        if self._private:
            ours = os.getpid()
            return [number for name in os.listdir("/proc") if name.isdigit() and (number := int(name)) != ours]
        # Our own number in this /proc: in a pid namespace we have another one.
        return list(_descendants(int(os.readlink("/proc/self"))))


def _shared_out(process: int) -> int:
    try:
        return sum(_sizes(Path(f"/proc/{process}/smaps_rollup").read_text(), "Pss_Anon:", "Pss_Shmem:"))
    except PermissionError:
        # It is another user's, and a container's root may not look: rather too much than nothing.
        return sum(_sizes(Path(f"/proc/{process}/status").read_text(), "RssAnon:", "RssShmem:"))


def newest() -> int:
    """The number of the newest process or thread that this one could see; in the end they begin again."""
    return int(Path("/proc/loadavg").read_text().split()[4])


def _descendants(process: int) -> Iterator[int]:
    pending = [process]
    while pending:
        parent = pending.pop()
        try:
            children = [
                int(child)
                for task in os.listdir(f"/proc/{parent}/task")
                for child in Path(f"/proc/{parent}/task/{task}/children").read_text().split()
            ]
        except OSError:
            continue
        yield from children
        pending += children


def _sizes(text: str, *names: str) -> Iterator[int]:
    """Sizes in bytes, by the kernel's names; those that are missing are left out."""
    for line in text.splitlines():
        if line.startswith(names):
            yield int(line.split()[1]) * _KIBIBYTE
