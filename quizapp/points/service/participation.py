"""Who did what how often, many people at once: for rooms that judge by the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from quizapp.core.db import db
from quizapp.org import rules as days

from ..models import Entry
from .awarding import person_key


def quantities(
    person_ids: Collection[int], activities: Collection[str], *, except_for: Collection[str] = ()
) -> dict[tuple[int, str], int]:
    """Return how often people did activities, rewarded or not, by (person, activity).

    Lines with one of the reasons ``except_for`` do not count. One statement.
    """
    keys = {person_key(one): one for one in person_ids}
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.activity, func.sum(Entry.quantity))
        .where(
            Entry.beneficiary.in_(keys),
            Entry.activity.in_(list(activities)),
            func.coalesce(Entry.reason, "").not_in(list(except_for)),
        )
        .group_by(Entry.beneficiary, Entry.activity)
    )
    return {(keys[who], activity): int(number) for who, activity, number in rows}


def weeks_active(person_ids: Collection[int]) -> dict[int, int]:
    """Return in how many weeks people ever did something that is recorded. One statement."""
    keys = {person_key(one): one for one in person_ids}
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.day).where(Entry.beneficiary.in_(keys)).distinct()
    )
    weeks: dict[int, set[date]] = defaultdict(set)
    for who, day in rows:
        weeks[keys[who]].add(days.week_of(day)[0])
    return {who: len(mondays) for who, mondays in weeks.items()}


def units_of(
    person_ids: Collection[int], unit_ids: Collection[int], first: date, last: date
) -> set[tuple[int, int]]:
    """Return the pairs (person, unit) with a line from ``first`` to ``last``. One statement."""
    keys = {person_key(one): one for one in person_ids}
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.unit_id)
        .where(
            Entry.beneficiary.in_(keys),
            Entry.unit_id.in_(list(unit_ids)),
            Entry.day.between(first, last),
        )
        .distinct()
    )
    return {(keys[who], unit_id) for who, unit_id in rows if unit_id is not None}


def people_of_units(unit_ids: Collection[int], first: date, last: date) -> list[int]:
    """Return who has a line for one of the units from ``first`` to ``last``: for code, not eyes."""
    rows = db.session.scalars(
        select(Entry.beneficiary)
        .where(
            Entry.unit_id.in_(list(unit_ids)),
            Entry.day.between(first, last),
            Entry.beneficiary.like("u:%"),
        )
        .distinct()
    )
    return sorted(int(who.partition(":")[2]) for who in rows)
