"""What must hold for the boards."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from quizapp.core.checks import invariant
from quizapp.core.db import db
from quizapp.points import service as points

from .models import Dirty, Seat, Standing, UnitDay


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


@invariant("I10", "A team's sum on a board is the sum of its seats' days.")
def standings_are_their_days() -> Iterator[str]:
    """Yield standings whose points are not covered by the days of the units seated there."""
    totals = dict(
        db.session.execute(
            select(Seat.ranked_unit_id, func.sum(UnitDay.points))
            .join(UnitDay, UnitDay.unit_id == Seat.unit_id)
            .group_by(Seat.ranked_unit_id)
        ).all()
    )
    for row in db.session.scalars(select(Standing)):
        if row.points > int(totals.get(row.unit_id) or 0):
            yield f"season {row.season_id}, unit {row.unit_id}: more points than its days hold"
