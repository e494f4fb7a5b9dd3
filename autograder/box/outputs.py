"""What a cell published, and the outputs that a notebook keeps of it."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.course.errors import Outcome, StudentFault

Event = dict[str, Any]
MAX_DEPTH = 64
# More than twice what our worker keeps of a cell; reading many more takes longer than running them did.
MAX_EVENTS = 10_000

# What each kind of event must hold, besides its type.
_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": str},
    "display": {"data": dict, "metadata": dict, "display_id": (str, type(None))},
    "update": {"data": dict, "metadata": dict, "display_id": (str, type(None))},
    "result": {"data": dict, "metadata": dict, "display_id": (str, type(None))},
    "clear": {"wait": bool},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


@dataclass(frozen=True)
class CellRun:
    """One run of one cell.

    Attributes:
        events: what it published, in order.
        execution_count: the prompt's number.
        fault: why it did not end by itself, where it did not.
    """

    events: Sequence[Event] = ()
    execution_count: int | None = None
    fault: StudentFault | None = None

    @property
    def failed(self) -> bool:
        """Whether the cell raised or was stopped."""
        return self.fault is not None or any(event["type"] == "error" for event in self.events)


def read_events(text: Any) -> list[Event]:
    """Read the events of one cell from what a box sent.

    Raises:
        ValueError: the text is not a list of events.
    """
    try:
        events = json.loads(text)
        if type(events) is list and len(events) > MAX_EVENTS:
            raise ValueError("too many events")
        events = _storable(events)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("events that cannot be read") from error
    if type(events) is not list or not all(_is_event(event) for event in events):
        raise ValueError("events of no known kind")
    return events


def _storable(value: Any, depth: int = 0) -> Any:
    """Parsed JSON as a file can hold it: no half characters, no NaN, no nesting that a later reader chokes on."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item, depth + 1) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _is_event(event: Any) -> bool:
    if type(event) is not dict or type(event.get("type")) is not str or event["type"] not in _FIELDS:
        return False
    fields = _FIELDS[event["type"]]
    if not all(isinstance(event.get(name), kind) for name, kind in fields.items()):
        return False
    if event["type"] == "stream":
        return event["name"] in ("stdout", "stderr")
    return all(type(line) is str for line in event.get("traceback", []))


class OutputBook:
    """Turns events into notebook outputs, as a Jupyter client does.

    One book serves a whole notebook, since a cell may update what an earlier one displayed.
    """

    def __init__(self) -> None:
        self._displayed: dict[str, list[NotebookNode]] = {}
        # The last update of each display, and how many outputs it reaches. Done once a cell: a loop that shows
        # and updates thousands of times would take hours if every update were written into every output.
        self._updates: dict[str, tuple[Event, int]] = {}

    def outputs_of(self, run: CellRun) -> list[NotebookNode]:
        """Write the outputs of one cell."""
        outputs: list[NotebookNode] = []
        clear_next = False
        for event in run.events:
            if event["type"] == "clear":
                clear_next = event["wait"]
                outputs = outputs if event["wait"] else []
                continue
            if event["type"] == "update":
                self._updates[str(event["display_id"])] = event, len(self._displayed.get(event["display_id"], []))
                continue
            if clear_next:
                outputs, clear_next = [], False
            self._append(outputs, event, run.execution_count)
        self._update()
        if run.fault is not None:
            outputs.append(_stopped(run.fault))
        return outputs

    def _append(self, outputs: list[NotebookNode], event: Event, count: int | None) -> None:
        if event["type"] == "stream":
            if outputs and outputs[-1].output_type == "stream" and outputs[-1].name == event["name"]:
                outputs[-1].text += event["text"]
            else:
                outputs.append(new_output("stream", name=event["name"], text=event["text"]))
        elif event["type"] == "error":
            fields = {name: event[name] for name in ("ename", "evalue", "traceback")}
            outputs.append(new_output("error", **fields))
        else:
            content = {"data": _bundle(event["data"]), "metadata": event["metadata"]}
            if event["type"] == "result":
                outputs.append(new_output("execute_result", execution_count=count, **content))
            else:
                outputs.append(new_output("display_data", **content))
            if event["display_id"]:
                self._displayed.setdefault(event["display_id"], []).append(outputs[-1])

    def _update(self) -> None:
        for name, (event, reached) in self._updates.items():
            for output in self._displayed.get(name, [])[:reached]:
                output.data, output.metadata = _bundle(event["data"]), NotebookNode(event["metadata"])
        self._updates.clear()


def _bundle(data: dict[str, Any]) -> NotebookNode:
    """Representations as the notebook format has them: text, but for JSON types."""
    return NotebookNode(
        {mime: value if isinstance(value, str) or mime.endswith("json") else str(value) for mime, value in data.items()}
    )


def _stopped(fault: StudentFault) -> NotebookNode:
    """The output that says why a cell did not end by itself."""
    names = {Outcome.TIMED_OUT: "CellTimeoutError", Outcome.NOT_RUN: "CellNotRunError"}
    name = names.get(fault.outcome, "CellDiedError")
    text = f"this cell {fault}"
    return new_output("error", ename=name, evalue=text, traceback=[f"\x1b[0;31m{name}\x1b[0m: {text}"])
