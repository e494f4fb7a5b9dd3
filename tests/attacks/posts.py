"""Places on this machine where the harness listens, so that whoever gets out of a box is heard."""

import contextlib
import os
import selectors
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

LARGEST = 65536


class Posts:
    """Listeners on loopback, on a path and on an abstract name; used in a ``with``.

    Attributes:
        names: where they are, as attackers know it.
        heard: what arrived, as pairs of a kind and bytes; the end of a connection is heard too, as no bytes.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="posts-"))
        self.folder.chmod(0o755)
        self.heard: list[tuple[str, bytes]] = []
        self.names: dict[str, object] = {}
        self._selector = selectors.DefaultSelector()
        self._ended = False
        self._open()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _open(self) -> None:
        path, queue, pipe = (str(self.folder / name) for name in ("stream", "datagrams", "pipe"))
        abstract = f"pathwise-{self.folder.name}"
        listeners: list[tuple[str, int, int, Any]] = [
            ("TCP_PORT", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("TCP6_PORT", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            ("UDP_PORT", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("DNS_PORT", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("UNIX_PATH", socket.AF_UNIX, socket.SOCK_STREAM, path),
            ("UNIX_QUEUE", socket.AF_UNIX, socket.SOCK_DGRAM, queue),
            ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
        ]
        for name, family, kind, address in listeners:
            self.names[name] = 0 if isinstance(address, tuple) else address
            with contextlib.suppress(OSError):
                listener = socket.socket(family, kind)
                listener.bind(address)
                if kind == socket.SOCK_STREAM:
                    listener.listen(64)
                listener.setblocking(False)
                self._selector.register(listener, selectors.EVENT_READ, name)
                if isinstance(address, tuple):
                    self.names[name] = listener.getsockname()[1]
        for file in (path, queue):
            os.chmod(file, 0o777)
        os.mkfifo(pipe)
        os.chmod(pipe, 0o777)
        self.names["PIPE"] = pipe
        self._selector.register(os.open(pipe, os.O_RDWR | os.O_NONBLOCK), selectors.EVENT_READ, "PIPE")

    def _listen(self) -> None:
        while not self._ended:
            for key, _ in self._selector.select(0.1):
                with contextlib.suppress(OSError):
                    self._take(key.fileobj, key.data)

    def _take(self, source: Any, name: str) -> None:
        if isinstance(source, int):
            self.heard.append((name, os.read(source, LARGEST)))
        elif name.startswith("from "):
            data = source.recv(LARGEST)
            self.heard.append((name, data))
            if not data:
                self._selector.unregister(source)
                source.close()
        elif source.type == socket.SOCK_STREAM:
            connection, _ = source.accept()
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, f"from {name}")
        else:
            self.heard.append((name, source.recv(LARGEST)))

    def close(self) -> None:
        """Listen no more."""
        self._ended = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            if isinstance(key.fileobj, int):
                os.close(key.fileobj)
            else:
                key.fileobj.close()
        self._selector.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Posts":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
