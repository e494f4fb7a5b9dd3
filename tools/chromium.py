"""Find a Chromium or Chrome that runs, and print its path; exit 1 when there is none.

    python3 tools/chromium.py [--install]

With --install a missing one is installed where that needs nobody's password: by apt, as root or with sudo.
The variable CHROMIUM, if set, names the one to take.
"""

import argparse
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Without fonts of its own a bare machine would draw empty boxes on every page.
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
MISSING = "no Chromium or Chrome was found, and none could be installed here: install one, or name it in CHROMIUM"


def main() -> int:
    """Print the path, or say that there is none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install one by apt if there is none")
    install = parser.parse_args().install
    path = find()
    if path is None and install and _apt_install():
        path = find()
    print(path or MISSING, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


def find() -> str | None:
    """The path of a browser that starts; Ubuntu's package of that name may be an empty shell around a snap."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [*NAMES, *PLACES]
    return next((path for path in map(shutil.which, candidates) if path and _runs(path)), None)


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _apt_install() -> bool:
    """Install by apt, unless that needs a password."""
    apt = shutil.which("apt-get")
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if apt is None or (rights and (not shutil.which("sudo") or _quiet([*rights, "true"]))):
        return False
    print("Installing Chromium for the browser tests ...", file=sys.stderr, flush=True)
    base = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-o", "DPkg::Lock::Timeout=300"]
    _quiet([*base, "update"])
    error = _quiet([*base, "install", "--yes", "--no-install-recommends", *PACKAGES])
    if error:
        print(error, file=sys.stderr)
    return not error


def _quiet(command: list[str]) -> str:
    """Run a command without a word; give the end of what it said if it failed."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return "" if done.returncode == 0 else done.stdout[-1000:] or f"exit code {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
