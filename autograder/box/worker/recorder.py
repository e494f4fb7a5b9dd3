"""What a running cell publishes: text of streams, displays, results, errors, in order and within bounds."""

import base64
import fcntl
import io
import json
import os
import tempfile
import threading
from typing import Any

Event = dict[str, Any]

# Displays and results of one cell may together be so many times as large as its text.
DISPLAY_FACTOR = 8
# A cell may publish so many things, however small: each costs whoever reads them far more than its text.
MAX_EVENTS = 4000


class Recorder:
    """Events of the running cell, in order, up to a number of bytes."""

    def __init__(self) -> None:
        self.limit = 1 << 20
        self.events: list[Event] = []
        self.size = self.displayed = 0
        self.recording = False
        self._descriptors: list[Descriptor] = []
        # Threads print too, and so do destructors, in the middle of whatever runs.
        self._lock = threading.RLock()

    def redirect(self) -> None:
        """Have what C code and child processes print, round ``sys.stdout``, land in files that are recorded too."""
        self._descriptors = [Descriptor(1, "stdout"), Descriptor(2, "stderr")]

    def start(self) -> None:
        """Begin a cell."""
        self.events, self.size, self.displayed, self.recording = [], 0, 0, True

    def stop(self) -> list[Event]:
        """End the cell and hand over what it published."""
        with self._lock:
            self._collect()
            self.recording = False
            for descriptor in self._descriptors:
                descriptor.empty()
            events, self.events = self.events, []
        for event in events:
            if "parts" in event:
                event["text"] = "".join(event.pop("parts"))
        return events

    def stream(self, name: str, text: str) -> None:
        """Keep text of a stream, joined to what went before."""
        if not self.recording or not text or (self.size > self.limit and name != "stderr"):
            return
        with self._lock:
            self._collect()
            self._keep(name, text)

    def publish(self, event: Event) -> None:
        """Keep an event other than a stream's, unless the displays of a cell get too large."""
        if not self.recording:
            return
        size = len(json.dumps(event))
        with self._lock:
            self._collect()
            self.displayed += size
            if self.displayed > DISPLAY_FACTOR * self.limit or len(self.events) >= MAX_EVENTS:
                self._keep_what_is_scored(event)
                self._keep("stdout", f"… an output of {size} bytes was dropped: the cell displays too much …\n")
            else:
                self.events.append(event)

    def _keep_what_is_scored(self, event: Event) -> None:
        """Keep the first error and the first result, cut short: nbgrader's score of a cell depends on them."""
        if event["type"] in ("error", "result") and not any(kept["type"] == event["type"] for kept in self.events):
            short = {"evalue": str(event.get("evalue", ""))[:1000], "traceback": []}
            data = {"text/plain": str(event.get("data", {}).get("text/plain", ""))[:1000]}
            self.events.append({**event, **(short if event["type"] == "error" else {"data": data})})

    def _keep_first_of_stderr(self, name: str, text: str) -> None:
        """Keep the beginning of what comes on stderr, however much was printed: it decides a score too."""
        if name == "stderr" and text and not any(kept.get("name") == "stderr" for kept in self.events):
            self.events.append({"type": "stream", "name": name, "parts": [text[:1000]]})

    def _collect(self) -> None:
        """Take in what came by the descriptors, so that it stands before what comes next."""
        if self.size <= self.limit:
            for descriptor in self._descriptors:
                self._keep(descriptor.name, descriptor.read(self.limit + 1))

    def _keep(self, name: str, text: str) -> None:
        if self.size > self.limit:
            self._keep_first_of_stderr(name, text)
            return
        if not text:
            return
        self.size += len(text)
        if self.size > self.limit:
            kept = text[: len(text) - (self.size - self.limit)]
            text = f"{kept}\n… output truncated: a cell may print {self.limit} characters …\n"
        last = self.events[-1] if self.events else {}
        if last.get("type") == "stream" and last["name"] == name:
            last["parts"].append(text)
            return
        if len(self.events) >= MAX_EVENTS:
            text = f"{text[:1000]}\n… output truncated: a cell may publish {MAX_EVENTS} outputs …\n"
            self.size = self.limit + 1
        self.events.append({"type": "stream", "name": name, "parts": [text]})


class Descriptor:
    """A file in the place of descriptor 1 or 2, read while it grows."""

    def __init__(self, number: int, name: str) -> None:
        self.name = name
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._seen = 0
        # Every write appends, so that emptying the file moves no writer's position out of place.
        flags = fcntl.fcntl(self._file, fcntl.F_GETFL)
        fcntl.fcntl(self._file, fcntl.F_SETFL, flags | os.O_APPEND)
        os.dup2(self._file.fileno(), number)

    def read(self, size: int) -> str:
        """Read on from where the last reading ended."""
        if os.fstat(self._file.fileno()).st_size <= self._seen:
            return ""
        data = os.pread(self._file.fileno(), size, self._seen)
        self._seen += len(data)
        return data.decode("utf-8", errors="replace")

    def empty(self) -> None:
        """Forget what has been written."""
        self._file.truncate(0)
        self._seen = 0


class Stream(io.TextIOBase):
    """What ``sys.stdout`` and ``sys.stderr`` are in a box."""

    encoding = "UTF-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self._process = os.getpid()
        self.name = name

    def write(self, text: str) -> int:
        """Keep a piece of text; a forked child's goes by the descriptor, since it shares no memory with us."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() == self._process:
            self._recorder.stream(self.name, text)
        else:
            os.write(self.fileno(), text.encode(errors="replace"))
        return len(text)

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def fileno(self) -> int:
        """The descriptor that child processes write to."""
        return 1 if self.name == "stdout" else 2


def encoded(bundle: dict[str, Any]) -> dict[str, Any]:
    """A bundle of representations as JSON can have it: pictures in base64, as a kernel sends them."""
    data = {
        mime: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for mime, value in bundle.items()
    }
    plain: dict[str, Any] = json.loads(json.dumps(data, default=repr))
    return plain
