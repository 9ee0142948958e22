"""The world that is measured: a company of 4,500 with a history, boards, and people signed in."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import flask_migrate
import sqlalchemy as sa
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

import config
from question_bank.formats import pack as packs
from question_bank.starter import paths
from quizapp import create_app
from quizapp.accounts.models import Person, Session
from quizapp.boards.models import Display
from quizapp.core import clock, security
from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.leaderboards import service as leaderboards
from quizapp.org import rules as org_rules
from quizapp.org import service as org
from quizapp.org.models import Membership
from quizapp.points import service as points
from quizapp.quizzes import service as quizzes

from .messages import HOST

ZONE = "Asia/Shanghai"
WORKSHOPS = 20
TEAM_SIZES = (8, 12, 22, 25, 30, 33, 35, 60)  # of every workshop: each bracket has several teams
HISTORY_DAYS = 2
SHARE_TAKING_PART = 0.5
DAYS_EMPLOYED = 90


@dataclass(frozen=True)
class Account:
    """A person who is signed in on a phone: ``cookie`` is a whole Cookie header."""

    id: int
    public_id: str
    unit_id: int
    session_id: int
    cookie: str
    csrf_token: str


@dataclass(frozen=True)
class World:
    """What a run works with. ``wall_cookie`` is that of a paired display of a workshop."""

    organisation_id: int
    accounts: tuple[Account, ...]
    wall_cookie: str


@contextlib.contextmanager
def own_database(url: str, suffix: str = "") -> Iterator[str]:
    """Make an empty database beside the one of ``url``, yield its address, drop it at the end."""
    address = sa.make_url(url)
    name = f"zhixing_bench_{os.getpid()}{suffix}"
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT")

    def drop() -> None:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    drop()
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        drop()
        server.dispose()


def environment(database_url: str, port: int) -> dict[str, str]:
    """Return the settings of the measured processes: production's own, nothing switched off."""
    return {
        "ZHIXING_CONFIG": "Production",
        "SECRET_KEY": security.new_token() + security.new_token(),
        "DATABASE_URL": database_url,
        "REDIS_PREFIX": f"zhixing-bench-{os.getpid()}:",
        "TRUSTED_HOSTS": HOST,
        "PUBLIC_BASE_URL": f"http://{HOST}:{port}",
        "WEB_CONCURRENCY": "2",
    }


def build_app(settings: dict[str, str]) -> Flask:
    """Return the application of this process on the measured stores, its schema made.

    It differs from the servers in one setting: under TESTING the bank may be approved without
    reviewers.
    """
    own = {
        **settings,
        "WEB_CONCURRENCY": 1,
        "TRUSTED_HOSTS": [HOST],
        "TESTING": True,
        "REDIS_URL": config.Config.REDIS_URL,
    }
    app = create_app(type("Bench", (config.Production,), own))
    with app.app_context():
        flask_migrate.upgrade()
    return app


def forget_store(app: Flask) -> None:
    """Delete what this run left in the store."""
    opened = app.extensions["zhixing_store"]
    for key in opened.client.scan_iter(f"{opened.prefix}*", count=500):
        opened.client.delete(key)


