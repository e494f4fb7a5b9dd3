"""The figures as text, as Markdown and as a picture."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bench.curve import ALIKE, UNLIKE, Point
from tools.bench.roads import Road
from tools.bench.watch import MEBIBYTE


@dataclass
class Results:
    """What was measured; parts that were not are empty.

    Attributes:
        versions: of what takes part, by name.
        machine: in a line.
        roads: with their rounds; the first is stock.
        firsts: seconds to the first result, each from a cold start.
        stages: by kind of class, what ``stages.measure`` gives.
        points: of the curve.
        notes: what else is to be said.
    """

    versions: dict[str, str]
    machine: str
    roads: list[Road] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table; the first column is text, the others are numbers.

    Attributes:
        title: what stands above it.
        header: of each column.
        rows: the cells.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_text(self) -> str:
        """The table for a terminal."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.header))]
        shown = [
            "  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))])
            for line in lines
        ]
        return "\n".join([self.title, "", shown[0], "-" * len(shown[0]), *shown[1:]])

    def as_markdown(self) -> str:
        """The table for a page."""
        rule = ["---", *("---:" for _ in self.header[1:])]
        rows = "\n".join(f"| {' | '.join(line)} |" for line in [self.header, rule, *self.rows])
        return f"**{self.title}**\n\n{rows}"


def show(results: Results, markdown: bool) -> str:
    """Write everything."""
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    parts = [f"{versions}\n{results.machine}"]
    for table in tables(results):
        parts.append(table.as_markdown() if markdown else table.as_text())
    parts += [f"{road.title}: {'; '.join([road.does, *road.notes])}." for road in results.roads]
    parts += results.notes
    if markdown:
        parts.append(for_the_readme(results).as_markdown())
    return "\n\n".join(parts)


def tables(results: Results) -> Iterable[Table]:
    """Every table of what was measured."""
    if results.roads:
        yield _of_roads(results.roads)
    if results.firsts:
        yield _of_firsts(results.firsts)
    for kind, measured in results.stages.items():
        yield _of_stages(kind, measured)
    if results.points:
        yield _of_points(results.points)


def for_the_readme(results: Results) -> Table:
    """The rows of the README's table."""
    rows = []
    for road in results.roads:
        rows.append((f"{road.title}: seconds of a submission of four notebooks", _spread(road.rounds)))
    for road in results.roads[1:]:
        rows.append((f"{road.title}: times as fast as stock", _ratio(results.roads[0], road)))
    if results.firsts:
        rows.append(("`autograder grade`, from a cold start to the first result", f"{_spread(results.firsts)} s"))
    for point in results.points:
        figure = f"{point.seconds:.0f} s; {point.rate:.2f}; {_megabytes(point.memory.coordinator)} MB"
        rows.append((f"a class of {point.students}, {point.kind}: time; submissions a second; coordinator", figure))
    return Table("For the README", ("what", "figure", "printed by"), [(*row, "`make bench`") for row in rows])


def _of_roads(roads: Sequence[Road]) -> Table:
    stock = roads[0]
    rows = [
        (road.title, f"{road.median:.3f}", f"{min(road.rounds):.3f}..{max(road.rounds):.3f}", _ratio(stock, road))
        for road in roads
    ]
    header = ("road", "median", "min..max", "times as fast as stock")
    return Table(f"Seconds of a submission, {len(stock.rounds)} interleaved rounds", header, rows)


def _of_firsts(firsts: Sequence[float]) -> Table:
    row = ("autograder grade", f"{statistics.median(firsts):.2f}", f"{min(firsts):.2f}..{max(firsts):.2f}")
    return Table("Seconds from a cold start to the first result", ("command", "median", "min..max"), [row])


def _of_stages(kind: str, measured: dict[str, Any]) -> Table:
    shares = [share for share in measured["shares"] if share["students"]]
    header, begun = ["stage"], 0
    for share in shares:
        header += [f"students {begun + 1} to {begun + share['students']}: wall", "processor here"]
        begun += share["students"]
    rows = []
    for stage in shares[0]["stages"]:
        rows.append([stage, *(_milliseconds(share, seconds) for share in shares for seconds in share["stages"][stage])])
    sums = [sum(each[clock] for each in share["stages"].values()) for share in shares for clock in (0, 1)]
    rows.append(["together", *(_milliseconds(shares[i // 2], total) for i, total in enumerate(sums))])
    known = [f"{share['remembered'] / max(share['tests'], 1):.0%}" for share in shares]
    rows.append(["hidden tests judged from memory", *(cell for share in known for cell in (share, ""))])
    title = (
        f"Milliseconds of a submission by stage, one process, class {kind}; its start took {measured['start']:.1f} s"
    )
    return Table(title, header, rows)


def _of_points(points: Sequence[Point]) -> Table:
    times = ("seconds", "a second", "after the first", "first result")
    header = ("class", "students", *times, "coordinator MB", "worker MB", "box MB", "together MB")
    rows = []
    for point in points:
        memory = point.memory
        figures = (f"{point.seconds:.1f}", f"{point.rate:.2f}", f"{point.steady:.2f}", f"{point.first:.2f}")
        peaks = map(_megabytes, (memory.coordinator, memory.worker, memory.box, memory.together))
        rows.append((point.kind, str(point.students), *figures, *peaks))
    return Table("autograder grade on all cores, by size of the class, with peaks of memory", header, rows)


def _milliseconds(share: dict[str, Any], seconds: float) -> str:
    return f"{1000 * seconds / share['students']:.1f}"


def _spread(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _ratio(stock: Road, road: Road) -> str:
    return f"{stock.median / road.median:.1f}"


def _megabytes(size: int) -> str:
    return f"{size / MEBIBYTE:.0f}" if size else "unknown"


def plot(points: Sequence[Point], title: str, path: Path) -> None:
    """Draw throughput and the coordinator's memory over the size of the class."""
    import matplotlib

    matplotlib.use("Agg")
    # The same figures make the same file, so that a picture that is kept changes with them alone.
    matplotlib.rcParams["svg.hashsalt"] = "bench"
    from matplotlib import pyplot
    from matplotlib.ticker import ScalarFormatter

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for kind, style in ((ALIKE, "o-"), (UNLIKE, "s--")):
        of_kind = [point for point in points if point.kind == kind]
        if of_kind:
            sizes = [point.students for point in of_kind]
            left.plot(sizes, [point.rate for point in of_kind], style, label=kind)
            right.plot(sizes, [point.memory.coordinator / MEBIBYTE for point in of_kind], style, label=kind)
    left.set(title="submissions a second, start included", xlabel="students")
    right.set(title="peak memory of the coordinator, MB", xlabel="students")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xticks(sorted({point.students for point in points}))
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.minorticks_off()
        axes.set_ylim(0, 1.15 * axes.get_ylim()[1])
        axes.grid(alpha=0.3)
        axes.legend()
    figure.suptitle(title, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)
