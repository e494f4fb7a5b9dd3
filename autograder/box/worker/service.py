"""What a box does when it is asked: run a cell, call a function, read a value, run a probe."""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from autograder.box import wire
from autograder.box.channel import Channel, ClosedError
from autograder.box.worker.shell import CellRunner, NotebookShell

Reply = dict[str, Any]
# What a reply holds besides the result.
_ROOM = 1000


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
    """Answers one request after the other until the judge hangs up."""

    def __init__(self, channel: Channel, shell: NotebookShell, limits: Mapping[str, Any]) -> None:
        self.channel = channel
        self.cells = CellRunner(shell, limits["output"])
        self.most = limits["reply"]
        self.namespace: dict[str, Any] = shell.user_ns

    def serve(self) -> None:
        """Answer until the channel closes."""
        operations: dict[str, Callable[[dict[str, Any]], Reply]] = {
            "cell": lambda request: self.cells.run(request["source"]),
            "call": self._call,
            "value": lambda request: self._guarded(lambda: self._look_up(request["name"])),
            "run": self._run,
        }
        process = os.getpid()
        self.channel.send({"id": 0, "status": "ok"})
        while True:
            try:
                request = self.channel.receive(trusted=True)
            except ClosedError:
                return
            reply = self._interruptible(lambda: operations[request["op"]](request))  # noqa: B023
            if os.getpid() != process:
                os._exit(0)  # a copy that the student's code made by forking; one answer is enough
            self._send({"status": "ok", **reply, "id": request["id"]})

    def _send(self, reply: Reply) -> None:
        try:
            self.channel.send(reply)
        except wire.TooLargeError as error:
            self.channel.send({"id": reply["id"], "status": "too large", "message": str(error)})

    def _interruptible(self, action: Callable[[], Reply]) -> Reply:
        """Let the judge's interrupt reach the student's code, and nothing but that."""
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                return action()
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        except KeyboardInterrupt:
            return {"status": "raised", "lineage": ("KeyboardInterrupt", "BaseException"), "message": ""}

    def _call(self, request: dict[str, Any]) -> Reply:
        args, kwargs = wire.defined(request["args"]), wire.defined(request["kwargs"])
        return self._guarded(lambda: self._look_up(request["name"])(*args, **kwargs))

    def _run(self, request: dict[str, Any]) -> Reply:
        probe, args = request["probe"].compile(), wire.defined(request["args"])
        view = NotebookView(self.namespace)
        try:
            return self._guarded(lambda: probe(view, *args))
        finally:
            view._restore()

    def _look_up(self, name: str) -> Any:
        if name not in self.namespace:
            raise Undefined(name)
        return self.namespace[name]

    def _guarded(self, action: Callable[[], Any]) -> Reply:
        """Run a student's code and turn whatever it does into a reply."""
        try:
            value = action()
            if len(wire.dumps(value)) > self.most - _ROOM:
                raise wire.TooLargeError(f"the result has more than {self.most} bytes")
        except Undefined as error:
            return {"status": "undefined", "message": str(error)}
        except MemoryError:
            return {"status": "out of memory"}
        except wire.TooLargeError as error:
            return {"status": "too large", "message": str(error)}
        except BaseException as error:
            return {"status": "raised", "lineage": wire.lineage(error), "message": text_of(error)}
        return {"value": value}


def text_of(error: BaseException) -> str:
    """An exception's text, whatever its class makes of it."""
    try:
        return str(error)[:1000]
    except BaseException:
        return ""
