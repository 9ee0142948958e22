"""How soon the boards have what was earned, at full size: ``python -m bench.rush``.

A company of 50,000 teams and 1,000,000 people, boards up to date, production's worker. Finished
quizzes arrive at a steady rate, 500 a second, each as what the award of one leaves in the database
(two lines of the ledger and their notes for the boards, one transaction): the award itself and the
HTTP request around it are measured elsewhere, and two processors could not do 500 of them.

Told is how long it took from the commit of a finished quiz until the version of the board that
counts it, for one in 20 of them; what the worker used; and how long the rolling of a learning day
and one whole tick took, run in this process before.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa

from quizapp.core import clock
from quizapp.leaderboards import service as leaderboards

from . import masses, servers, world

FINISH = """
WITH finished AS (
    INSERT INTO points_entry (beneficiary, unit_id, day, activity, quantity, amount, reason,
                              rule_version, source, created_at)
    SELECT 'u:' || person_id, unit_id, %(day)s, activity, 1, amount, NULL, 1,
           'rush:' || %(number)s || activity, now()
    FROM org_membership, (VALUES ('daily_correct', 4), ('daily_finished', 1)) AS f(activity, amount)
    WHERE person_id = %(person)s
    RETURNING unit_id, day
)
INSERT INTO leaderboards_dirty (unit_id, day) SELECT unit_id, day FROM finished RETURNING id
"""
SENDERS = 4
SAMPLED = 20  # one in so many is followed
GOAL_SECONDS = 2.0


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass
class Rush:
    """Finished quizzes on their way to the boards."""

    url: str
    season_id: int
    day: date
    people: int
    rate: int
    seconds: int
    sent: int = 0
    late: int = 0  # sent more than a tenth of a second after they were due
    waiting: dict[int, float] = field(default_factory=dict)  # note id: when it was committed
    samples: list[float] = field(default_factory=list)
    versions: int = 0

    def run(self) -> None:
        """Send everything at its time and follow it until the boards have it."""
        began = time.monotonic() + 0.5
        senders = [
            threading.Thread(target=self._send, args=(place, began)) for place in range(SENDERS)
        ]
        is_over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(is_over,))
        for thread in (watcher, *senders):
            thread.start()
        for thread in senders:
            thread.join()
        give_up_at = time.monotonic() + 30
        while self.waiting and time.monotonic() < give_up_at:
            time.sleep(0.1)
        is_over.set()
        watcher.join()

    def _send(self, place: int, began: float) -> None:
        dice = random.Random(place)
        with psycopg.connect(self.url, autocommit=True) as connection:
            for number in range(place, self.rate * self.seconds, SENDERS):
                due = began + number / self.rate
                pause = due - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                self.late += pause < -0.1
                person = dice.randint(1, self.people)
                row = connection.execute(
                    FINISH, {"day": self.day, "number": number, "person": person}
                ).fetchone()
                self.sent += 1
                if row and number % SAMPLED == 0:
                    self.waiting[row[0]] = time.monotonic()

    def _watch(self, is_over: threading.Event) -> None:
        """See every version come, and which of the followed notes it has taken along."""
        known = None
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not is_over.wait(0.01):
                version = connection.execute(
                    "SELECT version FROM leaderboards_board WHERE season_id = %s",
                    (self.season_id,),
                ).fetchone()
                if version == known:
                    continue
                known, seen_at = version, time.monotonic()
                self.versions += 1
                followed = dict(self.waiting)
                left = {
                    row[0]
                    for row in connection.execute(
                        "SELECT id FROM leaderboards_dirty WHERE id = ANY(%s)", (list(followed),)
                    )
                }
                for note, committed_at in followed.items():
                    if note not in left:
                        self.samples.append(seen_at - committed_at)
                        del self.waiting[note]


def roll(at_day: int) -> float:
    """Let the learning day begin that lies so many days ahead; return the seconds it took."""
    with clock.frozen(clock.now() + timedelta(days=at_day)):
        began = time.monotonic()
        leaderboards.tick()
        return time.monotonic() - began


def main() -> int:
    """Fill, build the boards, send, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.rush", description=__doc__)
    parser.add_argument("--teams", type=int, default=masses.TEAMS)
    parser.add_argument("--each", type=int, default=4, help="lines of everybody in the ledger")
    parser.add_argument("--rate", type=int, default=500, help="finished quizzes a second")
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    with ExitStack() as stack:
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        settings = world.environment(url, 0)
        app = world.build_app(settings)
        stack.callback(world.forget_store, app)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-bench-")))
        with app.app_context():
            company = masses.found(url, say, teams=asked.teams)
            today = masses.today_of(company)
            lines = masses.write_ledger(url, today, range(asked.each), say)
            season_id = masses.open_season(company, today)
            say("first boards")
            began = time.monotonic()
            leaderboards.tick()
            print(f"first boards of a season, {lines:,} lines: {time.monotonic() - began:.1f} s")
            masses.settle(url)
            print(f"a learning day begins: {roll(1):.1f} s", flush=True)
            leaderboards.tick()  # back to today
        rush = Rush(
            url=sa.make_url(url).set(drivername="postgresql").render_as_string(False),
            season_id=season_id,
            day=today,
            people=asked.teams * masses.A_TEAM,
            rate=asked.rate,
            seconds=asked.seconds,
        )
        worker = stack.enter_context(
            servers.running(
                (sys.executable, "deploy/worker.py"),
                {**os.environ, **settings},
                folder / "worker.log",
            )
        )
        time.sleep(6)  # it starts
        before = servers.cpu_seconds(worker.pid)
        say(f"{asked.rate} finished quizzes a second for {asked.seconds} seconds")
        rush.run()
        used = servers.cpu_seconds(worker.pid) - before
        print(table(rush, used))
    return int(bool(rush.waiting))


def table(rush: Rush, worker_seconds: float) -> str:
    """Return the figures as text."""
    cuts = statistics.quantiles(rush.samples, n=100)
    return "\n".join(
        [
            f"{rush.sent:,} finished quizzes, {rush.rate} a second"
            f" ({rush.late} sent late), {len(rush.samples)} followed",
            f"on the boards after p50 {cuts[49]:.2f} s  p95 {cuts[94]:.2f} s  p99 {cuts[98]:.2f} s"
            f"  slowest {max(rush.samples):.2f} s  (goal {GOAL_SECONDS:.0f} s)",
            f"{len(rush.waiting)} never seen, {rush.versions} versions in {rush.seconds} s,"
            f" worker {worker_seconds / rush.seconds:.2f} of a processor",
            f"load of the machine: {os.getloadavg()[0]:.1f}",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
