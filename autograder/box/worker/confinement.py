"""What a box gives up before it runs a line of a student's code, layer by layer.

A layer is a function of the box that is being made. Some are applied by the nanny, the process that watches the box,
the others by the student's process itself, in the order of the lists below. Which of them a machine offers is found out
once a template, by doing: ``survey`` makes throw-away boxes until one comes up, and leaves out what failed. From then
on every box has all of the layers that were found, or it does not come up.
"""

import os
import resource
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.box.worker import kernel, landlock, places, root, seccomp, users

Limits = Mapping[str, Any]

_CPU_GRACE_SECONDS = 5


class Unavailable(Exception):
    """The machine does not offer a layer; the text is the layer's name."""


@dataclass
class Making:
    """A box that is being made.

    Attributes:
        folder: the folder that the judge made for it, empty.
        files: the folder whose files lie beside the notebook, if there is one.
        limits: what the box may use.
        plan: the names of the layers that it must have.
        home: where the notebook runs.
        temporary: where temporary files go.
        user: the user it runs as, where that is another than ours.
        left_out: files beside the notebook that did not fit.
        conditions: environment variables that a proof wants to be otherwise than usual.
    """

    folder: Path
    files: Path | None
    limits: Limits
    plan: Collection[str]
    home: Path = field(init=False)
    temporary: Path = field(init=False)
    user: int | None = None
    left_out: list[str] = field(default_factory=list)
    conditions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home = self.temporary = self.folder

    @property
    def writable(self) -> list[Path]:
        """The places that the student's process may write in."""
        if "new_root" in self.plan:
            own = [places.HOME, places.TEMPORARY, places.SHARED_MEMORY, places.TERMINALS]
        else:
            own = [self.folder]
        return [*own, *(device for device in places.DEVICES if device.exists())]


Layer = Callable[[Making], None]

# Applied by the nanny


def pid_namespace(making: Making) -> None:
    """See no process but the box's own, and end with the first of them; the template forks a nanny into it."""
    if os.getpid() != 1:
        raise OSError("this process is not the first of its namespace")


def network_and_ipc_namespaces(making: Making) -> None:
    """Have no network, not even the machine's own addresses, and no queues or semaphores of others."""
    kernel.unshare(kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS)


def other_user(making: Making) -> None:
    """Run as a user that owns nothing; the process is told which one here, and becomes it later."""
    if os.geteuid() != 0:
        raise OSError("only root can become another")
    making.user = users.any_of_a_box()
    os.chown(making.folder, making.user, making.user)


def new_root(making: Making) -> None:
    """See no file but the system's, read-only, and the box's own, which have a quota."""
    pid_namespace(making)  # /proc would show all processes
    kernel.unshare(kernel.CLONE_NEWNS)
    user = os.geteuid() if making.user is None else making.user
    root.build(making.folder, making.limits["disk"], making.limits["files"], user)
    making.home = making.folder / places.HOME.relative_to("/")
    _furnish(making)
    root.enter(making.folder)
    making.home, making.temporary = places.HOME, places.TEMPORARY


def work_folder(making: Making) -> None:
    """Run in a folder with copies of what lies beside the notebook."""
    if "new_root" not in making.plan:
        _furnish(making)


def signals_of_its_own(making: Making) -> None:
    """Let the nanny reach no process but the box's with a signal, so that it may end all that it can reach."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict([], [], scopes_only=True)


# Applied by the student's process


def session_of_its_own(making: Making) -> None:
    """Lead a session and a group of its own, which the leader of a session cannot leave."""
    if os.getsid(0) != os.getpid():
        os.setsid()


def no_input(making: Making) -> None:
    """Read nothing from whoever started the grading."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)


def bounds(making: Making) -> None:
    """Take no more than the limits, process by process; the nanny counts what they take together."""
    limits = making.limits
    seconds = int(limits["cpu_seconds"]) + 1
    _lower(resource.RLIMIT_FSIZE, limits["file_size"], limits["file_size"])
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_NOFILE, limits["descriptors"], limits["descriptors"])
    _lower(resource.RLIMIT_CPU, seconds, seconds + _CPU_GRACE_SECONDS)


def bounded_memory(making: Making) -> None:
    """Take no more memory than the limit, counted from what the template had; keep nothing in it by force."""
    if not kernel.LINUX:
        raise OSError("the system does not count data alone")
    memory = making.limits["memory"]
    had = _sizes("VmData", "VmSize")
    _lower(resource.RLIMIT_DATA, had["VmData"] + memory, had["VmData"] + memory)
    # What is shared with child processes or a file does not count as data.
    _lower(resource.RLIMIT_AS, had["VmSize"] + 2 * memory, had["VmSize"] + 2 * memory)
    _lower(resource.RLIMIT_STACK, 8 << 20, 64 << 20)
    _lower(resource.RLIMIT_MEMLOCK, 0, 0)
    _lower(resource.RLIMIT_MSGQUEUE, 0, 0)
    # Where memory runs out all the same, a box goes before anything else of the machine.
    Path("/proc/self/oom_score_adj").write_text("1000")


