"""Runs a command that is confined by nothing of ours so that it cannot hurt this machine: for stock nbgrader only.

``python fence.py ARENA UID command …`` as root, or as anybody else without mounts of its own: in a fresh namespace of
process ids, which dies with the command, of IPC and of mounts. There all file systems are read-only but for the arena,
shared memory is small, and the command runs as a user who owns nothing but the arena. The network is the machine's, or
nothing could be heard at its loopback.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

INSIDE = "--inside"
PROCESSES = 600
DISKS = ("ext2", "ext3", "ext4", "xfs", "btrfs", "overlay", "zfs", "tmpfs")


def main() -> None:
    """Make the namespaces, or, inside of them, the mounts, and become the command."""
    if sys.argv[1] != INSIDE:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        unshare = ["unshare", *user, "--pid", "--fork", "--kill-child", "--mount", "--ipc", "--mount-proc"]
        os.execvp("unshare", [*unshare, sys.executable, __file__, INSIDE, *sys.argv[1:]])
    arena, user_id, command = Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    protect(arena)
    os.chdir(os.getcwd())
    resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if user_id:
        os.setgroups([])
        os.setresgid(user_id, user_id, user_id)
        os.setresuid(user_id, user_id, user_id)
    os.execv(command[0], command)


def protect(arena: Path) -> None:
    """Leave nothing to write to but the arena, and let everybody reach the interpreter."""
    mount("--bind", str(arena), str(arena))
    reach(Path(sys.base_prefix))
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.replace("\\040", " ").split(" ")
        if kind in DISKS and not Path(place).is_relative_to(arena):
            subprocess.run(["mount", "-o", "remount,bind,ro", place], check=False, capture_output=True)
    for place in ("/dev/shm", "/var/tmp"):
        mount("-t", "tmpfs", "-o", "size=1g,mode=1777", "tmpfs", place)


def reach(prefix: Path) -> None:
    """Show the interpreter in the place of a home that is shut to others."""
    shut = [folder for folder in reversed(prefix.parents) if not folder.stat().st_mode & 0o001]
    if shut:
        mount("-t", "tmpfs", "tmpfs", "/mnt")
        os.mkdir("/mnt/interpreter")
        mount("--bind", str(prefix), "/mnt/interpreter")
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(shut[0]))
        prefix.mkdir(parents=True)
        mount("--bind", "/mnt/interpreter", str(prefix))


def mount(*arguments: str) -> None:
    """Mount, or end: without its mounts the command must not run."""
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    main()
