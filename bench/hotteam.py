"""Ten thousand members of one team at once: ``python -m bench.hotteam``.

10,000 people of one team and 10,000 of a thousand teams finish a set, in turn, a few hundred each
time, with sixteen at work at once in two processes. What is done is what finishing a set announces
about points: both facts in one command, with the listeners of the house. Told are finished sets a
second for the hot team as a share of the spread-out ones (goal: at least 90 %), the statements of
one, and how long the boards took to count them all.
"""

from __future__ import annotations

import argparse
import inspect
import os
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from typing import Any

import sqlalchemy as sa

from quizapp.core.db import atomic, db
from quizapp.core.events import Rewardable, announce
from quizapp.leaderboards import service as leaderboards

from . import masses, statements, world

PEOPLE = 10_000
TEAMS = 1_000
A_TURN = 500
PROCESSES, THREADS = 2, 8
GOAL = 0.9

Finish = tuple[int, int, date]  # person, unit, learning day

_app: Any = None  # of a process that writes


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


@atomic
def finish(who: int, unit_id: int, day: date) -> None:
    """Announce what a finished daily set may earn, together where the house takes it together."""
    facts = [
        Rewardable(
            user_id=who,
            activity=activity,
            source=f"hot:{who}:{activity}",
            quantity=quantity,
            occurred_on=day,
            unit_id=unit_id,
        )
        for activity, quantity in (("daily_correct", 4), ("daily_finished", 1))
    ]
    kinds = {one.kind for one in inspect.signature(announce).parameters.values()}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        announce(*facts)
    else:
        for fact in facts:
            announce(fact)


def open_process(settings: dict[str, str]) -> None:
    """Make the application of a process that writes."""
    global _app
    _app = world.build_app(settings)


def write(finishes: Sequence[Finish]) -> int:
    """Finish all of these, several at once; return how many there were."""

    def one(what: Finish) -> None:
        with _app.app_context():
            finish(*what)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(one, finishes))
    return len(finishes)


def rate(processes: ProcessPoolExecutor, finishes: Sequence[Finish]) -> float:
    """Let all processes write their part; return finished sets a second."""
    began = time.perf_counter()
    parts = [finishes[place::PROCESSES] for place in range(PROCESSES)]
    number = sum(processes.map(write, parts))
    return number / (time.perf_counter() - began)


def heat(url: str, hot: int, people: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Put the first ``people`` into one team; return them, and as many others with their teams."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        rows = connection.execute(
            sa.text("SELECT person_id, unit_id FROM org_membership ORDER BY person_id LIMIT :n"),
            {"n": 2 * people},
        ).all()
        members = [row.person_id for row in rows[:people]]
        connection.execute(
            sa.text("UPDATE org_membership SET unit_id = :hot WHERE person_id = ANY(:ids)"),
            {"hot": hot, "ids": members},
        )
    engine.dispose()
    return members, [(row.person_id, row.unit_id) for row in rows[people:]]


def main() -> int:
    """Fill, write in turn, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.hotteam", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="of the hot team")
    people = parser.parse_args().people
    with ExitStack() as stack:
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        settings = {**world.environment(url, 0), "DATABASE_POOL": THREADS}
        app = world.build_app(settings)
        stack.callback(world.forget_store, app)
        with app.app_context():
            company = masses.found(url, say, teams=max(TEAMS, people // 10))
            day = masses.today_of(company)
            masses.open_season(company, day)
            hot = company.team_ids[0]
            members, others = heat(url, hot, people)
            leaderboards.tick()
            masses.settle(url)
            with statements.noting() as seen:
                finish(members.pop(), hot, day)
            number = len(seen)
            db.session.remove()
        processes = stack.enter_context(
            ProcessPoolExecutor(PROCESSES, initializer=open_process, initargs=(settings,))
        )
        rate(processes, [(who, unit, day) for who, unit in others[-50:]])  # they start
        shares, rates = [], []
        for start in range(0, people - A_TURN, A_TURN):
            turn = slice(start, start + A_TURN)
            turns = {
                "hot": [(who, hot, day) for who in members[turn]],
                "spread": [(who, unit, day) for who, unit in others[turn]],
            }
            order = sorted(turns, reverse=bool(len(rates) % 2))  # neither is always the second
            found = {name: rate(processes, turns[name]) for name in order}
            shares.append(found["hot"] / found["spread"])
            rates.append((found["hot"], found["spread"]))
        with app.app_context():
            began = time.perf_counter()
            while leaderboards.tick():
                continue
            counted = time.perf_counter() - began
    crowd, spread = (statistics.median(column) for column in zip(*rates, strict=True))
    print(f"finished sets a second: hot team {crowd:.0f}, spread out {spread:.0f} (medians)")
    print(f"share, median of {len(shares)} turns: {statistics.median(shares):.2f} (goal {GOAL})")
    print(f"statements of a finished set: {number}")
    print(f"the boards counted {2 * people:,} finished sets in {counted:.1f} s")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return int(statistics.median(shares) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
