"""Pages in an open loop: requests come when they are due, whether earlier ones are answered or not.

A program of its own beside the servers: ``python -m bench.arrivals PLAN.json`` prints what it
measured as JSON. Standard library only. Arrivals are a Poisson process; a latency runs from the
moment a request was due.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .crowd import PATIENCE_SECONDS, Phone
from .messages import get

SKIPPED_SECONDS = 2.0  # connections open and caches fill: no figure of those


@dataclass
class Plan:
    """What is asked: ``path`` by ``people`` (cookies) in turn, ``rate`` times a second."""

    host: str
    port: int
    rate: float
    seconds: float
    seed: str
    path: str
    people: list[str]


@dataclass
class Told:
    """Latencies in milliseconds, and how often each status came."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


async def _ask(plan: Any, told: Told, idle: list[Phone], cookie: str, due: float) -> None:
    """Ask for the page over a connection that is free, or a new one."""
    phone = idle.pop() if idle else Phone(plan)
    status = "lost"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            number, _head, _body = await phone.exchange(get(plan.path, cookie))
        status = str(number)
        idle.append(phone)
    except TimeoutError:
        status = "unanswered"
    except (OSError, asyncio.IncompleteReadError):
        phone.close()
    told.took.append(1000 * (time.perf_counter() - due))
    told.statuses[status] += 1


async def drive(plan: Plan) -> Told:
    """Send what is due and return when everything is answered."""
    told, skipped, dice = Told(), Told(), random.Random(plan.seed)
    idle: list[Phone] = []
    began, due, number = time.perf_counter(), 0.0, 0
    coming = []
    while due < plan.seconds + SKIPPED_SECONDS:
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        noted = told if due >= SKIPPED_SECONDS else skipped
        cookie = plan.people[number % len(plan.people)]
        coming.append(asyncio.create_task(_ask(plan, noted, idle, cookie, began + due)))
        due += dice.expovariate(plan.rate)
        number += 1
    await asyncio.gather(*coming)
    return told


def main() -> None:
    """Drive the plan in the file that the command line names."""
    stored: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(vars(asyncio.run(drive(Plan(**stored))))))


if __name__ == "__main__":
    main()
