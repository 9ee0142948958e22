"""A network that loses acknowledgements: what is sent arrives, what comes back often does not."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator

SECONDS = 30


class Proxy:
    """Passes one request a connection on to a server and loses a share of the responses."""

    def __init__(self, target: int, *, lost: float, seed: int) -> None:
        self.target = target
        self.lost = lost
        self.dice = random.Random(seed)
        self.passed = self.dropped = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop taking connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass_on(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self.target), SECONDS) as far:
            near.settimeout(SECONDS)
            sending = threading.Thread(target=_copy, args=(near, far), daemon=True)
            sending.start()
            answer = b""
            with contextlib.suppress(OSError):
                while part := far.recv(65_536):
                    answer += part
            with self._lock:
                is_lost = self.dice.random() < self.lost
                self.dropped += is_lost
                self.passed += not is_lost
            with contextlib.suppress(OSError):
                if not is_lost:
                    near.sendall(answer)
                near.shutdown(socket.SHUT_RDWR)
            sending.join(SECONDS)


def _copy(near: socket.socket, far: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := near.recv(65_536):
            far.sendall(part)


@contextlib.contextmanager
def losing(target: int, *, lost: float, seed: int) -> Iterator[Proxy]:
    """Run a proxy before the server on port ``target`` that loses a share of its responses."""
    proxy = Proxy(target, lost=lost, seed=seed)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(SECONDS)
