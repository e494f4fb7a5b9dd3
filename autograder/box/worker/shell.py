"""An IPython shell that behaves as a Jupyter kernel does, and keeps what a kernel would have published."""

import asyncio
import builtins
import contextlib
import getpass
import json
import sys
import zlib
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type
from traitlets.config import Config

from autograder.box.worker import familiar
from autograder.box.worker.recorder import Recorder, Stream, encoded

# So many frames are shown at each end of a traceback.
TRACEBACK_END = 10


class Publisher(DisplayPublisher):
    """Keeps what ``display`` shows."""

    shell: Any

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: object = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        """Keep one displayed object."""
        event = {
            "type": "update" if update else "display",
            "data": encoded(data),
            "metadata": encoded(metadata or {}),
        }
        self.shell.recorder.publish({**event, "display_id": (transient or {}).get("display_id")})

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown."""
        self.shell.recorder.publish({"type": "clear", "wait": bool(wait)})


class ResultHook(DisplayHook):
    """Keeps the value of a cell's last expression."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Print no prompt: the notebook has one."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep the representations."""
        event = {"type": "result", "data": encoded(format_dict), "metadata": encoded(md_dict or {})}
        self.shell.recorder.publish({**event, "display_id": None})

    def finish_displayhook(self) -> None:
        """Print no line end: the notebook needs none."""


class CellCompiler(familiar.Compiler):
    """Names the source of a cell as a kernel does: a file that does not exist, after the cell's text.

    What IPython draws of a traceback depends on it. A kernel's own name has its process id; ours is always the same.
    """

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Name one cell."""
        return f"{familiar.CELLS}{zlib.crc32(raw_code.encode(errors='replace'))}.py"


class NotebookShell(InteractiveShell):
    """The shell of a box."""

    recorder = Instance(Recorder, ())
    compile: CellCompiler
    _drawn: tuple[BaseException | None, list[str]] = (None, [])

    displayhook_class = Type(ResultHook)
    display_pub_class = Type(Publisher)
    input_transformer_manager = Instance(familiar.Transformer, ())

    def familiarize(self, cells: Iterable[str]) -> None:
        """Make cells ready that many notebooks will hold."""
        for cell in cells:
            try:
                self.input_transformer_manager.remember(cell)
                transformed = self.transform_cell(cell)  # type: ignore[no-untyped-call]
            except Exception:
                continue
            self.compile.remember(transformed, self.compile.get_code_name(cell, transformed, 0))

    def should_run_async(
        self, raw_cell: str, *, transformed_cell: str | None = None, preprocessing_exc_tuple: Any = None
    ) -> bool:
        """Whether a cell awaits something; see ``familiar``."""

        def find() -> bool:
            given = {"transformed_cell": transformed_cell, "preprocessing_exc_tuple": preprocessing_exc_tuple}
            return bool(super(NotebookShell, self).should_run_async(raw_cell, **given))

        if not self.autoawait or preprocessing_exc_tuple is not None or transformed_cell is None:
            return find()
        return self.compile.awaits(transformed_cell, find)

    def init_hooks(self) -> None:
        """Show no pager: the help that ``name?`` asks for is no part of a notebook."""
        super().init_hooks()  # type: ignore[no-untyped-call]
        self.set_hook("show_in_pager", lambda *args, **kwargs: None, 99)  # type: ignore[no-untyped-call]

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self._drawn = (evalue, stb)
        self.recorder.publish(_error_event(etype, evalue, [str(line) for line in stb]))

    def _get_exc_info(self, exc_tuple: Any = None) -> tuple[Any, Any, Any]:
        etype, value, tb = super()._get_exc_info(exc_tuple)  # type: ignore[no-untyped-call]
        return etype, value, _shortened(tb)

    def _format_exception_for_storage(
        self, exception: BaseException, filename: str | None = None, running_compiled_code: bool = False
    ) -> dict[str, Any]:
        """Keep for the history what was drawn for the reader, where drawing it again would give the same."""
        drawn, self._drawn = self._drawn, (None, [])
        special = isinstance(exception, SyntaxError | SystemExit | UsageError) or hasattr(
            exception, "_render_traceback_"
        )
        if drawn[0] is exception and not special:
            return {"ename": type(exception).__name__, "evalue": str(exception), "traceback": drawn[1]}
        stored: dict[str, Any] = super()._format_exception_for_storage(  # type: ignore[no-untyped-call]
            exception, filename, running_compiled_code
        )
        return stored

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window system in a box."""

    def get_ready(self) -> None:
        """Run nothing and draw a traceback, for the modules and caches that the first cells of a process wait for."""
        assert self.logger is not None  # made when it is first asked for
        before = self.last_execution_succeeded, self.last_execution_result
        self.run_cell("pass", silent=True)  # type: ignore[no-untyped-call]
        self.last_execution_succeeded, self.last_execution_result = before
        try:
            raise ValueError
        except ValueError:
            self.InteractiveTB.structured_traceback(*sys.exc_info())
        self.InteractiveTB.tb = None

    def use_no_terminals(self) -> None:
        """Run what stands behind an exclamation mark without the terminal that it gets elsewhere."""
        self.system = self.system_raw  # type: ignore[method-assign]

    def ask_exit(self) -> None:
        """``exit`` in a cell ends nothing: the cells after it still count."""