def settle(database_url: str) -> None:
    """Let the database know its tables, as it does by itself once they have been there a while."""
    server = sa.create_engine(database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    server.dispose()


def fill(app: Flask, say: Callable[[str], None], *, workshops: int = WORKSHOPS) -> World:
    """Fill the empty database of ``app`` and sign everybody in; ``say`` is told what happens."""
    with app.app_context():
        say("people and bank")
        organisation_id, walls_at = _found(workshops)
        today = org.today(organisation_id)
        staff = _employ(organisation_id, today)
        load_bank(organisation_id)
        say("history and boards")
        quizzes.record_past(organisation_id, _history(staff, today))
        points.reward_in_bulk(today - timedelta(days=HISTORY_DAYS))
        starts_on = today - timedelta(days=21)
        points.set_season(
            None, organisation_id, name="S1", starts_on=starts_on, ends_on=today + timedelta(days=9)
        )
        while leaderboards.tick():
            continue
        say("sign-ins")
        return World(organisation_id, sign_in(app, staff), _hang_wall(organisation_id, walls_at))


def employ(workshops: int) -> tuple[int, list[tuple[int, str, int]]]:
    """Make the company and its people only: its id; id, public id and team of each person."""
    organisation_id, _walls_at = _found(workshops)
    return organisation_id, _employ(organisation_id, org.today(organisation_id))


def load_bank(organisation_id: int) -> None:
    """Load the starter bank, approved."""
    items.load_packs(organisation_id, _starter_packs())
    items.approve_for_demo(organisation_id)


def _starter_packs() -> list[packs.Pack]:
    found = [packs.read(Path(path).read_bytes()).pack for path in paths()]
    return [pack for pack in found if pack]


@atomic
def _found(workshops: int) -> tuple[int, int]:
    """Create the units; return the organisation and a workshop for the wall."""
    organisation_id = org.found_organisation(name="Bench", time_zone=ZONE, code="B")
    root = org.find_unit_by_code(organisation_id, "B")
    assert root is not None
    plant = org.add_unit(organisation_id, root.id, kind=org_rules.PLANT, name="Plant", code="B1")
    workshop = 0
    for w in range(workshops):
        workshop = org.add_unit(
            organisation_id,
            plant,
            kind=org_rules.WORKSHOP,
            name=f"Workshop {w + 1}",
            code=f"B1{w:02}",
        )
        for t, size in enumerate(TEAM_SIZES):
            org.add_unit(
                organisation_id,
                workshop,
                kind=org_rules.TEAM,
                name=f"Team {w + 1}-{t + 1}",
                code=f"B1{w:02}-{t}:{size}",
            )
    return organisation_id, workshop


@atomic
def _employ(organisation_id: int, today: date) -> list[tuple[int, str, int]]:
    """Fill every team; return id, public id and team of each person, teams mixed."""
    teams = org.list_units(organisation_id, kinds=(org_rules.TEAM,))
    places = [team.id for team in teams for _n in range(int(team.code.rpartition(":")[2]))]
    random.Random("the people of the bench").shuffle(places)
    rows = db.session.execute(
        sa.insert(Person).returning(Person.id, Person.public_id, sort_by_parameter_order=True),
        [
            {
                "organisation_id": organisation_id,
                "employee_number": str(100_000 + n),
                "number_key": str(100_000 + n),
                "name": f"Person {n}",
                "consent": "granted",
            }
            for n in range(len(places))
        ],
    ).all()
    since = today - timedelta(days=DAYS_EMPLOYED)
    db.session.execute(
        sa.insert(Membership),
        [
            {"person_id": row.id, "unit_id": unit, "starts_on": since}
            for row, unit in zip(rows, places, strict=True)
        ],
    )
    return [(row.id, row.public_id, unit) for row, unit in zip(rows, places, strict=True)]


def _history(staff: Sequence[tuple[int, str, int]], today: date) -> Iterator[quizzes.PastSet]:
    """Yield the finished sets of the last days, as people with different habits took them."""
    dice = random.Random("the history of the bench")
    for back in range(HISTORY_DAYS, 0, -1):
        day = today - timedelta(days=back)
        for person_id, _public_id, unit_id in staff:
            if dice.random() < SHARE_TAKING_PART:
                at = datetime.combine(day, time(12, dice.randrange(60)), ZoneInfo(ZONE))
                right = tuple(dice.random() < 0.7 for _place in range(5))
                yield quizzes.PastSet(person_id, unit_id, day, at, right)


@atomic
def sign_in(app: Flask, staff: Sequence[tuple[int, str, int]]) -> tuple[Account, ...]:
    """Give everybody a session and the cookie that a phone would keep of it."""
    now = clock.now()
    secrets = [security.new_token() for _person in staff]
    sessions = db.session.scalars(
        sa.insert(Session).returning(Session.id, sort_by_parameter_order=True),
        [
            {
                "person_id": person_id,
                "secret_print": security.fingerprint(secret),
                "epoch": 0,
                "device": "Android",
                "expires_at": now + timedelta(days=30),
            }
            for (person_id, _public_id, _unit), secret in zip(staff, secrets, strict=True)
        ],
    ).all()
    return tuple(
        Account(person_id, public_id, unit_id, session_id, *_cookie(app, public_id, secret))
        for (person_id, public_id, unit_id), session_id, secret in zip(
            staff, sessions, secrets, strict=True
        )
    )


def _cookie(app: Flask, public_id: str, secret: str) -> tuple[str, str]:
    """Return the Cookie header of a sign-in and a CSRF token that fits it, signed by the app."""
    # A context of its own: the token is kept in `g`, which the surrounding one would share.
    with app.app_context(), app.test_request_context(base_url=f"http://{HOST}"):
        session.permanent = True
        session.update(_user_id=public_id, _fresh=True, secret=secret)
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}", token


@atomic
def _hang_wall(organisation_id: int, unit_id: int) -> str:
    """Pair a display with a workshop and return its Cookie header."""
    secret = security.new_token()
    db.session.add(
        Display(
            organisation_id=organisation_id,
            unit_id=unit_id,
            name="Bench",
            secret_print=security.fingerprint(secret),
        )
    )
    return f"zhixing-display={secret}"
