"""An IPython shell that behaves as a Jupyter kernel does, and keeps what a kernel would have published."""

import asyncio
import base64
import builtins
import getpass
import io
import json
import os
import sys
import tempfile
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type
from traitlets.config import Config

Event = dict[str, Any]


class Recorder:
    """Events of the running cell, in order, up to a number of bytes."""

    def __init__(self) -> None:
        self.limit = 1 << 20
        self.events: list[Event] = []
        self.size = 0
        self.recording = False

    def start(self) -> None:
        """Begin a cell."""
        self.events, self.size, self.recording = [], 0, True

    def stop(self) -> list[Event]:
        """End the cell and hand over what it published."""
        self.recording = False
        events, self.events = self.events, []
        return events

    def stream(self, name: str, text: str) -> None:
        """Keep text of a stream, joined to what went before."""
        if not self.recording or not text or self.size > self.limit:
            return
        self.size += len(text)
        if self.size > self.limit:
            kept = text[: len(text) - (self.size - self.limit)]
            text = f"{kept}\n… output truncated: a cell may print {self.limit} characters …\n"
        last = self.events[-1] if self.events else {}
        if last.get("type") == "stream" and last["name"] == name:
            last["parts"].append(text)
        else:
            self.events.append({"type": "stream", "name": name, "parts": [text]})

    def publish(self, event: Event) -> None:
        """Keep an event other than a stream's, unless it is larger than all of a cell's output may be."""
        if not self.recording:
            return
        size = len(json.dumps(event))
        if size > 8 * self.limit or self.size > self.limit:
            self.stream("stdout", f"… an output of {size} bytes was dropped: it is too large …\n")
        else:
            self.events.append(event)


def encoded(bundle: dict[str, Any]) -> dict[str, Any]:
    """A bundle of representations as JSON can have it: pictures in base64, as a kernel sends them."""
    data = {
        mime: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for mime, value in bundle.items()
    }
    plain: dict[str, Any] = json.loads(json.dumps(data, default=repr))
    return plain


class Stream(io.TextIOBase):
    """What ``sys.stdout`` and ``sys.stderr`` are in a box."""

    encoding = "UTF-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self.name = name

    def write(self, text: str) -> int:
        """Keep a piece of text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._recorder.stream(self.name, text)
        return len(text)

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def fileno(self) -> int:
        """The descriptor that child processes write to."""
        return 1 if self.name == "stdout" else 2


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


class NotebookShell(InteractiveShell):
    """The shell of a box."""

    recorder = Instance(Recorder, ())

    displayhook_class = Type(ResultHook)
    display_pub_class = Type(Publisher)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        try:
            text = str(evalue)
        except Exception:
            text = "(its text cannot be shown)"
        self.recorder.publish(
            {
                "type": "error",
                "ename": str(etype.__name__),
                "evalue": text,
                "traceback": [str(line) for line in stb],
            }
        )

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window system in a box."""

    def ask_exit(self) -> None:
        """``exit`` in a cell ends nothing: the cells after it still count."""


def make_shell() -> NotebookShell:
    """Make the shell, before any fork; it has no thread and keeps no history file."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors_force = True
    return NotebookShell.instance(config=config)


class CellRunner:
    """Runs cells in a forked copy of the shell."""

    def __init__(self, shell: NotebookShell, output_limit: int) -> None:
        self.shell = shell
        self.recorder = shell.recorder
        self.recorder.limit = output_limit
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        sys.stdout, sys.stderr = Stream(self.recorder, "stdout"), Stream(self.recorder, "stderr")
        # What C code and child processes print goes round sys.stdout: it lands in files.
        self._files = {name: tempfile.TemporaryFile(buffering=0) for name in ("stdout", "stderr")}  # noqa: SIM115
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(self._files[name].fileno(), number)
        builtins.input = _no_input
        getpass.getpass = _no_input

    def run(self, source: str) -> dict[str, Any]:
        """Run one cell as a kernel would and return what it published."""
        self.recorder.start()
        count = self.shell.execution_count
        self.loop.run_until_complete(self._run(source))
        self._collect_files()
        events = self.recorder.stop()
        for event in events:
            if "parts" in event:
                event["text"] = "".join(event.pop("parts"))
        return {"events": json.dumps(events), "execution_count": count}

    async def _run(self, source: str) -> None:
        # As in a kernel, a loop is running while a cell runs, whether the cell awaits or not.
        shell = self.shell
        try:
            transformed = shell.transform_cell(source)  # type: ignore[no-untyped-call]
            preprocessing_error = None
        except Exception:
            transformed, preprocessing_error = source, sys.exc_info()
        if shell.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=preprocessing_error):
            await shell.run_cell_async(
                source,
                store_history=True,
                transformed_cell=transformed,
                preprocessing_exc_tuple=preprocessing_error,
            )
        else:
            shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]

    def _collect_files(self) -> None:
        for name, file in self._files.items():
            file.seek(0)
            text = file.read(self.recorder.limit + 1).decode("utf-8", errors="replace")
            self.recorder.stream(name, text)
            file.seek(0)
            file.truncate()


def _no_input(*args: Any, **kwargs: Any) -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")
