"""How long a wall waits: from sending a last answer until the new board arrives on the stream."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .messages import HOST, Message

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Freshness:
    """Seconds from sending a last answer to the board on the wall; ``missed`` boards never came."""

    samples: list[float]
    missed: int

    @property
    def p50(self) -> float:
        """Return the median of the samples."""
        return sorted(self.samples)[len(self.samples) // 2] if self.samples else float("nan")

    @property
    def slowest(self) -> float:
        """Return the longest sample."""
        return max(self.samples, default=float("nan"))


class Wall:
    """A display that watches its stream."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
        self._connection.request("GET", "/boards/events", headers={"Cookie": cookie})
        self._boards = _versions(self._connection.getresponse())
        self.version = next(self._boards)

    def wait(self) -> bool:
        """Wait for a later version; return False when none comes in time."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        for version in self._boards:
            if version > self.version:
                self.version = version
                return True
            if time.monotonic() > give_up_at:
                return False
        return False

    def close(self) -> None:
        """Stop watching."""
        self._connection.close()


def _versions(response: http.client.HTTPResponse) -> Iterator[int]:
    """Yield the version of every board on the stream; -1 for anything else, the heartbeat too."""
    kind = ""
    while line := response.readline().decode("utf-8").rstrip("\n"):
        name, _colon, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            told = json.loads(value)
            board = told["board"] if kind == "state" else told if kind == "board" else {"v": -1}
            yield int(board["v"])
            response.readline()  # the empty line that ends an event


def measure(port: int, wall_cookie: str, finishes: Sequence[Message]) -> Freshness:
    """Send each of ``finishes``, a last answer, and time how long the wall waits for its board."""
    dice = random.Random("when people finish")
    wall = Wall(port, wall_cookie)
    while wall.version < 0:
        wall.wait()
    samples, missed = [], 0
    try:
        for message in finishes:
            time.sleep(dice.uniform(0, 1.0))  # people do not wait for the second to begin
            sent_at = time.perf_counter()
            _send(port, message)
            if wall.wait():
                samples.append(time.perf_counter() - sent_at)
            else:
                missed += 1
    finally:
        wall.close()
    return Freshness(samples, missed)


def _send(port: int, message: Message) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(message.method, message.path, message.body, dict(message.headers))
        connection.getresponse().read()
    finally:
        connection.close()