def user_namespace(making: Making) -> None:
    """As an ordinary user: have one's processes counted apart from those that the user has anyway."""
    if making.user is not None:
        return
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER)
    users.map_itself(user, group)


def no_capabilities(making: Making) -> None:
    """Be that other user, if there is one, and give up every privilege of root's."""
    if making.user is not None:
        kernel.drop_bounding_set()
        os.setgroups([])
        os.setresgid(making.user, making.user, making.user)
        os.setresuid(making.user, making.user, making.user)
        if not os.access(os.__file__, os.R_OK):  # the interpreter lies in somebody's home
            raise Unavailable(other_user.__name__)
    kernel.drop_capabilities()


def bounded_processes(making: Making) -> None:
    """Have no more processes and threads at a time than the limit."""
    if making.user is None and (os.geteuid() == 0 or "user_namespace" not in making.plan):
        raise OSError("the processes of root are not counted, and those of a person include all others")
    _lower(resource.RLIMIT_NPROC, making.limits["processes"], making.limits["processes"])


def no_new_privileges(making: Making) -> None:
    """Gain nothing by running a program of root's."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def landlock_rules(making: Making) -> None:
    """Read the system alone and write in the box's own folders, whatever the user may; leave signals inside."""
    if "new_root" in making.plan:
        readable = [Path("/")]
    else:
        readable = [*places.readable(), *places.kernel_files(), Path("/etc/passwd"), Path("/etc/group")]
    landlock.restrict(readable, making.writable)


def seccomp_filter(making: Making) -> None:
    """Make no system call that has no business in a notebook."""
    held = set(making.plan)
    allowed = seccomp.Allowed(
        sockets={"new_root", "network_and_ipc_namespaces"} <= held,
        truncation=landlock.version() >= landlock.TRUNCATE_SINCE or "new_root" in held,
        attributes=bool(held & {"new_root", "other_user"}),
        scheduling=bool(held & {"pid_namespace", "other_user"}),
        allocation="new_root" in held,
    )
    seccomp.install(allowed)


def usable(making: Making) -> None:
    """Check that what is left is enough for a notebook to run: packages to import, a folder to write in."""
    with open(os.__file__, "rb") as module:
        module.read(1)
    os.listdir(os.path.dirname(os.__file__))
    trial = making.home / ".trial"
    trial.touch()
    trial.unlink()


NANNY_LAYERS: tuple[Layer, ...] = (
    pid_namespace,
    network_and_ipc_namespaces,
    other_user,
    new_root,
    work_folder,
    signals_of_its_own,
)
STUDENT_LAYERS: tuple[Layer, ...] = (
    session_of_its_own,
    no_input,
    bounds,
    bounded_memory,
    user_namespace,
    no_capabilities,
    bounded_processes,
    no_new_privileges,
    landlock_rules,
    seccomp_filter,
    usable,
)
# What every system offers, so that its failure is no lack of a layer but a fault.
ALWAYS = {layer.__name__ for layer in (work_folder, session_of_its_own, no_input, bounds, usable)}


def apply(layers: tuple[Layer, ...], making: Making) -> None:
    """Apply those of the layers that are planned.

    Raises:
        Unavailable: one failed; the text is its name, the cause the reason.
    """
    for layer in layers:
        if layer.__name__ in making.plan:
            try:
                layer(making)
            except (OSError, ValueError, AttributeError) as error:
                raise Unavailable(layer.__name__) from error


def _furnish(making: Making) -> None:
    limits = making.limits
    try:
        if making.files is not None:
            making.left_out = root.furnish(making.files, making.home, limits["disk"], limits["files"])
        if making.user is not None:
            root.give(making.home, making.user)
    except OSError as error:
        raise Unavailable(work_folder.__name__) from error


def _lower(which: int, soft: int, hard: int) -> None:
    """Set a limit, unless a stricter one is in force."""
    _, now = resource.getrlimit(which)
    if now != resource.RLIM_INFINITY:
        soft, hard = min(soft, now), min(hard, now)
    resource.setrlimit(which, (soft, hard))


def _sizes(*names: str) -> dict[str, int]:
    """Sizes of this process in bytes, by the kernel's names for them."""
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return {name: int(lines[name].split()[0]) * 1024 for name in names}
