"""What a box does when it is asked: run a cell, call a function, read a value, run a probe."""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from autograder.box import wire
from autograder.box.channel import Channel, ClosedError
from autograder.box.worker.shell import CellRunner, NotebookShell

Request = dict[str, Any]


class Undefined(Exception):
    """The notebook has no such name."""


class NotebookView:
    """The first argument of a probe: the notebook's names as attributes, restored when the probe is done."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.__dict__.update(_namespace=namespace, _before={})

    def __getattr__(self, name: str) -> Any:
        namespace = self.__dict__["_namespace"]
        if name not in namespace:
            raise Undefined(name)
        return namespace[name]

    def __setattr__(self, name: str, value: Any) -> None:
        namespace, before = self.__dict__["_namespace"], self.__dict__["_before"]
        before.setdefault(name, namespace.get(name, Undefined))
        namespace[name] = value

    def _restore(self) -> None:
        for name, value in self.__dict__["_before"].items():
            if value is Undefined:
                self.__dict__["_namespace"].pop(name, None)
            else:
                self.__dict__["_namespace"][name] = value


class Service:
    """Answers requests, one after the other.

    Args:
        namespace: the notebook's names.
        run_cell: runs a cell and gives what it published.
        most: how many bytes an answer may have.
    """

    def __init__(self, namespace: dict[str, Any], run_cell: Callable[[str], dict[str, Any]], most: int) -> None:
        self.namespace = namespace
        self.most = most
        self._operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "cell": lambda request: run_cell(request["source"]),
            "call": lambda request: {"value": self._call(request)},
            "value": lambda request: {"value": self._look_up(request["name"])},
            "run": lambda request: {"value": self._run(request)},
        }

    def answer(self, request: Request) -> bytes:
        """Do what is asked and write the answer's frame; the judge's interrupt reaches the student's code alone."""
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                return self._guarded(request)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        except KeyboardInterrupt:
            lineage = ("KeyboardInterrupt", "BaseException")
            return _written(request, {"status": "raised", "lineage": lineage, "message": ""})

    def _guarded(self, request: Request) -> bytes:
        """Run a student's code and turn whatever it does into a reply."""
        try:
            frame = _written(request, self._operations[request["op"]](request))
            if len(frame) - wire.PREFIX.size > self.most:
                raise wire.TooLargeError(f"the result has more than {self.most} bytes")
            return frame
        except Undefined as error:
            return _written(request, {"status": "undefined", "message": str(error)})
        except MemoryError:
            return _written(request, {"status": "out of memory"})
        except wire.TooLargeError as error:
            return _written(request, {"status": "too large", "message": str(error)})
        except BaseException as error:
            reply = {"status": "raised", "lineage": wire.lineage(error), "message": text_of(error)}
            return _written(request, reply)

    def _call(self, request: Request) -> Any:
        args, kwargs = wire.defined(request["args"]), wire.defined(request["kwargs"])
        return self._look_up(request["name"])(*args, **kwargs)

    def _run(self, request: Request) -> Any:
        probe, args = request["probe"].compile(), wire.defined(request["args"])
        view = NotebookView(self.namespace)
        try:
            return probe(view, *args)
        finally:
            view._restore()

    def _look_up(self, name: str) -> Any:
        if name not in self.namespace:
            raise Undefined(name)
        return self.namespace[name]


def serve(channel: Channel, shell: NotebookShell, limits: Mapping[str, Any]) -> None:
    """Answer until the judge hangs up."""
    service = Service(shell.user_ns, CellRunner(shell, limits["output"]).run, limits["reply"])
    process = os.getpid()
    channel.send({"id": 0, "status": "ok"})
    while True:
        try:
            request = channel.receive(trusted=True)
        except ClosedError:
            return
        frame = service.answer(request)
        if os.getpid() != process:
            os._exit(0)  # a copy that the student's code made by forking; one answer is enough
        channel.send_frame(frame)


def _written(request: Request, reply: dict[str, Any]) -> bytes:
    """An answer as a frame; its number comes first, so that the judge can tell whether it knows the rest."""
    return wire.dumps({"id": request["id"], "status": "ok", **reply})


def text_of(error: BaseException) -> str:
    """An exception's text, whatever its class makes of it."""
    try:
        return str(error)[:1000]
    except BaseException:
        return ""
