"""Make or refresh a student's own copy of an assignment: what the student has changed stays as it is.

Usage: python3 tools/student_copy.py assignments/reparameterization lab/reparameterization
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

MEMORY = ".released.json"  # in the copy: the digest of each file as it was released


def main(release: Path, copy: Path) -> None:
    """Copy every file that is missing, or that is still as it was released."""
    if not any(release.glob("*.ipynb")):
        sys.exit(f"{release} has no notebooks yet: run 'make release'")
    copy.mkdir(parents=True, exist_ok=True)
    memory = copy / MEMORY
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    for source in sorted(path for path in release.rglob("*") if path.is_file()):
        name = source.relative_to(release).as_posix()
        target = copy / name
        if target.exists() and _digest(target) not in {known.get(name), _digest(source)}:
            if known.get(name) != _digest(source):
                print(f"{target}: kept as you left it; the release has a newer one, {source}")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        known[name] = _digest(source)
    memory.write_text(json.dumps(known, indent=1), encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
