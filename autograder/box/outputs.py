"""What a cell published, and the outputs that a notebook keeps of it.

Whatever ``read_events`` lets in, ``OutputBook`` turns into outputs that nbformat validates and writes, nbgrader scores
and nbconvert renders, in a time that grows with their length and no faster.
"""

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.box.rendering import bundle_of, legible, metadata_of
from autograder.box.values import parts_of, whole
from autograder.course.errors import Outcome, StudentFault
from autograder.course.notebooks import new_output

Event = dict[str, Any]
MAX_DEPTH = 64
# More than twice what our worker keeps of a cell; reading many more takes longer than running them did.
MAX_EVENTS = 10_000
# Written with indentation, a number within JSON costs a line; a cell that shows half a million is not to be read.
MAX_PARTS = 500_000
MAX_COUNT = 1 << 31
# Characters that updates may write into the outputs of one notebook: one update of megabytes can reach thousands.
MAX_UPDATED = 1 << 26
MAX_MESSAGE = 1000

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
        execution_count: the prompt's number; one that no notebook can have is read as none.
        fault: why it did not end by itself, where it did not.
    """

    events: Sequence[Event] = ()
    execution_count: int | None = None
    fault: StudentFault | None = None

    def __post_init__(self) -> None:
        count = self.execution_count
        if type(count) is not int or not 0 <= count < MAX_COUNT:
            object.__setattr__(self, "execution_count", None)

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
        if type(text) is not str or parts_of(text, MAX_PARTS) > MAX_PARTS:
            raise ValueError("not a text, or one of too many parts")
        events = json.loads(text)
        if type(events) is list and len(events) > MAX_EVENTS:
            raise ValueError("too many events")
        events = _storable(events)
    except (ValueError, RecursionError) as error:
        raise ValueError("events that cannot be read") from error
    if type(events) is not list or not all(_is_event(event) for event in events):
        raise ValueError("events of no known kind")
    return events


def _storable(value: Any, depth: int = 0) -> Any:
    """Parsed JSON as a file can hold it: no half characters, no NaN, no nesting that a later reader chokes on."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item, depth + 1) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _is_event(event: Any) -> bool:
    if type(event) is not dict or type(event.get("type")) is not str or event["type"] not in _FIELDS:
        return False
    fields = _FIELDS[event["type"]]
    if not all(name in event and isinstance(event[name], kind) for name, kind in fields.items()):
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
        self._updated = 0

    def outputs_of(self, run: CellRun) -> list[NotebookNode]:
        """Write the outputs of one cell."""
        outputs: list[NotebookNode] = []
        clear_next = False
        for event in _joined(run.events):
            if event["type"] == "clear":
                clear_next = event["wait"]
                outputs = outputs if event["wait"] else []
                continue
            if event["type"] == "update":
                self._updates[str(event["display_id"])] = event, len(self._displayed.get(event["display_id"], []))
                continue
            if clear_next:
                outputs, clear_next = [], False
            outputs.append(self._output(event, run.execution_count))
        self._update()
        if run.fault is not None:
            outputs.append(_stopped(run.fault))
        return outputs

    def _output(self, event: Event, count: int | None) -> NotebookNode:
        if event["type"] == "stream":
            return new_output("stream", name=event["name"], text=legible(event["text"]))
        if event["type"] == "error":
            traceback = [legible(line) for line in event["traceback"]]
            return new_output("error", ename=event["ename"], evalue=event["evalue"], traceback=traceback)
        if event["type"] == "result":
            output = new_output("execute_result", execution_count=count)
        else:
            output = new_output("display_data")
        _show(output, bundle_of(event["data"]), metadata_of(event["metadata"]))
        if event["display_id"]:
            self._displayed.setdefault(event["display_id"], []).append(output)
        return output

    def _update(self) -> None:
        for name, (event, reached) in self._updates.items():
            outputs = self._displayed.get(name, [])[:reached]
            if not outputs:
                continue
            data, metadata = bundle_of(event["data"]), metadata_of(event["metadata"])
            size = len(json.dumps([data, metadata]))
            for output in outputs:
                if self._updated + size > MAX_UPDATED:
                    break
                self._updated += size
                _show(output, data, metadata)
        self._updates.clear()


def _show(output: NotebookNode, data: NotebookNode, metadata: NotebookNode) -> None:
    output.data, output.metadata = NotebookNode(data), NotebookNode(metadata)
    if output.output_type == "execute_result" and not data.get("text/plain"):
        # nbgrader reads a score from the text, and stops grading the submission where there is none.
        output.data["text/plain"] = "0"


def _joined(events: Sequence[Event]) -> Iterator[Event]:
    """The events, with what was written to a stream piece by piece in one."""
    for (kind, name), group in itertools.groupby(events, key=lambda event: (event["type"], event.get("name"))):
        if kind == "stream":
            yield {"type": kind, "name": name, "text": "".join(event["text"] for event in group)}
        else:
            yield from group


def _stopped(fault: StudentFault) -> NotebookNode:
    """The output that says why a cell did not end by itself."""
    names = {Outcome.TIMED_OUT: "CellTimeoutError", Outcome.NOT_RUN: "CellNotRunError"}
    name = names.get(fault.outcome, "CellDiedError")
    text = legible(whole(f"this cell {fault}"[:MAX_MESSAGE]))
    return new_output("error", ename=name, evalue=text, traceback=[f"\x1b[0;31m{name}\x1b[0m: {text}"])
