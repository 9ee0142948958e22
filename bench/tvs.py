"""How fast a new board reaches two thousand televisions on one live worker.

``deploy/services.sh .venv/bin/python -m bench.tvs`` makes a database of its own, hangs a display
for every stream (each with a pairing of its own, in workshops of their own), opens all streams on
one gunicorn worker and publishes a new version of the boards several times. Told are the seconds
from the call that publishes until the board has arrived, as the displays saw it, and how long the
boards of all workshops took to make. With ``--watch`` this file is the displays.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from quizapp.accounts.models import Person
from quizapp.boards import service as boards
from quizapp.boards.models import Display
from quizapp.core import security
from quizapp.core.db import atomic, db
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.models import Board
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.models import Membership
from quizapp.points import service as points

from . import world
from .messages import HOST
from .servers import ROOT, free_port, serving

TEAMS, MEMBERS = 4, 6  # of every workshop; of every team
GOAL_SECONDS = 2.0
PATIENCE_SECONDS = 60
AT_ONCE = 25  # streams that are opened at the same time
_kept: list[asyncio.StreamWriter] = []  # a writer that nobody holds closes its stream


@dataclass(frozen=True)
class Round:
    """One new version: seconds until each display had it, and for making and sending it."""

    arrivals: list[float]
    made: float
    missing: int

    @property
    def p50(self) -> float:
        """Return the median arrival."""
        return sorted(self.arrivals)[len(self.arrivals) // 2] if self.arrivals else float("nan")

    @property
    def slowest(self) -> float:
        """Return the last arrival."""
        return max(self.arrivals, default=float("nan"))


# --- the company ----------------------------------------------------------------------------------


@atomic
def _found(displays: int, workshops: int) -> tuple[int, list[str]]:
    """Make a company with its displays; return its id and the secrets of the displays."""
    organisation_id = org.found_organisation(name="Walls", time_zone=world.ZONE, code="W")
    root = org.find_unit_by_code(organisation_id, "W")
    assert root is not None
    today = org.today(organisation_id)
    shops = [_workshop(organisation_id, root.id, n, today) for n in range(workshops)]
    secrets = [security.new_token() for _n in range(displays)]
    db.session.execute(
        sa.insert(Display),
        [
            {
                "organisation_id": organisation_id,
                "unit_id": shops[n % workshops],
                "name": f"Wall {n}",
                "secret_print": security.fingerprint(secret),
            }
            for n, secret in enumerate(secrets)
        ],
    )
    return organisation_id, secrets


def _workshop(organisation_id: int, root: int, number: int, today: date) -> int:
    shop = org.add_unit(
        organisation_id,
        root,
        kind=org_rules.WORKSHOP,
        name=f"Workshop {number}",
        code=f"W{number:04}",
    )
    for t in range(TEAMS):
        team = org.add_unit(
            organisation_id,
            shop,
            kind=org_rules.TEAM,
            name=f"Team {number}-{t}",
            code=f"W{number:04}{t}",
        )
        people = [
            Person(
                organisation_id=organisation_id,
                employee_number=f"{number}-{t}-{n}",
                number_key=f"{number}-{t}-{n}",
                name="Person",
                consent="granted",
            )
            for n in range(MEMBERS)
        ]
        db.session.add_all(people)
        db.session.flush()
        since = today - timedelta(days=world.DAYS_EMPLOYED)
        db.session.add_all(
            Membership(person_id=person.id, unit_id=team, starts_on=since) for person in people
        )
    return shop


def _open_season(organisation_id: int) -> None:
    today = org.today(organisation_id)
    points.set_season(
        None,
        organisation_id,
        name="S1",
        starts_on=today - timedelta(days=10),
        ends_on=today + timedelta(days=10),
    )
    while leaderboards.tick():
        continue


@atomic
def _next_version() -> int:
    """Let the boards have another version, as a tick does, and return it."""
    board = db.session.scalars(sa.select(Board)).one()
    board.version += 1
    return board.version


# --- the displays ---------------------------------------------------------------------------------


async def _display(
    port: int,
    secret: str,
    seen: dict[int, list[float]],
    gate: asyncio.Semaphore,
    opened: list[int],
) -> None:
    """Watch one stream for good: note when each version of the board arrives."""
    async with gate:
        reader = await _open(port, secret)
        opened.append(1)
    while True:
        name, data = await _event(reader)
        if name == "board":
            seen[int(json.loads(data)["v"])].append(time.time())


async def _open(port: int, secret: str) -> asyncio.StreamReader:
    """Open a stream and read its document; like a wall, try again later when there is no room."""
    lines = ("GET /boards/events HTTP/1.1", f"Host: {HOST}", f"Cookie: zhixing-display={secret}")
    while True:
        reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
        writer.write("\r\n".join((*lines, "", "")).encode())
        status = await reader.readline()
        if b" 200 " in status:
            break
        writer.close()
        await asyncio.sleep(1)
    while (await _event(reader))[0] != "state":
        continue
    _kept.append(writer)
    return reader


async def _event(reader: asyncio.StreamReader) -> tuple[str, str]:
    """Return the next event; what chunked encoding puts between is no line of one."""
    name = ""
    while True:
        line = (await reader.readline()).decode()
        if not line:
            raise ConnectionError("the server ended a stream")
        if line.startswith("event: "):
            name = line[7:].strip()
        elif line.startswith("data: "):
            return name, line[6:]


async def _watch(plan: dict[str, list[str]], port: int) -> None:
    seen: dict[int, list[float]] = defaultdict(list)
    opened: list[int] = []
    gate = asyncio.Semaphore(AT_ONCE)
    tasks = [
        asyncio.create_task(_display(port, secret, seen, gate, opened))
        for secret in plan["secrets"]
    ]
    while len(opened) < len(tasks):
        await asyncio.sleep(0.05)
        for task in tasks:
            if task.done():
                task.result()
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        version, give_up_at = int(line), time.time() + PATIENCE_SECONDS
        while len(seen[version]) < len(tasks) and time.time() < give_up_at:
            await asyncio.sleep(0.02)
        print(json.dumps(seen[version]), flush=True)
    for task in tasks:
        task.cancel()


@contextlib.contextmanager
def _watching(folder: Path, secrets: Sequence[str], port: int) -> Iterator[subprocess.Popen[str]]:
    plan = folder / "tvs.json"
    plan.write_text(json.dumps({"secrets": list(secrets)}), encoding="utf-8")
    command = (sys.executable, "-m", "bench.tvs", "--watch", str(plan), "--port", str(port))
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


# --- the run --------------------------------------------------------------------------------------


def _publish(app: Flask, organisation_id: int, displays: int, tvs: subprocess.Popen[str]) -> Round:
    assert tvs.stdin
    assert tvs.stdout
    with app.app_context():
        version = _next_version()
        began = time.time()
        boards.publish_season(organisation_id)
        made = time.time() - began
        db.session.remove()
    tvs.stdin.write(f"{version}\n")
    tvs.stdin.flush()
    arrivals = [at - began for at in json.loads(tvs.stdout.readline())]
    return Round(arrivals, made, displays - len(arrivals))


def _one_by_one(app: Flask, organisation_id: int) -> float:
    """Return the seconds that the boards of all workshops take when each is read by itself."""
    with app.app_context():
        units = db.session.scalars(sa.select(Display.unit_id).distinct()).all()
        began = time.time()
        for unit_id in units:
            leaderboards.get_workshop_board(organisation_id, unit_id)
        return time.time() - began


def run(displays: int, workshops: int, rounds: int) -> list[Round]:
    """Measure and return the rounds; the database and the servers are gone afterwards."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        port = free_port()
        settings = {
            **world.environment(url, port),
            "WEB_CONCURRENCY": "1",
            "STREAMS_PER_PROCESS": str(displays + 100),
        }
        app = world.build_app(settings)
        stack.callback(world.forget_store, app)
        with app.app_context():
            organisation_id, secrets = _found(displays, workshops)
            _open_season(organisation_id)
            db.session.remove()
        world.settle(url)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(serving(port, settings, folder / "web.log", probe="/healthz"))
        began = time.time()
        tvs = stack.enter_context(_watching(folder, secrets, port))
        assert tvs.stdout
        if tvs.stdout.readline().strip() != "ready":
            raise RuntimeError("the displays did not all open their streams")
        print(f"{displays} streams open on one worker after {time.time() - began:.1f} s")
        told = [_publish(app, organisation_id, displays, tvs) for _n in range(rounds)]
        print(f"made one by one, the boards would take {_one_by_one(app, organisation_id):.2f} s")
        return told


def main() -> None:
    """Run the measurement and print it; exit 1 when a display was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--displays", type=int, default=2000)
    parser.add_argument("--workshops", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--watch", type=Path)
    parser.add_argument("--port", type=int)
    asked = parser.parse_args()
    files = 2 * asked.displays + 1000
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (files, max(files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    )
    if asked.watch:
        asyncio.run(_watch(json.loads(asked.watch.read_text(encoding="utf-8")), asked.port))
        return
    told = run(asked.displays, asked.workshops, asked.rounds)
    print(f"{'round':>5} {'made s':>8} {'p50 s':>8} {'max s':>8} {'missing':>8}")
    for n, one in enumerate(told, start=1):
        print(f"{n:>5} {one.made:>8.2f} {one.p50:>8.2f} {one.slowest:>8.2f} {one.missing:>8}")
    slowest = max(one.slowest for one in told)
    print(f"goal: {GOAL_SECONDS:.0f} s; slowest: {slowest:.2f} s")
    sys.exit(1 if any(one.missing for one in told) else 0)


if __name__ == "__main__":
    main()
