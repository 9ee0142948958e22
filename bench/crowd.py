"""The morning's people: each arrives when due and takes a whole daily set as a phone's scripts do.

A program of its own beside the servers: ``python -m bench.crowd PLAN.json`` prints what it measured
as JSON. Standard library only. It is an open loop: nobody waits for anybody else, and a latency
runs from the moment a request was due, not from when this program got round to sending it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import resource
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .messages import Message, get, post, post_json

PATIENCE_SECONDS = 30  # for one answer
CARRIED_AFTER_SECONDS = 0.8  # static/quizzes/carried.js lets the page come first
TEAM_AFTER_SECONDS = 1.5  # static/home/result.js waits for the board
POSITIONS = 5
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *(\S+)", re.IGNORECASE)
_TICKET = re.compile(r'name="ticket" value="([^"]+)"')


@dataclass
class Plan:
    """Who comes: ``people`` are (cookie, CSRF token), ``rate`` of them a second, independently.

    ``right`` holds the values of a right response by version. ``think`` is the mean of a pause.
    """

    host: str
    port: int
    rate: float
    think: float
    seed: str
    people: list[tuple[str, str]]
    right: dict[str, list[str]]


@dataclass
class Told:
    """What the people of a run were told: seconds since its begin when due, and until answered."""

    due: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    arrived: int = 0
    started: int = 0
    finished: int = 0
    stored: list[str] = field(default_factory=list)  # the UUIDs that the server acknowledged
    last_arrival: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


class Failed(Exception):
    """A request was not answered as it should be; its person goes away."""


class Phone:
    """A connection that stays open while the server keeps it, and is made anew when it did not."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def exchange(self, message: Message) -> tuple[int, bytes, bytes]:
        """Send a request and return the status, the head and the body of its answer.

        A connection that the server closed while it was idle is no fault: as a browser does, it is
        opened once more.
        """
        request = message.wire(self.plan.port).encode("latin-1")
        if self.reader is not None and not self.reader.at_eof():
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._send(request)
        self.close()
        self.reader, self.writer = await asyncio.open_connection(self.plan.host, self.plan.port)
        return await self._send(request)

    async def _send(self, request: bytes) -> tuple[int, bytes, bytes]:
        assert self.reader
        assert self.writer
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await self.reader.readexactly(int(length[1])) if length else b""
        return int(head[9:12]), head, body

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Person:
    """Somebody's morning: Today, the set, its five answers, the result."""

    def __init__(self, run: Run, number: int, dice: random.Random) -> None:
        self.run, self.dice = run, dice
        self.cookie, self.csrf_token = run.plan.people[number]
        self.phone = Phone(run.plan)
        self.due = 0.0

    async def come(self, due: float) -> None:
        """Arrive when due and take the set; whoever meets an error goes away."""
        self.due = due
        self.run.told.arrived += 1
        try:
            await self._take()
        except Failed:
            self.run.told.errors += 1
        finally:
            self.phone.close()

    async def _take(self) -> None:
        told = self.run.told
        await self._ask("today", get("/", self.cookie), 200)
        self._pause()
        head, _body = await self._ask(
            "start", post("/quizzes/daily", self.cookie, self.csrf_token, []), 302
        )
        told.started += 1
        found = _LOCATION.search(head)
        path = found[1].decode() if found else ""
        attempt = path.rpartition("/")[2]
        await self._ask("question", get(path, self.cookie), 200)
        self.due += CARRIED_AFTER_SECONDS
        _head, body = await self._ask(
            "carried", get(f"/api/v1/attempts/{attempt}", self.cookie), 200
        )
        for ticket in self._tickets(body):
            self._pause()
            await self._answer(ticket)
        self._pause()
        _head, body = await self._ask("result", get(f"/result/{attempt}", self.cookie), 200)
        told.finished += 1
        if (
            b"data-url=" in body
        ):  # the board is not there yet: the page asks for it once it should be
            self.due += TEAM_AFTER_SECONDS
            await self._ask("team", get(f"/result/{attempt}/team", self.cookie), 200)

    def _tickets(self, body: bytes) -> list[str]:
        questions = json.loads(body)["questions"]
        found = [_TICKET.search(question["html"]) for question in questions]
        tickets = [one[1] for one in found if one]
        if len(tickets) != POSITIONS:
            self.run.told.statuses["tickets missing"] += 1
            raise Failed
        return tickets

    async def _answer(self, ticket: str) -> None:
        version = ticket.split(".")[4]  # see quizapp/quizzes/service/tickets.py
        sent = {
            "ticket": ticket,
            "uuid": str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
            "given": self.run.plan.right[version],
            "sequence": 1,
            "claimed_at": int(1000 * time.time()),
            "confident": None,
        }
        _head, body = await self._ask(
            "answer", post_json("/api/v1/answers", self.cookie, sent), 200
        )
        if json.loads(body)["state"] == "stored":
            self.run.told.stored.append(str(sent["uuid"]))

    def _pause(self) -> None:
        self.due += self.dice.expovariate(1 / self.run.plan.think)

    async def _ask(self, kind: str, message: Message, expected: int) -> tuple[bytes, bytes]:
        """Send a request when it is due, note how long its answer took, and let the next follow."""
        await self.run.until(self.due)
        status, head, body = "lost", b"", b""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                number, head, body = await self.phone.exchange(message)
            status = str(number)
        except TimeoutError:
            status = "unanswered"
        except (OSError, asyncio.IncompleteReadError):
            pass
        answered = self.run.now()
        told = self.run.told
        told.due.append(round(self.due, 4))
        told.took.append(round(answered - self.due, 5))
        told.kinds.append(kind)
        told.statuses[status] += 1
        if status != str(expected):
            raise Failed
        self.due = answered
        return head, body


class Run:
    """What the people of one run share: the plan, the clock, the notes."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.told = plan, Told()
        self.began_at = time.perf_counter()

    def now(self) -> float:
        """Return the seconds since the run began."""
        return time.perf_counter() - self.began_at

    async def until(self, due: float) -> None:
        """Wait until ``due``, or not at all when that is over."""
        await asyncio.sleep(max(0.0, due - self.now()))


async def drive(plan: Plan) -> Told:
    """Let everybody of ``plan`` come and return when the last one has gone."""
    run, dice = Run(plan), random.Random(plan.seed)
    due, coming = 0.0, []
    for number in range(len(plan.people)):
        due += dice.expovariate(plan.rate)
        own = random.Random(f"{plan.seed}:{number}")
        await run.until(due)
        coming.append(asyncio.create_task(Person(run, number, own).come(due)))
    await asyncio.gather(*coming)
    run.told.last_arrival, run.told.seconds = due, run.now()
    used = resource.getrusage(resource.RUSAGE_SELF)
    run.told.cpu_seconds = used.ru_utime + used.ru_stime
    return run.told


def main() -> None:
    """Drive the plan in the file that the command line names."""
    stored: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(vars(asyncio.run(drive(Plan(**stored))))))


if __name__ == "__main__":
    main()
