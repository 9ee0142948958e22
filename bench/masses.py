"""A company of any size, made by the database itself: 50,000 teams, 1,000,000 people, a ledger.

Rows come from ``generate_series``, so that twenty million of them take minutes. Keys are not
checked while they are written (every one is right by how it is made), and the indexes of the
ledger are made afterwards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.core.db import atomic, db
from quizapp.org import service as org
from quizapp.points.models import Season

TEAMS = 50_000
SIZES = (6, 8, 10, 12, 14, 18, 20, 24, 28, 60)  # of ten teams: every bracket, 20 on average
A_WORKSHOP, A_PLANT = 25, 20  # teams of a workshop, workshops of a plant
A_TEAM = 20  # people, on average
SEASON_AGE = 35  # days
DAYS = 28  # the ledger's lines lie on so many days, which all count

UNITS = """
INSERT INTO org_unit (public_id, organisation_id, parent_id, kind, name, code, path, is_active,
                      created_at)
SELECT '{code}' || n, :organisation, above.id, '{kind}', '{name} ' || n, '{code}' || n, '', TRUE,
       now()
FROM generate_series(1, :number) AS n
JOIN org_unit AS above ON above.code = {above} AND above.organisation_id = :organisation
"""
PATHS = """
UPDATE org_unit SET path = above.path || org_unit.id || '/' FROM org_unit AS above
WHERE org_unit.parent_id = above.id AND org_unit.kind = '{kind}'
"""
STAFF = """
INSERT INTO accounts_person (public_id, organisation_id, employee_number, number_key, name, post,
    is_large, must_change_password, epoch, consent, is_active, is_demo, created_at)
SELECT 'p' || n, :organisation, n, n, 'Person ' || n, '', FALSE, FALSE, 0, 'granted', TRUE, FALSE,
       now()
FROM generate_series(1, :people) AS n
"""
# Team number t has SIZES[t % 10] people; places[n] says whose team the nth of 200 people is.
PLACES = """
INSERT INTO org_membership (person_id, unit_id, kind, starts_on)
SELECT person.id, unit.id, 'primary', :since
FROM (SELECT id, number_key::int AS n FROM accounts_person
      WHERE organisation_id = :organisation) AS person
JOIN org_unit AS unit ON unit.organisation_id = :organisation
 AND unit.code = 'T' || ((person.n - 1) / 200 * 10 + (:places ::int[])[(person.n - 1) % 200 + 1])
"""
# Line k of person n lies on a day of its own, so all days are alike and all teams differ.
LEDGER = """
INSERT INTO points_entry (beneficiary, unit_id, day, activity, quantity, amount, reason,
                          rule_version, source, created_at)
SELECT 'u:' || member.person_id, member.unit_id, (:today)::date - ((member.person_id + k) % :days),
       CASE WHEN k % 2 = 0 THEN 'daily_correct' ELSE 'daily_finished' END, 1,
       1 + (member.person_id * 7 + member.unit_id * 3 + k * 13) % 5, NULL, 1,
       'mass:' || k, now()
FROM org_membership AS member, generate_series(:first ::int, :last ::int) AS k
"""


@dataclass(frozen=True)
class Company:
    """What was made: the ids of the organisation and of its teams."""

    organisation_id: int
    team_ids: tuple[int, ...]


def today_of(company: Company) -> date:
    """Return the company's learning day."""
    return org.today(company.organisation_id)


@atomic
def open_season(company: Company, today: date) -> int:
    """Open a season that holds the whole window; no board is made yet. Return its id."""
    season = Season(
        organisation_id=company.organisation_id,
        name="S1",
        starts_on=today - timedelta(days=SEASON_AGE),
        ends_on=today + timedelta(days=SEASON_AGE),
    )
    db.session.add(season)
    db.session.flush()
    return season.id


@contextlib.contextmanager
def filling(url: str) -> Iterator[sa.Connection]:
    """Open a connection on which foreign keys are not checked, and commit at the end."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
        yield connection
    engine.dispose()


def found(url: str, say: Callable[[str], None], *, teams: int = TEAMS) -> Company:
    """Make a company of ``teams`` teams, 20 people each on average, all there before the season.

    Needs an application context on the database of ``url``.
    """
    organisation_id = _organisation()
    since = org.today(organisation_id) - timedelta(days=2 * SEASON_AGE)
    workshops = max(1, teams // A_WORKSHOP)
    plants = max(1, workshops // A_PLANT)
    say(f"{teams:,} teams, {teams * A_TEAM:,} people")
    with filling(url) as connection:
        for kind, code, number, above in (
            ("plant", "P", plants, "'M'"),
            ("workshop", "W", workshops, f"'P' || (1 + (n - 1) % {plants})"),
            ("team", "T", teams, f"'W' || (1 + (n - 1) % {workshops})"),
        ):
            _run(
                connection,
                UNITS.format(kind=kind, code=code, name=kind.title(), above=above),
                organisation=organisation_id,
                number=number,
            )
            _run(connection, PATHS.format(kind=kind))
        _run(connection, STAFF, organisation=organisation_id, people=teams * A_TEAM)
        places = [place + 1 for place, size in enumerate(SIZES) for _one in range(size)]
        _run(connection, PLACES, organisation=organisation_id, places=places, since=since)
        ids = connection.scalars(
            sa.text("SELECT id FROM org_unit WHERE kind = 'team' AND organisation_id = :o"),
            {"o": organisation_id},
        ).all()
    settle(url)
    return Company(organisation_id, tuple(ids))


@atomic
def _organisation() -> int:
    return org.found_organisation(name="Masses", time_zone="Asia/Shanghai", code="M")


def write_ledger(url: str, today: date, each: range, say: Callable[[str], None]) -> int:
    """Give everybody the lines of the ledger with these numbers; return how many lines there are.

    A person has at most one line of a number, on one of the last 28 days.
    """
    say(f"{len(each)} more lines for everybody")
    with filling(url) as connection:
        kept = _drop_indexes(connection, "points_entry")
        _run(connection, LEDGER, today=today, days=DAYS, first=each.start + 1, last=each.stop)
        for statement in kept:
            connection.execute(sa.text(statement))
        number: int = connection.scalar(sa.text("SELECT count(*) FROM points_entry")) or 0
    settle(url)
    return number


def _drop_indexes(connection: sa.Connection, table: str) -> list[str]:
    """Drop every index of a table but its key; return the statements that make them again."""
    constraints = connection.execute(
        sa.text(
            "SELECT conname, pg_get_constraintdef(oid) AS text FROM pg_constraint"
            " WHERE conrelid = CAST(:table AS regclass) AND contype = 'u'"
        ),
        {"table": table},
    ).all()
    for row in constraints:
        connection.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {row.conname}"))
    plain = connection.execute(
        sa.text(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = :table AND indexname NOT LIKE 'pk_%'"
        ),
        {"table": table},
    ).all()
    for row in plain:
        connection.execute(sa.text(f"DROP INDEX {row.indexname}"))
    return [
        *(f"ALTER TABLE {table} ADD CONSTRAINT {row.conname} {row.text}" for row in constraints),
        *(row.indexdef for row in plain),
    ]


def _run(connection: sa.Connection, statement: str, **values: Any) -> None:
    connection.execute(sa.text(statement), values)


def settle(url: str) -> None:
    """Let the database know its tables, as it does by itself once they have been there a while."""
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    server.dispose()
