"""Sends the corpus against stock nbgrader and against Pathwise, and prints how much of it gets through.

``python tests/attacks/compare.py [--families forging lying] [--workers 2] [--details]``

Stock nbgrader is given the same exam with hidden tests in the notebook, as it has them, and runs behind a fence
(``fence.py``). What it tells everybody whose answer is wrong, the text of hidden tests, counts as stolen by nobody. An
honest student is graded before and behind each attack; attacks that may go on when their turn is over have a class of
their own. It takes about half an hour on two cores.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from arena import HERE, Arena, make_course
from battle import fight
from corpus import FAMILIES, Attack, load
from verdict import Verdict, judge, unexplained

GRADERS = ("stock", "ours")
KINDS = ("gain", "steal", "harm")
ALONE = ("harming", "corrupting")
FIRST_USER = 62000


def main() -> None:
    """Fight every fight and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--families", nargs="*", default=FAMILIES, choices=FAMILIES)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--details", action="store_true", help="print what each attack achieved")
    options = parser.parse_args()
    attacks = load(*options.families)
    verdicts: dict[str, dict[str, Verdict]] = {}
    with tempfile.TemporaryDirectory(prefix="arena-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        root.chmod(0o755)
        for grader in GRADERS:
            make_course(Arena(root / grader), stock=grader == "stock")
            groups = [(root / f"{grader}-{n}", root / grader, group) for n, group in enumerate(grouped(attacks))]
            verdicts[grader] = {}
            with ThreadPoolExecutor(options.workers) as pool:
                for found in pool.map(lambda group: fought(*group), groups):
                    verdicts[grader].update(found)
    if options.details:
        for attack in attacks:
            for grader in GRADERS:
                print(f"{attack}, {grader}: {'; '.join(str(verdicts[grader][str(attack)]).splitlines())}")
    print(table(attacks, verdicts))


def grouped(attacks: list[Attack]) -> list[list[Attack]]:
    """Who is graded in one class."""
    families = [[attack for attack in attacks if attack.family == family] for family in FAMILIES]
    together = [family for family in families if family and family[0].family not in ALONE]
    return together + [[attack] for attack in attacks if attack.family in ALONE]


def fought(ground: Path, made: Path, attacks: list[Attack]) -> dict[str, Verdict]:
    """Let attacks fight in one class, and judge each."""
    stock, fence = made.name == GRADERS[0], []
    if stock:
        user = FIRST_USER + int(ground.name.rpartition("-")[2]) if os.geteuid() == 0 else 0
        fence = [sys.executable, str(HERE / "fence.py"), str(ground), str(user)]
    evidence = fight(ground, made, attacks, feedback=not stock, fence=fence)
    verdicts = {str(attack): judge(evidence, attack) for attack in attacks}
    others = unexplained(evidence)
    if len(attacks) == 1:
        (name, verdict), *_ = verdicts.items()
        verdicts[name] = Verdict(verdict.gain, verdict.steal, (*verdict.harm, *others))
    elif others:
        print(f"{made.name}, {attacks[0].family}, nobody's in particular: {others}", file=sys.stderr)
    for name, verdict in verdicts.items():
        print(f"{made.name}: {name}: {'; '.join(str(verdict).splitlines())}", file=sys.stderr, flush=True)
    shutil.rmtree(ground, ignore_errors=True)
    return verdicts


def table(attacks: list[Attack], verdicts: dict[str, dict[str, Verdict]]) -> str:
    """The table of the README."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "pathwise"))
    lines = [
        f"{versions}, Python {platform.python_version()}, {platform.system()} {platform.release()}",
        "",
        f"| family | attacks | {' | '.join(f'{kind}, {grader}' for grader in GRADERS for kind in KINDS)} |",
        f"|---|{'---|' * (1 + len(GRADERS) * len(KINDS))}",
    ]
    families = [family for family in FAMILIES if any(attack.family == family for attack in attacks)]
    for family in [*families, ""]:
        chosen = [str(attack) for attack in attacks if family in ("", attack.family)]
        counts = [
            sum(1 for name in chosen if getattr(verdicts[grader][name], kind)) for grader in GRADERS for kind in KINDS
        ]
        lines.append(f"| {family or 'all'} | {len(chosen)} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
