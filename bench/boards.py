"""The boards of 1,000 and of 1,000,000 people beside each other: ``python -m bench.boards``.

Teams, seats and standings are written as the boards would leave them; people exist as far as they
open pages. Both companies live in one database and one store and are measured in turn.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from quizapp.accounts.models import Person
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.core.redis import store
from quizapp.core.security import public_id
from quizapp.leaderboards.models import Board, Seat, Standing
from quizapp.leaderboards.service import keeping, rankings, tables
from quizapp.leaderboards.service.rankings import scripts
from quizapp.leaderboards.service.shown import Shown, shown_boards
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.points import rules as points_rules
from quizapp.points.models import Season

from . import report, servers, world
from .arrivals import SKIPPED_SECONDS, Plan
from .messages import HOST

SMALL, LARGE = 1_000, 1_000_000
TEAM_SIZES = (8, 10, 12, 20, 50)  # a hundred people in five teams, of all brackets
TEAMS_A_WORKSHOP = 25
VIEWERS = 3_000  # people of as many teams as there are, who open the page
QUERIES = 4_000  # of each company, in turns
RATE, SECONDS, ROUNDS = 100.0, 20.0, 2
GOAL_QUERY_MS, GOAL_PAGE_MS, GOAL_RATIO = 20.0, 100.0, 1.2
COMPARED = 200  # pages of each company, before the store is emptied and afterwards
CHUNK = 5_000


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass
class Company:
    """A company with standings, and what was measured of it; times in milliseconds."""

    people: int
    organisation_id: int
    season_id: int
    units: list[int]
    cookies: list[str]
    built_seconds: float = 0.0
    store: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    tables: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # of the web server, for each page of a round
    errors: int = 0


# -- the companies


@atomic
def found(app: Flask, people: int, dice: random.Random) -> Company:
    """Write a company of so many people, with the boards of a season that is three weeks old."""
    organisation_id = org.found_organisation(
        name=f"Bench {people}", time_zone=world.ZONE, code=f"N{people}"
    )
    today = org.today(organisation_id)
    units = _teams(organisation_id, people // 20)
    season = Season(
        organisation_id=organisation_id,
        name="S1",
        starts_on=today - timedelta(days=21),
        ends_on=today + timedelta(days=9),
    )
    db.session.add(season)
    db.session.flush()
    db.session.add(Board(season_id=season.id, version=1, as_of=clock.now(), day=today))
    _standings(season.id, units, dice)
    staff = _viewers(organisation_id, [dice.choice(units) for _person in range(VIEWERS)], dice)
    cookies = [account.cookie for account in world.sign_in(app, staff)]
    return Company(people, organisation_id, season.id, units, cookies)


def _write(table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(table), rows[start : start + CHUNK])


def _teams(organisation_id: int, number: int) -> list[int]:
    """Write the units of a company and return the ids of its teams."""
    root = db.session.scalars(
        sa.select(Unit).where(Unit.organisation_id == organisation_id, Unit.parent_id.is_(None))
    ).one()
    first = (db.session.scalar(sa.select(sa.func.max(Unit.id))) or 0) + 1
    workshops = -(-number // TEAMS_A_WORKSHOP)

    def unit(place: int, kind: str, name: str, parent: int, path: str) -> dict[str, Any]:
        return {
            "id": first + place,
            "public_id": public_id(),
            "organisation_id": organisation_id,
            "parent_id": parent,
            "kind": kind,
            "name": name,
            "code": f"{kind}{place}",
            "path": f"{path}{first + place}/",
        }

    rows = [unit(0, org_rules.PLANT, "Plant", root.id, root.path)]
    plant = rows[0]
    rows += [
        unit(1 + n, org_rules.WORKSHOP, f"Workshop {n}", plant["id"], plant["path"])
        for n in range(workshops)
    ]
    for n in range(number):
        above = rows[1 + n // TEAMS_A_WORKSHOP]
        name = f"Team {n * 7919 % number}"
        rows.append(unit(1 + workshops + n, org_rules.TEAM, name, above["id"], above["path"]))
    _write(Unit, rows)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT setval('org_unit_id_seq', max(id)) FROM org_unit"))
    return [row["id"] for row in rows[1 + workshops :]]


def _standings(season_id: int, units: list[int], dice: random.Random) -> None:
    """Write seats and standings: scores as a month of habits makes them, many of them shared."""
    rows: list[dict[str, Any]] = []
    for place, unit in enumerate(units):
        members = TEAM_SIZES[place % len(TEAM_SIZES)]
        rows.append(
            {
                "season_id": season_id,
                "unit_id": unit,
                "bracket": points_rules.bracket_of(members),
                "members": members,
                "member_days": 22 * members,
                "score": max(0, round(dice.gauss(520, 110))),
            }
        )
    for bracket in points_rules.SHRINKAGE:
        mine = [row for row in rows if row["bracket"] == bracket]
        ranks = points_rules.ranks([(row["unit_id"], row["score"]) for row in mine])
        for row in mine:
            row["rank"] = ranks[row["unit_id"]]
            row["rank_before"] = max(1, row["rank"] + dice.randrange(-3, 4))
    _write(
        Seat,
        [
            {k: r[k] for k in ("season_id", "unit_id")} | {"ranked_unit_id": r["unit_id"]}
            for r in rows
        ],
    )
    _write(Standing, rows)


def _viewers(
    organisation_id: int, places: list[int], dice: random.Random
) -> list[tuple[int, str, int]]:
    """Write the people who open pages; return id, public id and team of each."""
    rows = db.session.execute(
        sa.insert(Person).returning(Person.id, Person.public_id, sort_by_parameter_order=True),
        [
            {
                "organisation_id": organisation_id,
                "employee_number": str(n),
                "number_key": str(n),
                "name": f"Person {n}",
                "consent": "granted",
            }
            for n in range(len(places))
        ],
    ).all()
    since = org.today(organisation_id) - timedelta(days=world.DAYS_EMPLOYED)
    _write(
        Membership,
        [
            {"person_id": row.id, "unit_id": unit, "starts_on": since}
            for row, unit in zip(rows, places, strict=True)
        ],
    )
    return [(row.id, row.public_id, unit) for row, unit in zip(rows, places, strict=True)]


# -- the query


def boards_of(company: Company) -> Shown:
    """Return the boards that people of a company are shown."""
    shown = shown_boards(company.organisation_id)
    assert shown
    return shown


def query(companies: list[Company], dice: random.Random) -> int:
    """Ask for top, own team and neighbours of random teams in turn; return trips to the store."""
    trips = _count_trips(companies[0])
    shown = {company.people: boards_of(company) for company in companies}
    for _turn in range(QUERIES):
        for company in companies:
            boards, own = shown[company.people], dice.choice(company.units)
            company.whole.append(_timed(lambda b=boards, o=own: _read(rankings, b, o)))
            company.store.append(_timed(lambda b=boards, o=own: _run_script(b, o)))
    for _turn in range(QUERIES // 20):
        for company in companies:
            boards, own = shown[company.people], dice.choice(company.units)
            company.tables.append(_timed(lambda b=boards, o=own: _read(tables, b, o)))
    return trips


def _read(source: Any, shown: Shown, own: int) -> Any:
    found = source.read_slice(shown, bracket=None, own_id=own, today=shown.season.starts_on)
    assert found
    return found


def _run_script(shown: Shown, own: int) -> None:
    """Ask the store alone, without making rows of its answer."""
    found = scripts.run(
        scripts.READ,
        scripts.pointer_of(shown.scope),
        *(shown.version, "", own, "rank", tables.TOP, tables.AROUND, ""),
        *(tables.LEADERS, tables.MOST_LEADERS),
        *points_rules.SHRINKAGE,
    )
    assert found


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def _count_trips(company: Company) -> int:
    """Return how many packets one reading sends, as the store's own count of commands tells."""
    shown, own = boards_of(company), company.units[0]
    client = store().client
    _read(rankings, shown, own)
    before = _calls(client)
    _read(rankings, shown, own)
    return _calls(client) - before


