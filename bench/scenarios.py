"""What is measured: each scenario as the requests it sends, and how it is run under load."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask

from . import messages
from .client import Measured, Plan
from .messages import HOST, Message
from .servers import ROOT, Server
from .sets import OpenSet, open_sets
from .world import World

HELLO = "hello"
ANSWERERS, FINISHERS, STARTERS, READERS = 2600, 900, 700, 300
CROWD = 500  # clients at once, when a shift ends
SAMPLES = 20  # finished sets kept for the walls
WARM_UP_SECONDS = 1.5


@dataclass(frozen=True)
class Scenario:
    """A kind of request. ``is_once``: each of them works only once, so none is sent again.

    ``target`` is the share of "hello" that the project set itself, or None. ``clients`` None: as
    many as the others have.
    """

    name: str
    requests: list[Message]
    expected: int = 200
    is_once: bool = False
    target: float | None = None
    clients: int | None = None


@dataclass(frozen=True)
class Figures:
    """What a scenario did under load; ``cpu_ms`` is processor time of the server per request."""

    load: Measured
    cpu_ms: float
    worker_cpu_share: float

    @property
    def rate(self) -> float:
        """Return answered requests a second."""
        return self.load.requests / self.load.seconds


def hello() -> Scenario:
    """Return the yardstick."""
    return Scenario(HELLO, [messages.get("/")])


def prepare(app: Flask, world: World) -> tuple[list[Scenario], list[OpenSet]]:
    """Return the scenarios in their order, and the sets with which the walls are watched."""
    people = world.accounts
    assert len(people) >= ANSWERERS + FINISHERS + SAMPLES + STARTERS
    with app.app_context():
        fresh = open_sets(world, people[:ANSWERERS], answered=0)
        some = people[ANSWERERS : ANSWERERS + FINISHERS + SAMPLES]
        almost = open_sets(world, some, answered=4)
        # Position by position: two answers of one person never meet, and none is the last.
        answers = [each.answer(position) for position in range(1, 5) for each in fresh]
        finishes = [each.answer(5) for each in almost[:FINISHERS]]
    readers = people[-READERS:]
    rest = people[ANSWERERS + FINISHERS + SAMPLES : ANSWERERS + FINISHERS + SAMPLES + STARTERS]
    starts = [messages.post("/quizzes/daily", a.cookie, a.csrf_token, []) for a in rest]
    half = len(answers) // 2
    return [
        Scenario("answer", answers[:half], is_once=True, target=0.25),
        Scenario("answer, 500", answers[half:], is_once=True, clients=CROWD),
        Scenario("start", starts, expected=302, is_once=True),
        Scenario("finish", finishes, is_once=True),
        Scenario("team board", [messages.get("/team", a.cookie) for a in readers], target=0.25),
        Scenario("today", [messages.get("/", a.cookie) for a in readers]),
    ], almost[FINISHERS:]


@dataclass(frozen=True)
class Field:
    """Where scenarios are run: the two servers, the worker, a folder for plans."""

    product: Server
    yardstick: Server
    worker: Server
    folder: Path

    def warm_up(self, scenario: Scenario, clients: int) -> None:
        """Fill the caches of every process with a short run that is not counted."""
        self._drive(scenario, clients, WARM_UP_SECONDS)

    def run(self, scenario: Scenario, clients: int, seconds: float) -> Figures:
        """Run ``scenario`` for ``seconds``, or until every request that works once was sent."""
        server = self._server_of(scenario)
        before, worker_before = server.cpu_seconds(), self.worker.cpu_seconds()
        load = self._drive(scenario, clients, seconds)
        used = server.cpu_seconds() - before
        return Figures(
            load=load,
            cpu_ms=1000 * used / max(1, load.requests),
            worker_cpu_share=(self.worker.cpu_seconds() - worker_before) / load.seconds,
        )

    def _server_of(self, scenario: Scenario) -> Server:
        return self.yardstick if scenario.name == HELLO else self.product

    def _drive(self, scenario: Scenario, clients: int, seconds: float) -> Measured:
        port = self._server_of(scenario).port
        plan = Plan(
            host=HOST,
            port=port,
            clients=clients,
            seconds=seconds,
            expected=scenario.expected,
            is_once=scenario.is_once,
            requests=[request.wire(port) for request in scenario.requests],
        )
        path = self.folder / "plan.json"
        path.write_text(json.dumps(asdict(plan)), encoding="utf-8")
        done = subprocess.run(
            (sys.executable, "-m", "bench.client", str(path)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
        load = Measured(**json.loads(done.stdout))
        if scenario.is_once:
            del scenario.requests[: load.requests]
        return load


def around(before: Figures, after: Figures) -> float:
    """Return the rate of "hello" beside a scenario: the mean of the runs before and after it."""
    return (before.rate + after.rate) / 2
