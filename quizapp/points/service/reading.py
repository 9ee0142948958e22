"""Reading the ledger: one's own lines and sums, and the sums of units that boards are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from quizapp.core.db import db
from quizapp.org import rules as days

from .. import rules
from ..models import Entry
from .awarding import person_key

UNITS_AT_ONCE = 5000  # in one statement: below every database's limit of parameters


@dataclass(frozen=True)
class LedgerLine:
    """An entry as its owner reads it; ``reason`` says why it is less than usual."""

    id: int
    activity: str
    quantity: int
    amount: int
    reason: str | None
    day: date
    at: datetime
    is_correction: bool


def list_entries(
    person_id: int, *, limit: int = 4, before_id: int | None = None
) -> list[LedgerLine]:
    """Return a person's newest entries, those before ``before_id`` when it is given."""
    statement = select(Entry).where(Entry.beneficiary == person_key(person_id))
    if before_id is not None:
        statement = statement.where(Entry.id < before_id)
    rows = db.session.scalars(statement.order_by(Entry.id.desc()).limit(limit))
    return [_line(row) for row in rows]


def list_entries_of(person_id: int, sources: Collection[str]) -> list[LedgerLine]:
    """Return a person's entries that came from ``sources``, in the order they were written."""
    rows = db.session.scalars(
        select(Entry)
        .where(Entry.beneficiary == person_key(person_id), Entry.source.in_(list(sources)))
        .order_by(Entry.id)
    )
    return [_line(row) for row in rows]


def _line(entry: Entry) -> LedgerLine:
    return LedgerLine(
        id=entry.id,
        activity=entry.activity,
        quantity=entry.quantity,
        amount=entry.amount,
        reason=entry.reason,
        day=entry.day,
        at=entry.created_at,
        is_correction=entry.corrects_id is not None,
    )


def sum_of_person(person_id: int, first: date, last: date) -> int:
    """Return a person's points from ``first`` to ``last``, both included."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(Entry.amount), 0)).where(
                Entry.beneficiary == person_key(person_id), Entry.day.between(first, last)
            )
        )
        or 0
    )


def quantity_of_person(person_id: int, activity: str, first: date, last: date) -> int:
    """Return how often a person did an activity from ``first`` to ``last``, rewarded or not."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(Entry.quantity), 0)).where(
                Entry.beneficiary == person_key(person_id),
                Entry.activity == activity,
                Entry.day.between(first, last),
            )
        )
        or 0
    )


def active_weeks(person_id: int, first: date, last: date) -> int:
    """Return in how many weeks from ``first`` to ``last`` a person did something that is recorded.

    It only grows: a rest week costs nothing.
    """
    days_active = db.session.scalars(
        select(Entry.day)
        .where(Entry.beneficiary == person_key(person_id), Entry.day.between(first, last))
        .distinct()
    )
    return len({days.week_of(day)[0] for day in days_active})


def sums_of_unit_days(pairs: Collection[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """Return the points earned for each (unit id, day) of ``pairs``; 0 where there are none.

    Asked day by day: a list of pairs would be planned pair by pair, which takes longer than the
    sums.
    """
    found: dict[tuple[int, date], int] = dict.fromkeys(pairs, 0)
    units_of: dict[date, list[int]] = defaultdict(list)
    for unit_id, day in sorted(found):
        units_of[day].append(unit_id)
    for day, unit_ids in units_of.items():
        for start in range(0, len(unit_ids), UNITS_AT_ONCE):
            some = Entry.unit_id.in_(unit_ids[start : start + UNITS_AT_ONCE])
            for unit_id, amount in db.session.execute(unit_sums_on(day).where(some)):
                found[unit_id, day] = int(amount)
    return found


def sums_of_units(
    unit_ids: Collection[int], first: date, last: date, *, until: datetime | None = None
) -> dict[int, int]:
    """Return the points each unit earned from ``first`` to ``last``; those without are left out.

    ``until`` counts only what was on the ledger by then (None: everything).
    """
    found: dict[int, int] = {}
    for some in _slices(unit_ids):
        statement = (
            select(Entry.unit_id, func.sum(Entry.amount))
            .where(Entry.unit_id.in_(some), Entry.day.between(first, last))
            .group_by(Entry.unit_id)
        )
        if until is not None:
            statement = statement.where(Entry.created_at <= until)
        rows = db.session.execute(statement)
        found.update({unit_id: int(amount) for unit_id, amount in rows if unit_id})
    return found


def best_sums(
    rows: Mapping[int, int],
    counted: Mapping[int, int],
    first: date,
    last: date,
    *,
    until: datetime | None = None,
) -> dict[int, int]:
    """Return for each row the sum of the best contributions to each activity, by its key.

    ``rows`` says in which row a unit counts, ``counted`` how many contributions of an activity
    count in a row. What a person brought to an activity is added up here, over all units of the
    row, and never leaves this function. ``until`` as in ``sums_of_units``.
    """
    brought: dict[int, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for some in _slices(rows):
        statement = (
            select(Entry.unit_id, Entry.activity, Entry.beneficiary, func.sum(Entry.amount))
            .where(Entry.unit_id.in_(some), Entry.day.between(first, last))
            .group_by(Entry.unit_id, Entry.activity, Entry.beneficiary)
        )
        if until is not None:
            statement = statement.where(Entry.created_at <= until)
        for unit_id, activity, who, amount in db.session.execute(statement):
            brought[rows[unit_id or 0]][activity, who] += int(amount)
    sums = dict.fromkeys(rows.values(), 0)
    for row, amounts in brought.items():
        activities: dict[str, list[int]] = defaultdict(list)
        for (activity, _who), amount in amounts.items():
            activities[activity].append(amount)
        sums[row] = rules.best_contributions(activities.values(), counted[row])
    return sums


def _slices(unit_ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield ids in portions that stay below every database's limit of parameters."""
    wanted = sorted(unit_ids)
    for start in range(0, len(wanted), UNITS_AT_ONCE):
        yield wanted[start : start + UNITS_AT_ONCE]


def unit_sums_on(day: date) -> Select[*tuple[Any, ...]]:
    """Return the statement that sums a day by unit: ``unit_id``, ``points``.

    A statement and not its rows, as ``unit_sums_since``: the boards join it in the database, where
    twenty million lines need no memory here.
    """
    return (
        select(Entry.unit_id, func.sum(Entry.amount).label("points"))
        .where(Entry.day == day, Entry.unit_id.is_not(None))
        .group_by(Entry.unit_id)
    )


def unit_sums_since(first: date) -> Select[*tuple[Any, ...]]:
    """Return the statement that sums every unit's days from ``first`` on: ``unit_id``, ``day``,
    ``points``.
    """
    return (
        select(Entry.unit_id, Entry.day, func.sum(Entry.amount).label("points"))
        .where(Entry.day >= first, Entry.unit_id.is_not(None))
        .group_by(Entry.unit_id, Entry.day)
    )