def _calls(client: Any) -> int:
    """Return the commands that clients sent so far; those that a script runs are its own."""
    stats = client.info("commandstats")
    return sum(
        int(stats[f"cmdstat_{name}"]["calls"])
        for name in ("evalsha", "eval")
        if f"cmdstat_{name}" in stats
    )


# -- the store emptied


def flush(companies: list[Company], dice: random.Random) -> int:
    """Empty the store, read from the tables, build again, compare; return how many differ."""
    asked = [
        (company, boards_of(company), dice.choice(company.units))
        for company in companies
        for _one in range(COMPARED)
    ]
    before = [repr(_read(rankings, shown, own)) for _company, shown, own in asked]
    world.forget_store(_app())
    texts = [repr(_read(tables, shown, own)) for _company, shown, own in asked]
    for company in companies:
        shown = boards_of(company)
        assert rankings.version_of(shown.scope) is None
        began = time.perf_counter()
        assert keeping.build_ranking(shown)
        company.built_seconds = time.perf_counter() - began
    after = [repr(_read(rankings, shown, own)) for _company, shown, own in asked]
    return sum(
        not one == other == third for one, other, third in zip(before, texts, after, strict=True)
    )


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


# -- the page


@contextlib.contextmanager
def moving(app: Flask, companies: list[Company]) -> Iterator[None]:
    """Give the boards a new version every second, as in the morning, so that pages are drawn."""
    is_over = threading.Event()

    def move() -> None:
        with app.app_context():
            while not is_over.wait(1.0):
                for company in companies:
                    _step(company.season_id)

    thread = threading.Thread(target=move, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@atomic
def _step(season_id: int) -> None:
    version = db.session.scalar(
        sa.update(Board)
        .where(Board.season_id == season_id)
        .values(version=Board.version + 1)
        .returning(Board.version)
    )
    assert version
    keeping.carry_on(season_id, version, frozenset())


def pages(
    app: Flask, companies: list[Company], served: servers.Server, folder: Path, chosen: Any
) -> None:
    """Let people open their boards, company after company, and keep the latencies."""
    for turn in range(ROUNDS):
        for company in companies:
            plan = Plan(
                HOST, served.port, chosen.rate, chosen.seconds, f"{turn}", "/team", company.cookies
            )
            file = folder / "plan.json"
            file.write_text(json.dumps(asdict(plan)), encoding="utf-8")
            used = served.cpu_seconds()
            with moving(app, companies):
                done = subprocess.run(
                    (sys.executable, "-m", "bench.arrivals", str(file)),
                    check=True,
                    capture_output=True,
                    text=True,
                )
            told = json.loads(done.stdout)
            company.page += told["took"]
            asked = len(told["took"]) * (1 + SKIPPED_SECONDS / chosen.seconds)
            company.cpu.append(1000 * (served.cpu_seconds() - used) / asked)
            company.errors += sum(n for status, n in told["statuses"].items() if status != "200")


# -- the report


def share(values: list[float], part: float) -> float:
    """Return the value below which ``part`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def table(companies: list[Company], trips: int, different: int, rate: float) -> str:
    """Return the figures as text."""
    small, large = companies
    lines = [f"{'':<34}{small.people:>12,}{large.people:>12,}   ratio   goal"]
    kinds = (
        ("store alone", "store", GOAL_QUERY_MS),
        ("store, and rows made of it", "whole", GOAL_QUERY_MS),
        ("tables, when the store is empty", "tables", None),
        (f"page, {rate:g} requests/s", "page", GOAL_PAGE_MS),
    )
    for name, key, goal in kinds:
        for label, part in (("p50", 0.5), ("p99", 0.99)):
            few, many = (share(getattr(one, key), part) for one in companies)
            if few:
                goals = f"  < {goal:g} ms, {GOAL_RATIO}x" if goal and part > 0.9 else ""
                lines.append(
                    f"{name + ', ' + label + ' ms':<34}{few:>12.2f}{many:>12.2f}"
                    f"{many / few:>8.2f}{goals}"
                )
    used = [statistics.mean(one.cpu) if one.cpu else 0.0 for one in companies]
    lines.append(
        f"{'page, CPU of the web server, ms':<34}{used[0]:>12.2f}{used[1]:>12.2f}"
        f"{used[1] / (used[0] or 1):>8.2f}"
    )
    lines.append(
        f"{'ranking built in, s':<34}{small.built_seconds:>12.2f}{large.built_seconds:>12.2f}"
    )
    lines.append(
        f"one reading is {trips} round trip(s); emptied and built again, {different} of "
        f"{2 * COMPARED} pages differ; {small.errors + large.errors} pages failed"
    )
    return "\n".join(lines)


def main() -> int:
    """Fill, measure in turn, print, save; return 1 when a page failed or came out different."""
    parser = argparse.ArgumentParser(prog="python -m bench.boards", description=__doc__)
    parser.add_argument("--people", type=int, default=LARGE, help=f"of the large one ({LARGE:,})")
    parser.add_argument("--small", type=int, default=SMALL, help=f"of the small one ({SMALL:,})")
    parser.add_argument("--rate", type=float, default=RATE, help="pages a second (100)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each round (20)")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        say("DATABASE_URL and REDIS_URL are not set: run it under deploy/services.sh")
        return 2
    dice = random.Random("the boards of the bench")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhixing-bench-")))
        url = stack.enter_context(world.own_database(os.environ["DATABASE_URL"]))
        port = servers.free_port()
        settings = world.environment(url, port)
        app = world.build_app(settings)
        stack.callback(world.forget_store, app)
        with app.app_context():
            say("companies")
            companies = [found(app, people, dice) for people in (chosen.small, chosen.people)]
            world.settle(url)
            keeping.keep_rankings()
            say("queries")
            trips = query(companies, dice)
            say("an emptied store")
            different = flush(companies, dice)
            db.session.remove()
        say("pages")
        served = stack.enter_context(
            servers.serving(port, settings, folder / "product.log", probe="/healthz")
        )
        pages(app, companies, served, folder, chosen)
    print(table(companies, trips, different, chosen.rate))
    measured = {
        "companies": [
            {
                "people": one.people,
                "teams": len(one.units),
                "built_seconds": one.built_seconds,
                "errors": one.errors,
                "cpu": one.cpu,
                **{
                    key: {
                        "p50": statistics.median(getattr(one, key)),
                        "p99": share(getattr(one, key), 0.99),
                    }
                    for key in ("store", "whole", "tables", "page")
                    if getattr(one, key)
                },
            }
            for one in companies
        ],
        "trips": trips,
        "different": different,
    }
    print(f"saved: {report.save_alone('boards', measured)}")
    return 1 if different or any(one.errors for one in companies) else 0


if __name__ == "__main__":
    sys.exit(main())
