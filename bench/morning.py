"""The morning peak as an open loop: ``python -m bench.morning [--rates 10,15,20] [--seconds 60]``.

People arrive as a Poisson process, so many a second, and each takes a whole daily set (`crowd.py`).
The servers are those of the other measurements: two web processes and the worker. What counts is
the highest rate at which 99 of 100 requests are answered within a second and nothing is lost.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.items.models import ItemVersion
from quizapp.org import service as org
from quizapp.quizzes.models import FINISHED, Attempt, Response

from . import report, servers, sets, world
from .crowd import POSITIONS, Plan
from .messages import HOST
from .servers import ROOT, Server
from .world import Account

RATES = (10.0, 15.0, 20.0, 25.0, 30.0)
GOAL_PEOPLE_PER_HOUR = 100_000
GOAL_P99_SECONDS = 1.0
WARM_UP_PEOPLE, WARM_UP_RATE = 60, 10.0
PEOPLE_PER_WORKSHOP = sum(world.TEAM_SIZES)
PAUSES = 2 + POSITIONS  # before the start, each answer, the result


@dataclass(frozen=True)
class Morning:
    """A run at one rate; times in milliseconds, processor time in processors that were busy.

    ``full_*`` are of the requests that were due while people came and had come for as long as a set
    takes: before that, those who came first have the servers for themselves. ``missing`` counts
    acknowledged answers without a row, ``twice`` positions with more than one.
    """

    rate: float
    people: int
    requests: int
    p50: float
    p95: float
    p99: float
    full_requests: int
    full_p50: float
    full_p95: float
    full_p99: float
    slowest: float
    errors: int
    statuses: dict[str, int]
    started: int
    finished: int
    missing: int
    twice: int
    is_complete: bool
    web_processors: float
    worker_processors: float
    crowd_processors: float
    p99_by_kind: dict[str, float]

    @property
    def people_per_hour(self) -> int:
        """Return how many people an hour the rate is."""
        return round(3600 * self.rate)

    @property
    def holds(self) -> bool:
        """Tell whether the goal for latency was met, under full load too, and nothing was lost."""
        slow = max(self.p99, self.full_p99) >= 1000 * GOAL_P99_SECONDS
        return self.is_complete and not slow and not self.errors


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` (seconds) lie, in milliseconds."""
    ordered = sorted(values) or [0.0]
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def right_by_version() -> dict[str, list[str]]:
    """Return a right response to every version of the bank, as a device sends it."""
    numbers = db.session.scalars(sa.select(ItemVersion.id)).all()
    found = {}
    for number in numbers:
        if items.get_stored(number).item.kind != "essay":
            found[str(number)] = list(sets.right_values_of(number))
    return found


@dataclass
class Town:
    """The measured servers, and the people who have not come yet."""

    app: Flask
    organisation_id: int
    web: Server
    worker: Server
    folder: Path
    waiting: list[Account]
    right: dict[str, list[str]]
    think: float

    def let_come(self, rate: float, count: int) -> Morning:
        """Let the next ``count`` people come and return what they met."""
        people, self.waiting = self.waiting[:count], self.waiting[count:]
        plan = Plan(
            host=HOST,
            port=self.web.port,
            rate=rate,
            think=self.think,
            seed=f"{rate}:{count}",
            people=[(each.cookie, each.csrf_token) for each in people],
            right=self.right,
        )
        path = self.folder / "plan.json"
        path.write_text(json.dumps(asdict(plan)), encoding="utf-8")
        web, worker = self.web.cpu_seconds(), self.worker.cpu_seconds()
        command = (sys.executable, "-m", "bench.crowd", str(path))
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        told = json.loads(done.stdout)
        web, worker = self.web.cpu_seconds() - web, self.worker.cpu_seconds() - worker
        return _morning(rate, told, self._rows(people), self.think, (web, worker))

    def _rows(self, people: Sequence[Account]) -> dict[str, Any]:
        """Read back what the people's sets of today are in the database."""
        with self.app.app_context():
            theirs = (
                Attempt.person_id.in_([each.id for each in people]),
                Attempt.day == org.today(self.organisation_id),
            )
            states = db.session.scalars(sa.select(Attempt.state).where(*theirs)).all()
            given = db.session.execute(
                sa.select(Response.submission_uuid, Response.attempt_id, Response.position)
                .join(Attempt, Attempt.id == Response.attempt_id)
                .where(*theirs)
            ).all()
            db.session.rollback()
        return {
            "started": len(states),
            "finished": sum(state == FINISHED for state in states),
            "uuids": {row.submission_uuid for row in given},
            "answers": len(given),
            "places": len({(row.attempt_id, row.position) for row in given}),
        }


