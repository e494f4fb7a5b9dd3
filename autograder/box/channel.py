"""Frames of the wire over a stream socket, with deadlines."""

import select
import socket
import time
from typing import Any

from autograder.box import wire


class ClosedError(wire.WireError):
    """The peer closed the channel."""


class Channel:
    """Frames over a stream socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection

    def send(self, value: Any, deadline: float | None = None) -> None:
        """Send one value.

        Raises:
            TimeoutError: the peer did not take it before ``deadline`` (a ``time.monotonic`` moment).
            ClosedError: the peer is gone.
        """
        frame = memoryview(wire.dumps(value))
        while frame:
            self._wait(deadline, writing=True)
            try:
                flags = socket.MSG_DONTWAIT if deadline is not None else 0
                sent = self.socket.send(frame, flags)
            except BlockingIOError:
                continue
            except OSError:
                raise ClosedError("the peer is gone") from None
            frame = frame[sent:]

    def receive(self, deadline: float | None = None, trusted: bool = False) -> Any:
        """Receive one value; see ``wire.loads`` for what is trusted.

        Raises:
            TimeoutError: nothing whole arrived before ``deadline``.
            ClosedError: the peer is gone.
            WireError: what arrived is not a frame.
        """
        text_length, arrays_length = wire.lengths(self._read(wire.PREFIX.size, deadline))
        text = self._read(text_length, deadline)
        return wire.parse(text, memoryview(self._read(arrays_length, deadline)), trusted)

    def _read(self, size: int, deadline: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(deadline)
            try:
                chunk = self.socket.recv(min(size - len(data), 1 << 20))
            except OSError:
                chunk = b""
            if not chunk:
                raise ClosedError("the peer is gone")
            data += chunk
        return bytes(data)

    def _wait(self, deadline: float | None, writing: bool = False) -> None:
        if deadline is None:
            return
        left = max(0.0, deadline - time.monotonic())
        poll = select.poll()
        poll.register(self.socket, select.POLLOUT if writing else select.POLLIN)
        if not poll.poll(left * 1000):
            raise TimeoutError

    def close(self) -> None:
        """Close our end."""
        self.socket.close()
