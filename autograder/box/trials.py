"""What is tried from inside a box: functions that travel there as text, as a probe of a hidden grader does.

Each raises ``OSError`` where the box holds, and returns where it got through. It uses nothing from outside itself.
"""

from collections.abc import Callable


def _read(notebook: object, bait: dict[str, str]) -> None:
    with open(bait["secret"]) as file:
        file.read()


def _list(notebook: object, bait: dict[str, str]) -> None:
    import os

    os.listdir(bait["folder"])


def _write(notebook: object, bait: dict[str, str]) -> None:
    with open(bait["folder"] + "/written", "w") as file:
        file.write("out")


def _change_rights(notebook: object, bait: dict[str, str]) -> None:
    import os

    mode = os.stat(bait["secret"]).st_mode
    os.chmod(bait["secret"], mode ^ 1)
    if os.stat(bait["secret"]).st_mode == mode:
        raise PermissionError("all went well, and nothing has changed")


def _change_times(notebook: object, bait: dict[str, str]) -> None:
    import os

    os.utime(bait["secret"], (0, 0))
    if os.stat(bait["secret"]).st_mtime != 0:
        raise PermissionError("all went well, and nothing has changed")


def _change_attributes(notebook: object, bait: dict[str, str]) -> None:
    import os

    os.setxattr(bait["secret"], "user.autograder", b"changed")


def know(notebook: object, bait: dict[str, str]) -> None:
    """Find a file by its name."""
    import os

    os.stat(bait["secret"])


def _signal(notebook: object, bait: dict[str, str]) -> None:
    import os

    os.kill(int(bait["judge"]), 0)


def _slow(notebook: object, bait: dict[str, str]) -> None:
    import os

    os.setpriority(os.PRIO_PROCESS, int(bait["judge"]), os.getpriority(os.PRIO_PROCESS, int(bait["judge"])))


def _look(notebook: object, bait: dict[str, str]) -> None:
    with open(f"/proc/{bait['judge']}/environ", "rb") as file:
        file.read()


def _connect(notebook: object, bait: dict[str, str]) -> None:
    import socket

    socket.create_connection(("127.0.0.1", int(bait["tcp"])), timeout=5).close()


def _connect_unix(notebook: object, bait: dict[str, str]) -> None:
    import socket

    socket.socket(socket.AF_UNIX).connect(bait["unix"])


def _connect_abstract(notebook: object, bait: dict[str, str]) -> None:
    import socket

    socket.socket(socket.AF_UNIX).connect(bait["abstract"])


def _send(notebook: object, bait: dict[str, str]) -> None:
    import socket

    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", ("127.0.0.1", int(bait["tcp"])))


def _gain(notebook: object, bait: dict[str, str]) -> None:
    with open("/proc/self/status") as file:
        status = dict(line.split(":\t") for line in file)
    if int(status["CapEff"], 16) == 0 and int(status["NoNewPrivs"]) == 1:
        raise PermissionError("no privileges, and none to gain")


def _allocate(notebook: object, bait: dict[str, str]) -> None:
    bytearray(1 << 30)


def _hoard(notebook: object, bait: dict[str, str]) -> None:
    import time

    for number in range(64):
        with open(f"hoard-{number}", "wb") as file:
            file.write(bytes(1 << 20))
    time.sleep(5)  # it is no quota that stops us, then: somebody must look


def hide(notebook: object, bait: dict[str, str]) -> None:
    """Leave a process behind that nobody knows any more."""
    import os
    import signal
    import time

    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() != 0:
            os._exit(0)
        time.sleep(60)
        os._exit(0)


TRIALS: dict[str, Callable[..., None]] = {
    "read a file outside its own folders": _read,
    "list a folder outside its own": _list,
    "write a file outside its own folders": _write,
    "change the rights of a file outside its own folders": _change_rights,
    "change the times of a file outside its own folders": _change_times,
    "change other attributes of a file outside its own folders": _change_attributes,
    "signal the grader": _signal,
    "set the grader's priority": _slow,
    "look at the grader's environment": _look,
    "connect to a TCP port": _connect,
    "send a UDP packet": _send,
    "connect to a Unix socket": _connect_unix,
    "connect to an abstract socket": _connect_abstract,
    "have privileges, or gain some": _gain,
    "take four times the memory that it may": _allocate,
    "keep four times the files on the disk that it may": _hoard,
}
KNOWING = "find out which files exist elsewhere, how large they are and how old, though nothing of what is in them"
