"""What must hold for the boards."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from quizapp.core.checks import invariant
from quizapp.core.db import db
from quizapp.points import service as points
from quizapp.points.rules import window

from .models import Board, Dirty, Seat, Standing, UnitDay
from .service.sealing import find_broken_seals
from .service.updating import open_seasons


@invariant("I1", "What a unit's day holds on the boards is the sum of the ledger.")
def unit_days_are_the_ledger() -> Iterator[str]:
    """Yield unit-days that differ from the ledger, other than those still waiting to be summed."""
    waiting = set(db.session.execute(select(Dirty.unit_id, Dirty.day)))
    known = {
        (row.unit_id, row.day): row.points for row in db.session.scalars(select(UnitDay)).all()
    }
    if not known:
        return
    truth = points.sums_since({unit for unit, _day in known}, min(day for _unit, day in known))
    for pair, amount in sorted(known.items()):
        if pair not in waiting and truth.get(pair, 0) != amount:
            yield f"unit {pair[0]} on {pair[1]}: {amount}, the ledger says {truth.get(pair, 0)}"
    for pair in sorted(truth.keys() - known.keys() - waiting):
        yield f"unit {pair[0]} on {pair[1]}: missing on the boards"


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
