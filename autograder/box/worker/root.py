"""A root of its own for a box: the system read-only, a few folders to write in, and nothing else that has a name."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

from autograder.box.worker import kernel, places

# What the folders and links below need themselves.
_INODES_OF_OURS, _BYTES_OF_OURS = 500, 1 << 20
_PAGE = 4096
# No deeper than this do files beside a notebook count: a path has its bounds, and so has Python's stack.
_MOST_LEVELS = 64
_NAMES = {
    "etc/passwd": "root:x:0:0::/:/bin/sh\nstudent:x:{user}:{user}::/home/student:/bin/sh\n",
    "etc/group": "root:x:0:\nstudent:x:{user}:\n",
}
_LINKS = {
    "ptmx": "pts/ptmx",
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
}


def get_ready() -> None:
    """Look up once, before any fork, what every box is shown."""
    for path in places.readable():
        if path.is_file():
            _content(path)


@functools.cache
def _content(path: Path) -> bytes:
    """A small file of the system, which is copied: a mount would take longer, at its end too."""
    return path.read_bytes()


def build(root: Path, size: int, inodes: int, user: int) -> None:
    """Lay out a new root in a folder, within mounts of this process's own.

    Args:
        root: the folder; whoever does not share the mounts sees it stay empty.
        size: how many bytes may be written in it, all folders together.
        inodes: how many files and folders may be made.
        user: whose name is student.

    Raises:
        OSError: the machine does not offer it.
    """
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    options = f"mode=755,size={size + _BYTES_OF_OURS},nr_inodes={inodes + _INODES_OF_OURS}"
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    for path in places.readable():
        _show(path, root)
    for name, text in _NAMES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.format(user=user))
    for folder in (places.HOME, places.TEMPORARY, places.SHARED_MEMORY):
        place = _inside(root, folder)
        place.mkdir(parents=True, exist_ok=True)  # the interpreter may lie in it
        place.chmod(0o700)
        os.chown(place, user, user)
        kernel.bind(place, place)
    for device in places.DEVICES:
        if device.exists():
            _show_as_it_is(device, root)
    (root / "dev/pts").mkdir()
    terminals = kernel.MS_NOSUID | kernel.MS_NOEXEC
    kernel.mount("devpts", root / "dev/pts", "devpts", terminals, "newinstance,ptmxmode=0666,mode=0620,max=32")
    for name, target in _LINKS.items():
        (root / "dev" / name).symlink_to(target)
    (root / "proc").mkdir()
    kernel.mount("proc", root / "proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)


def enter(root: Path) -> None:
    """Make it the root of this process; what is not in it is out of reach from now on.

    Raises:
        OSError: the machine does not offer it.
    """
    kernel.restrict_mounts(root, kernel.ATTR_RDONLY, recursive=False)
    kernel.enter_root(root)


def _inside(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _show(path: Path, root: Path) -> None:
    """Show a place of the machine under its own name, read-only."""
    if path.is_symlink():
        if not os.path.lexists(_inside(root, path)):
            _inside(root, path).parent.mkdir(parents=True, exist_ok=True)
            _inside(root, path).symlink_to(os.readlink(path))
        return
    if path.is_file():
        _inside(root, path).parent.mkdir(parents=True, exist_ok=True)
        _inside(root, path).write_bytes(_content(path))
        return
    place = _show_as_it_is(path, root)
    kernel.restrict_mounts(place, kernel.ATTR_RDONLY | kernel.ATTR_NOSUID | kernel.ATTR_NODEV)


def _show_as_it_is(path: Path, root: Path) -> Path:
    place = _inside(root, path)
    if path.is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    kernel.bind(path, place)
    return place


def furnish(source: Path, home: Path, size: int, inodes: int) -> list[str]:
    """Copy what lies beside a notebook into a box's home: plain files and folders, links as they are.

    Notebooks stay out, and so does whatever does not fit, the largest first: a submission may hold anything.

    Args:
        source: the folder beside the notebook.
        home: where the copies go.
        size: how many bytes they may take together.
        inodes: how many files and folders they may be.

    Returns:
        The names of those that did not fit.

    Raises:
        OSError: something cannot be read or written.
    """
    left_out = []
    found = sorted(_entries(source, inodes), key=lambda entry: (entry[1], entry[0]))
    for name, length in found[:inodes]:
        size -= -(-length // _PAGE) * _PAGE
        if size < 0 or not _copy(source / name, home / name):
            left_out.append(name)
    return [*left_out, *(name for name, _ in found[inodes:])]


def _entries(source: Path, most: int) -> Iterator[tuple[str, int]]:
    """The names of files and links below a folder, with their sizes; folders come with what is in them."""
    pending = [(source, 0)]
    seen = 0
    while pending and seen <= most:
        folder, level = pending.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                seen += 1
                if entry.is_dir(follow_symlinks=False):
                    pending += [(Path(entry.path), level + 1)] if level < _MOST_LEVELS else []
                elif entry.is_symlink() or (entry.is_file(follow_symlinks=False) and not entry.name.endswith(".ipynb")):
                    yield os.path.relpath(entry.path, source), entry.stat(follow_symlinks=False).st_size


def _copy(old: Path, new: Path) -> bool:
    """Copy one file or link; say whether it could be read."""
    new.parent.mkdir(parents=True, exist_ok=True)
    if old.is_symlink():
        new.symlink_to(os.readlink(old))
        return True
    try:
        reading = os.open(old, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    # nbgrader's copies may be read-only; in a box they are the student's to change.
    with open(reading, "rb") as source, open(new, "wb") as copy:
        while chunk := source.read(1 << 20):
            copy.write(chunk)
    return True


def give(home: Path, user: int) -> None:
    """Make a user the owner of a home and of all that is in it."""
    os.chown(home, user, user)
    for folder, folders, files in os.walk(home):
        for name in [*folders, *files]:
            os.chown(os.path.join(folder, name), user, user, follow_symlinks=False)
