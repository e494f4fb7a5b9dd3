"""Make ``requirements/lock.txt`` anew: the newest versions of everything that ``make test`` installs.

    python3 tools/lock.py [--torch VERSION]

torch keeps the version that it has in the lock unless one is named: on Linux it brings gigabytes with it, so a newer
one should be somebody's decision. Local version labels (2.0+cpu) are left out: one index has them, another does not.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from install import LOCK, PROJECT, make_venv, pip, this_platform, venv_python

HEADER = f"""# Exact versions for {this_platform()}
# Made by 'make lock'; used as constraints, so a package that another platform does not need is never installed there.
"""


def main() -> None:
    """Resolve in a throw-away environment and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", default=_locked("torch"), metavar="VERSION", help="default: the version in the lock")
    torch = parser.parse_args().torch
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    first = ["setuptools", f"torch=={torch}" if torch else "torch"]
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder)
        make_venv(venv)
        if not (pip(venv, "install", *first) and pip(venv, "install", *first, *wanted) and pip(venv, "check")):
            sys.exit("The lock is as it was: the installation failed; see above.")
        frozen = subprocess.run(
            [venv_python(venv), "-I", "-m", "pip", "freeze", "--all"], capture_output=True, check=True, text=True
        ).stdout
    pins = [f"{name}=={version}" for name, version in _pins(frozen) if name != "pip"]
    LOCK.parent.mkdir(exist_ok=True)
    LOCK.write_text(HEADER + "\n".join(sorted(pins, key=str.lower)) + "\n", encoding="utf-8")
    print(f"{LOCK.relative_to(PROJECT.parent)}: {len(pins)} packages")


def _pins(frozen: str) -> list[tuple[str, str]]:
    """Names and versions of ``pip freeze``; a package that came from a file is listed there by its address."""
    pins = []
    for line in frozen.splitlines():
        name, _, version = line.partition("==")
        if not version:
            name, _, address = line.partition(" @ ")
            version = re.sub(r".*/[^/-]+-([^-]+)-.*", r"\1", address).replace("%2B", "+")
        pins.append((name, version.partition("+")[0]))
    return pins


def _locked(name: str) -> str | None:
    """The version of a package in the lock that stands."""
    lines = LOCK.read_text(encoding="utf-8").splitlines() if LOCK.exists() else []
    return next((line.partition("==")[2] for line in lines if line.startswith(f"{name}==")), None)


if __name__ == "__main__":
    main()