def _morning(
    rate: float,
    told: dict[str, Any],
    rows: dict[str, Any],
    think: float,
    used: tuple[float, float],
) -> Morning:
    took = told["took"]
    begins, ends = PAUSES * think, told["last_arrival"]
    full = [t for due, t in zip(told["due"], took, strict=True) if begins <= due <= ends]
    by_kind = defaultdict(list)
    for kind, seconds in zip(told["kinds"], took, strict=True):
        by_kind[kind].append(seconds)
    missing = len(set(told["stored"]) - rows["uuids"])
    return Morning(
        rate=rate,
        people=told["arrived"],
        requests=len(took),
        p50=percentile(took, 0.5),
        p95=percentile(took, 0.95),
        p99=percentile(took, 0.99),
        full_requests=len(full),
        full_p50=percentile(full, 0.5),
        full_p95=percentile(full, 0.95),
        full_p99=percentile(full, 0.99),
        slowest=1000 * max(took, default=0.0),
        errors=told["errors"],
        statuses=told["statuses"],
        started=rows["started"],
        finished=rows["finished"],
        missing=missing,
        twice=rows["answers"] - rows["places"],
        is_complete=(
            told["arrived"] == rows["started"] == rows["finished"] == told["finished"]
            and not missing
            and rows["answers"] == rows["places"] == POSITIONS * told["arrived"]
        ),
        web_processors=used[0] / told["seconds"],
        worker_processors=used[1] / told["seconds"],
        crowd_processors=told["cpu_seconds"] / told["seconds"],
        p99_by_kind={kind: percentile(each, 0.99) for kind, each in sorted(by_kind.items())},
    )


def line(one: Morning) -> str:
    """Return a run as a line for people."""
    share = one.errors / max(1, one.requests)
    return "  ".join(
        [
            f"{one.rate:5.1f}/s {one.people_per_hour:8,}/h",
            f"{one.people:5} people {one.requests:6} requests",
            f"p50 {one.p50:6.1f} p95 {one.p95:7.1f} p99 {one.p99:7.1f} ms",
            f"full load p50 {one.full_p50:6.1f} p95 {one.full_p95:7.1f} p99 {one.full_p99:7.1f} ms",
            f"errors {share:.2%}",
            f"started {one.started} finished {one.finished}",
            f"missing {one.missing} twice {one.twice}",
            f"processors: web {one.web_processors:.2f} worker {one.worker_processors:.2f}"
            f" crowd {one.crowd_processors:.2f}",
        ]
    )


def verdict(runs: Sequence[Morning]) -> str:
    """Return the figure that counts as a sentence."""
    held = max((one.people_per_hour for one in runs if one.holds), default=0)
    return (
        f"highest rate with p99 below {GOAL_P99_SECONDS:.0f} s and nothing lost: {held:,} people "
        f"an hour (goal {GOAL_PEOPLE_PER_HOUR:,})"
    )


def measure(
    stack: ExitStack, rates: Sequence[float], seconds: float, think: float
) -> list[Morning]:
    """Make a world that is large enough, start the servers, and let people come at each rate."""

    def say(text: str) -> None:
        print(f"bench: {text}", file=sys.stderr, flush=True)

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-bench-")))
    url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
    port = servers.free_port()
    settings = world.environment(url, port)
    app = world.build_app(settings)
    stack.callback(world.forget_store, app)
    counts = [round(rate * seconds) for rate in rates]
    wanted = sum(counts) + WARM_UP_PEOPLE
    made = world.fill(app, say, workshops=-(-wanted // PEOPLE_PER_WORKSHOP))
    with app.app_context():
        right = right_by_version()
        db.session.rollback()
    world.settle(url)
    say("servers")
    web = stack.enter_context(
        servers.serving(port, settings, folder / "product.log", probe="/healthz")
    )
    command = (sys.executable, "deploy/worker.py")
    worker = stack.enter_context(servers.running(command, settings, folder / "worker.log"))
    town = Town(
        app,
        made.organisation_id,
        web,
        Server(worker, 0),
        folder,
        list(made.accounts),
        right,
        think,
    )
    town.let_come(WARM_UP_RATE, WARM_UP_PEOPLE)
    runs = []
    for rate, count in zip(rates, counts, strict=True):
        say(f"{count} people, {rate:g} a second")
        runs.append(town.let_come(rate, count))
        print(line(runs[-1]), flush=True)
    return runs


def main() -> int:
    """Measure, print, save; return 1 when an answer was lost or was there twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.morning", description=__doc__)
    parser.add_argument("--rates", default=",".join(f"{rate:g}" for rate in RATES))
    parser.add_argument("--seconds", type=float, default=60, help="how long people come (60)")
    parser.add_argument("--think", type=float, default=4, help="mean pause in seconds (4)")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    rates = [float(rate) for rate in chosen.rates.split(",")]
    with ExitStack() as stack:
        runs = measure(stack, rates, chosen.seconds, chosen.think)
    print(verdict(runs))
    measured = {
        "seconds": chosen.seconds,
        "think": chosen.think,
        "runs": [asdict(one) for one in runs],
        "verdict": verdict(runs),
    }
    print(f"saved: {report.save_alone('morning', measured)}")
    return 1 if any(one.missing or one.twice for one in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
