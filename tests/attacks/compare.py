"""Sends the corpus against stock nbgrader and against Pathwise, and prints how much of it gets through.

``python tests/attacks/compare.py [--families forging lying] [--workers 2] [--details] [--results FILE]``

Stock nbgrader is given the same exam with hidden tests in the notebook, as it has them, and runs behind a fence
(``fence.py``). What it tells everybody whose answer is wrong, the text of hidden tests, counts as stolen by nobody.
Each attack has a class of its own, with an honest student before and behind it. It takes about an hour on two cores;
``--results FILE`` goes on where an earlier run has ended.
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from arena import HERE, Arena, make_course
from battle import fight
from corpus import FAMILIES, Attack, load
from verdict import Verdict, judge, unexplained

GRADERS = ("stock", "ours")
KINDS = ("gain", "steal", "harm")
FIRST_USER = 62000


def main() -> None:
    """Fight every fight and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--families", nargs="*", default=FAMILIES, choices=FAMILIES)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--details", action="store_true", help="print what each attack achieved")
    parser.add_argument("--results", type=Path, help="a file that keeps what was found, and from which is gone on")
    options = parser.parse_args()
    attacks = load(*options.families)
    kept = options.results
    found: dict[str, list[list[str]]] = json.loads(kept.read_text()) if kept and kept.exists() else {}
    with tempfile.TemporaryDirectory(prefix="arena-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        root.chmod(0o755)
        for grader in GRADERS:
            make_course(Arena(root / grader), stock=grader == "stock")
        waiting = [(grader, attack) for grader in GRADERS for attack in attacks if f"{grader} {attack}" not in found]
        with ThreadPoolExecutor(options.workers) as pool:
            verdicts = pool.map(lambda one: fought(root, *one), waiting)
            for (grader, attack), verdict in zip(waiting, verdicts, strict=True):
                found[f"{grader} {attack}"] = [list(verdict.gain), list(verdict.steal), list(verdict.harm)]
                if kept:
                    kept.write_text(json.dumps(found, indent=1))
    judged = {name: Verdict(*map(tuple, three)) for name, three in found.items()}
    if options.details:
        for attack in attacks:
            for grader in GRADERS:
                print(f"{attack}, {grader}: {'; '.join(str(judged[f'{grader} {attack}']).splitlines())}")
    print(table(attacks, judged))


def fought(root: Path, grader: str, attack: Attack) -> Verdict:
    """Let one attack fight against one grader, and judge it."""
    ground = root / f"{grader}-{attack.name}"
    fence: list[str] = []
    user = 0
    if grader == "stock":
        user = FIRST_USER + zlib.crc32(attack.name.encode()) % 1000 if os.geteuid() == 0 else 0
        fence = [sys.executable, str(HERE / "fence.py"), str(ground), str(user)]
    try:
        evidence = fight(ground, root / grader, [attack], feedback=grader == "ours", fence=fence, owner=user)
        verdict = judge(evidence, attack)
        verdict = Verdict(verdict.gain, verdict.steal, (*verdict.harm, *unexplained(evidence)))
    except (OSError, ValueError, sqlite3.Error) as error:
        verdict = Verdict((), (), (f"left a course that cannot be looked at: {error}"[:200],))
    print(f"{grader}: {attack}: {'; '.join(str(verdict).splitlines())}", file=sys.stderr, flush=True)
    # However deep it is.
    subprocess.run(["rm", "-rf", str(ground)], check=False)
    return verdict


def table(attacks: list[Attack], verdicts: dict[str, Verdict]) -> str:
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
            sum(1 for name in chosen if getattr(verdicts[f"{grader} {name}"], kind))
            for grader in GRADERS
            for kind in KINDS
        ]
        lines.append(f"| {family or 'all'} | {len(chosen)} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