def _shortened(tb: TracebackType | None) -> TracebackType | None:
    """Cut the middle out of a long traceback: IPython takes seconds to draw the frames of an endless recursion."""
    frames = [tb] if tb is not None else []
    while frames and (following := frames[-1].tb_next) is not None:
        frames.append(following)
    if len(frames) > 2 * TRACEBACK_END:
        frames[TRACEBACK_END - 1].tb_next = frames[-TRACEBACK_END]
    return tb


def make_shell() -> NotebookShell:
    """Make the shell, before any fork; it has no thread and keeps no history file."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors_force = True
    shell = NotebookShell.instance(config=config, compiler_class=CellCompiler)
    shell.compile.shell = shell
    familiar.find_modules_quickly()
    return shell


class CellRunner:
    """Runs cells in a forked copy of the shell."""

    def __init__(self, shell: NotebookShell, output_limit: int) -> None:
        self.shell = shell
        self.recorder = shell.recorder
        self.recorder.limit = output_limit
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        sys.stdout, sys.stderr = Stream(self.recorder, "stdout"), Stream(self.recorder, "stderr")
        self.recorder.redirect()
        builtins.input = _no_input("raw_input")
        getpass.getpass = _no_input("getpass")

    def run(self, source: str) -> dict[str, Any]:
        """Run one cell as a kernel would and return what it published."""
        self.recorder.start()
        count = self.shell.execution_count
        task = self.loop.create_task(self._run(source))
        interrupted = False
        try:
            self.loop.run_until_complete(task)
        except KeyboardInterrupt:
            interrupted = True
        except Exception as error:  # the cell has broken what the shell itself works with, such as sys.stdout
            self.recorder.publish(
                {"type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
            )
        if interrupted:
            self._cancel(task)
        return {"events": json.dumps(self.recorder.stop()), "execution_count": count}

    def _cancel(self, task: "asyncio.Task[None]") -> None:
        """End a cell that was interrupted while it awaited something, or it would run on beside the next one."""
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
            self.loop.run_until_complete(task)

    async def _run(self, source: str) -> None:
        # As in a kernel, a loop is running while a cell runs, whether the cell awaits or not.
        shell = self.shell
        try:
            transformed = shell.transform_cell(source)  # type: ignore[no-untyped-call]
            preprocessing_error = None
        except Exception:
            transformed, preprocessing_error = source, sys.exc_info()
        if shell.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=preprocessing_error):
            result = await shell.run_cell_async(
                source,
                store_history=True,
                transformed_cell=transformed,
                preprocessing_exc_tuple=preprocessing_error,
            )
        else:
            result = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        self._tell_of(result.error_before_exec or result.error_in_exec)

    def _tell_of(self, error: BaseException | None) -> None:
        """Publish an error that a cell has kept from being shown, as a kernel tells its client of it all the same."""
        if error is not None and not any(_tells_of_error(event) for event in self.recorder.events):
            told = ["an error occurred while the showing of errors was disabled"]
            self.recorder.publish(_error_event(type(error), error, told))


def _error_event(etype: type, error: BaseException, traceback: list[str]) -> dict[str, Any]:
    try:
        text = str(error)
    except Exception:
        text = "(its text cannot be shown)"
    return {"type": "error", "ename": str(etype.__name__), "evalue": text, "traceback": traceback}


def _tells_of_error(event: dict[str, Any]) -> bool:
    """Whether a reader sees in it that something went wrong; IPython writes about a wrong magic to stderr."""
    return event["type"] == "error" or (event["type"] == "stream" and event["name"] == "stderr")


def _no_input(name: str) -> Callable[..., str]:
    def refuse(*args: Any, **kwargs: Any) -> str:
        raise StdinNotImplementedError(f"{name} was called, but this frontend does not support input requests.")

    return refuse
