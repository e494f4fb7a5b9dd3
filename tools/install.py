"""Make ``.venv`` and install the project into it, with the exact versions of the lock; nothing to do when it stands.

    python3 tools/install.py --extras lab test

Needs nothing but Python. The lock was made for one Python and one platform, which its first line names. There a lock
that does not fit is an error; on any other, the newest versions are taken instead, and a line says so.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (this file is run by whatever python3 is)
    sys.exit("Pathwise needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "pathwise.json"
LOCK = ROOT / "requirements" / "lock.txt"
PROJECT = ROOT / "pyproject.toml"


def main() -> None:
    """Install what is asked for, unless it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", nargs="*", default=[], help="extras of the project, such as lab or test")
    wanted = set(parser.parse_args().extras)
    fingerprint = _fingerprint()
    present = _present(fingerprint)
    if present is not None and wanted <= present:
        return
    if present is None:
        _make_environment()
    install((present or set()) | wanted)
    STAMP.write_text(json.dumps({"fingerprint": fingerprint, "extras": sorted((present or set()) | wanted)}))


def install(extras: set[str]) -> None:
    """Install the project in editable form."""
    names = f"[{','.join(sorted(extras))}]" if extras else ""
    print(f"Installing into .venv: pathwise{names} and what it needs (a few hundred MB) ...", flush=True)
    if _pip_install(names, "--constraint", str(LOCK)):
        if locked_platform() == this_platform():
            _hold_complete()
        return
    if locked_platform() == this_platform():
        sys.exit("The locked versions could not be installed; see above. 'make lock' makes a new lock.")
    print(
        f"\n*** The lock was made for {locked_platform()} and does not fit {this_platform()}. ***\n"
        "*** Installing the newest versions instead of the locked ones.  ***\n",
        flush=True,
    )
    if not _pip_install(names):
        sys.exit("The installation failed; see above.")


def this_platform() -> str:
    """The Python and the platform that run this."""
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{platform.python_implementation()} {version} on {platform.system()} {platform.machine()}"


def locked_platform() -> str:
    """The Python and the platform that the lock was made on."""
    first, _, _ = LOCK.read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("# Exact versions for ")


def venv_python(venv: Path = VENV) -> str:
    """The interpreter of an environment."""
    return str(venv / "bin" / "python")


def make_venv(venv: Path) -> None:
    """Make an empty environment, in place of any older one."""
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)]).returncode != 0:
        sys.exit("'python3 -m venv' failed; on Debian and Ubuntu it comes with: apt-get install python3-venv")


def pip(venv: Path, *arguments: str) -> bool:
    """Run pip in an environment, quiet but for errors; tell whether it succeeded."""
    command = [venv_python(venv), "-I", "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


def _pip_install(names: str, *constraint: str) -> bool:
    # torch goes first: nothing that is resolved later can then choose another build of it. setuptools is needed here
    # since the project is built without a second, unlocked environment.
    first = pip(VENV, "install", *constraint, "setuptools", "torch")
    return first and pip(VENV, "install", *constraint, "--no-build-isolation", "--editable", f"{ROOT}{names}")


def _make_environment() -> None:
    print(f"Making .venv for {this_platform()} ...", flush=True)
    make_venv(VENV)


def _hold_complete() -> None:
    """Hold that the lock names everything that was installed; otherwise two installs could differ."""
    command = [venv_python(), "-I", "-m", "pip", "--disable-pip-version-check", "list", "--format=json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["name"]
    locked = {_normal(line.partition("==")[0]) for line in LOCK.read_text(encoding="utf-8").splitlines()}
    missing = sorted(entry["name"] for entry in listed if _normal(entry["name"]) not in {*locked, project, "pip"})
    if missing:
        sys.exit(f"requirements/lock.txt lacks {', '.join(missing)}: run 'make lock' and commit the result")


def _normal(name: str) -> str:
    """A package's name as the index knows it: Some_Name and some-name are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _fingerprint() -> str:
    """What the environment depends on; when it changes, the environment is made anew."""
    tables = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    parts = [tables["project"], tables["build-system"], LOCK.read_text(encoding="utf-8"), sys.version, str(ROOT)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _present(fingerprint: str) -> set[str] | None:
    """The extras of the environment that stands, or None if there is none that fits."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = stamp["fingerprint"] == fingerprint and os.access(venv_python(), os.X_OK)
    return set(stamp["extras"]) if usable else None


if __name__ == "__main__":
    main()
