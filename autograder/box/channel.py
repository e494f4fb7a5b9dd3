"""Frames of the wire over a stream socket, with deadlines."""

import select
import socket
import time
from typing import Any

from autograder.box import wire

CHUNK = 1 << 20
# poll() takes a C int of milliseconds; whoever waits longer asks again.
MAX_WAIT = 3600.0


class ClosedError(wire.WireError):
    """The peer closed the channel."""


class Channel:
    """Frames over a stream socket.

    Args:
        connection: the socket.
        limit: how many bytes, text and arrays together, one value from the peer may have; as many as the wire allows
            if not given.
    """

    def __init__(self, connection: socket.socket, limit: int | None = None) -> None:
        self.socket = connection
        self.limit = limit

    def send(self, value: Any, deadline: float | None = None) -> None:
        """Send one value.

        Raises:
            TooLargeError: the value cannot be written; nothing of it has been sent.
            TimeoutError: the peer did not take it before ``deadline`` (a ``time.monotonic`` moment).
            ClosedError: the peer is gone.
        """
        self.send_frame(wire.dumps(value), deadline)

    def send_frame(self, written: bytes, deadline: float | None = None) -> None:
        """Send one value that has been written already; see ``send``."""
        frame = memoryview(written)
        flags = socket.MSG_DONTWAIT if deadline is not None else 0
        late = False  # nearly always there is room for it, and nobody has to be asked whether there is
        while frame:
            try:
                frame = frame[self.socket.send(frame, flags) :]
            except BlockingIOError:
                pass
            except OSError:
                raise ClosedError("the peer is gone") from None
            if late and frame:
                raise TimeoutError
            late = bool(frame) and self._wait(deadline, select.POLLOUT)

    def receive(self, deadline: float | None = None, trusted: bool = False) -> Any:
        """Receive one value; see ``wire.loads`` for what is trusted.

        A value that lies there is taken even when ``deadline`` has passed. After a ``TooLargeError`` the channel is of
        no more use, since the value has not been read.

        Raises:
            TimeoutError: nothing whole arrived before ``deadline``.
            ClosedError: the peer is gone.
            TooLargeError: the value is larger than the channel's limit or the wire's; nothing of it has been read.
            WireError: what arrived is not a frame.
        """
        text, arrays = self.receive_parts(deadline)
        return wire.parse(text, memoryview(arrays), trusted)

    def receive_parts(self, deadline: float | None = None) -> tuple[bytearray, bytearray]:
        """Receive the two parts of one value, unread; see ``receive``."""
        late = self._wait(deadline, select.POLLIN)
        prefix = self._read(wire.PREFIX.size, deadline, late)
        text_length, arrays_length = wire.lengths(prefix, self.limit)
        # What follows was sent together with it, so it is looked for before it is waited for.
        return self._read(text_length, deadline, late), self._read(arrays_length, deadline, late)

    def _read(self, size: int, deadline: float | None, late: bool) -> bytearray:
        data = bytearray()
        flags = socket.MSG_DONTWAIT if deadline is not None else 0
        while len(data) < size:
            try:
                chunk = self.socket.recv(min(size - len(data), CHUNK), flags)
            except BlockingIOError:
                # A peer can make poll promise bytes that no read will get: urgent ones (MSG_OOB) are such.
                chunk = None
            except OSError:
                chunk = b""
            if chunk == b"":
                raise ClosedError("the peer is gone")
            data += chunk or b""
            if len(data) < size:
                # What lay there came in one piece. A peer that goes on, byte by byte, must not gain time by it.
                if late:
                    raise TimeoutError
                late = self._wait(deadline, select.POLLIN)
        return data

    def _wait(self, deadline: float | None, event: int) -> bool:
        """Wait until the socket is ready, and tell whether that was only after the deadline.

        Raises:
            TimeoutError: it was not ready at the deadline.
        """
        if deadline is None:
            return False
        if self.socket.fileno() < 0:
            raise ClosedError("the channel has been closed")
        poll = select.poll()
        poll.register(self.socket, event)
        while True:
            left = deadline - time.monotonic()
            if poll.poll(min(max(left, 0.0), MAX_WAIT) * 1000):
                return left <= 0
            if left <= MAX_WAIT:
                raise TimeoutError

    def close(self) -> None:
        """Close our end."""
        self.socket.close()
