"""What must hold for the boards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import and_, func, select

from quizapp.core.checks import invariant
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.points.rules import window

from .models import Board, Dirty, Seat, Standing, UnitDay
from .service import rankings, tables
from .service.keeping import all_shown
from .service.rankings import version_of
from .service.sealing import find_broken_seals
from .service.updating import open_seasons


@invariant("I1", "What a unit's day holds on the boards is the sum of the ledger.")
def unit_days_are_the_ledger() -> Iterator[str]:
    """Yield unit-days that differ from the ledger, other than those still waiting to be summed.

    Compared by the database: millions of days need no memory here.
    """
    first = db.session.scalar(select(func.min(UnitDay.day)))
    if first is None:
        return
    ledger = points.unit_sums_since(first).subquery()
    same = and_(ledger.c.unit_id == UnitDay.unit_id, ledger.c.day == UnitDay.day)
    truth = func.coalesce(ledger.c.points, 0)
    wrong = (
        select(UnitDay.unit_id, UnitDay.day, UnitDay.points, truth.label("truth"))
        .outerjoin(ledger, same)
        .where(UnitDay.points != truth, ~_waits(UnitDay.unit_id, UnitDay.day))
        .order_by(UnitDay.unit_id, UnitDay.day)
    )
    for row in db.session.execute(wrong, execution_options={"yield_per": 1000}):
        yield f"unit {row.unit_id} on {row.day}: {row.points}, the ledger says {row.truth}"
    missing = (
        select(ledger.c.unit_id, ledger.c.day)
        .outerjoin(UnitDay, same)
        .where(
            UnitDay.unit_id.is_(None),
            ledger.c.points != 0,
            ledger.c.unit_id.in_(select(UnitDay.unit_id)),
            ~_waits(ledger.c.unit_id, ledger.c.day),
        )
        .order_by(ledger.c.unit_id, ledger.c.day)
    )
    for row in db.session.execute(missing, execution_options={"yield_per": 1000}):
        yield f"unit {row.unit_id} on {row.day}: missing on the boards"


def _waits(unit_id: Any, day: Any) -> Any:
    """Return the condition that a unit's day is noted, to be summed again."""
    return select(Dirty.id).where(Dirty.unit_id == unit_id, Dirty.day == day).exists()


@invariant("I13", "A ranking in the store says what the standings say.")
def rankings_are_the_standings() -> Iterator[str]:
    """Yield boards whose ranking is at their version and gives something else than the tables."""
    for shown in all_shown():
        try:
            if version_of(shown.scope) != shown.version:
                continue
        except RedisError:
            return
        today = org.today(shown.season.organisation_id)
        for bracket in tables.count_brackets(shown):
            last = tables.read_last(shown, bracket)
            kept = rankings.read_slice(shown, bracket=bracket, own_id=last, today=today)
            truth = tables.read_slice(shown, bracket=bracket, own_id=last, today=today)
            if kept is not None and kept != truth:
                yield f"season {shown.season.id}, {bracket}: another order in the store"


@invariant("I10", "A team's sum on a board is the sum of its seats' days in the window.")
def standings_are_their_days() -> Iterator[str]:
    """Yield standings of open seasons that differ from the days of the units seated there."""
    boards = {board.season_id: board.day for board in db.session.scalars(select(Board))}
    for season in open_seasons():
        if season.id not in boards:
            continue
        first, last = window(season.starts_on, boards[season.id], season.method)
        total = func.coalesce(func.sum(UnitDay.points), 0)
        rows = db.session.execute(
            select(Standing.unit_id, Standing.points, total.label("total"))
            .outerjoin(
                Seat,
                (Seat.season_id == season.id) & (Seat.ranked_unit_id == Standing.unit_id),
            )
            .outerjoin(
                UnitDay, (UnitDay.unit_id == Seat.unit_id) & UnitDay.day.between(first, last)
            )
            .where(Standing.season_id == season.id)
            .group_by(Standing.unit_id, Standing.points)
            .having(Standing.points != total)
        )
        for row in rows:
            yield f"season {season.id}, unit {row.unit_id}: {row.points}, its days {row.total}"


@invariant("I12", "A closed season is what was sealed, and what the ledger of that time gives.")
def closed_seasons_hold() -> Iterator[str]:
    """Yield closed seasons whose seal is broken, and their rows that the ledger denies."""
    yield from find_broken_seals()
