"""The load: a fixed number of clients on open connections, each sending as soon as it is answered.

A program of its own, so that it never waits for the server's interpreter or the other way round:
``python -m bench.client PLAN.json`` prints what it measured as JSON. Standard library only.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 20  # for what is still under way when the time is over
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass
class Plan:
    """What to send where; with ``is_once`` every request is sent at most once."""

    host: str
    port: int
    clients: int
    seconds: float
    expected: int
    is_once: bool
    requests: list[str]


@dataclass
class Measured:
    """What came of a plan, latencies in milliseconds; ``errors`` counts the unexpected answers."""

    requests: int
    seconds: float
    p50: float
    p99: float
    slowest: float
    errors: int
    statuses: dict[str, int]
    ran_dry: bool


@dataclass
class Run:
    """What the clients of one run share."""

    plan: Plan
    source: Iterator[bytes]
    ends_at: float
    all_done: asyncio.Event
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    last_at: float = 0.0
    busy: int = 0
    ran_dry: bool = False

    def next_request(self) -> bytes | None:
        """Return what to send next; None when the time is over or everything was sent."""
        if time.perf_counter() >= self.ends_at:
            return None
        request = next(self.source, None)
        self.ran_dry = self.ran_dry or request is None
        return request

    def note(self, status: str, sent_at: float) -> None:
        """Note the answer to a request that was sent at ``sent_at``."""
        self.last_at = time.perf_counter()
        self.latencies.append(self.last_at - sent_at)
        self.statuses[status] += 1

    def leave(self) -> None:
        """Note that a client has nothing more to do."""
        self.busy -= 1
        if self.busy == 0:
            self.all_done.set()


class Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.sent_at = 0.0
        self.buffer = b""
        self.length: int | None = None
        self.is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.send()

    def send(self) -> None:
        """Send the next request, or close."""
        request = self.run.next_request()
        if request is None:
            self.transport.close()
            return
        self.buffer, self.length, self.is_waiting = b"", None, True
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.length is None:
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            found = _LENGTH.search(self.buffer, 0, head)
            if found:
                self.length = head + 4 + int(found[1])
            elif not _CHUNKED.search(self.buffer, 0, head):
                self.length = head + 4
        if self.length is None:
            is_complete = self.buffer.endswith(b"\r\n0\r\n\r\n")
        else:
            is_complete = len(self.buffer) >= self.length
        if is_complete:
            self.is_waiting = False
            self.run.note(self.buffer[9:12].decode("ascii", "replace"), self.sent_at)
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if self.is_waiting:
            self.run.note("lost", self.sent_at)
        if time.perf_counter() < self.run.ends_at and not self.run.ran_dry:
            asyncio.get_running_loop().create_task(_connect(self.run))
        else:
            self.run.leave()


async def _connect(run: Run) -> None:
    try:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Client(run), run.plan.host, run.plan.port)
    except OSError:
        run.note("refused", time.perf_counter())
        run.leave()


async def drive(plan: Plan) -> Measured:
    """Send what ``plan`` says and return what was measured."""
    encoded = [request.encode("latin-1") for request in plan.requests]
    started_at = time.perf_counter()
    run = Run(
        plan,
        source=iter(encoded) if plan.is_once else cycle(encoded),
        ends_at=started_at + plan.seconds,
        all_done=asyncio.Event(),
        busy=plan.clients,
    )
    await asyncio.gather(*map(_connect, repeat(run, plan.clients)))
    try:
        await asyncio.wait_for(run.all_done.wait(), plan.seconds + PATIENCE_SECONDS)
    except TimeoutError:
        run.statuses["unanswered"] += run.busy
    return _summary(run, started_at)


def _summary(run: Run, started_at: float) -> Measured:
    ordered = sorted(run.latencies) or [0.0]
    answers = sum(run.statuses.values())
    return Measured(
        requests=answers,
        seconds=max(run.last_at - started_at, 1e-9),
        p50=1000 * ordered[len(ordered) // 2],
        p99=1000 * ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        slowest=1000 * ordered[-1],
        errors=answers - run.statuses[str(run.plan.expected)],
        statuses=dict(run.statuses),
        ran_dry=run.ran_dry,
    )


def main() -> None:
    """Drive the plan in the file that the command line names."""
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(json.dumps(asdict(asyncio.run(drive(plan)))))


if __name__ == "__main__":
    main()
