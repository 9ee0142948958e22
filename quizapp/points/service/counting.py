"""How points are spread over people: numbers only, never who."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from quizapp.core.db import db
from quizapp.org.models import Unit

from ..models import Entry


def spread_of_sums(organisation_id: int, first: date, last: date) -> dict[int, int]:
    """Return how many people have how many points from ``first`` to ``last``, by their sum.

    Only people with points count. One grouped statement over the ledger, for the night.
    """
    sums = (
        select(func.sum(Entry.amount).label("total"))
        .join(Unit, Unit.id == Entry.unit_id)
        .where(
            Unit.organisation_id == organisation_id,
            Entry.day.between(first, last),
            Entry.beneficiary.like("u:%"),
        )
        .group_by(Entry.beneficiary)
        .having(func.sum(Entry.amount) > 0)
        .subquery()
    )
    rows = db.session.execute(
        select(sums.c.total, func.count()).group_by(sums.c.total).order_by(sums.c.total)
    )
    return {int(total): int(people) for total, people in rows}
