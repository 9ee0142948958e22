"""What must hold for the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from quizapp.core.checks import invariant
from quizapp.core.db import db
from quizapp.org.rules import week_of

from . import rules, service
from .models import Entry


@invariant("I2", "The ledger only grows: every correction names an entry of the same person.")
def corrections_have_an_entry() -> Iterator[str]:
    """Yield corrections that point to nothing, to another person, or to another correction."""
    first = aliased(Entry)
    rows = db.session.execute(
        select(Entry.id, first.beneficiary, first.corrects_id, Entry.beneficiary.label("own"))
        .join(first, first.id == Entry.corrects_id, isouter=True)
        .where(Entry.corrects_id.is_not(None))
    )
    for row in rows:
        if row.beneficiary != row.own or row.corrects_id is not None:
            yield f"points_entry {row.id}: its correction does not fit"


@invariant("I4", "Every fact that earns has exactly one entry.")
def facts_are_rewarded() -> Iterator[str]:
    """Yield facts without an entry, and sources with several."""
    yield from service.find_missing(date.min)
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.source)
        .group_by(Entry.beneficiary, Entry.source)
        .having(func.count() > 1)
    )
    for row in rows:
        yield f"{row.beneficiary} has several entries for {row.source}"


@invariant("I6", "Nobody earned more than a day, a week or an activity allows.")
def caps_hold() -> Iterator[str]:
    """Yield people and days, or weeks, over a limit."""
    weeks: dict[tuple[str, date], int] = defaultdict(int)
    days: dict[tuple[str, date], int] = defaultdict(int)
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.day, Entry.activity, func.sum(Entry.amount).label("sum"))
        .group_by(Entry.beneficiary, Entry.day, Entry.activity)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        in_force = rules.rules_on(row.day)
        rule = in_force.rule(row.activity)
        if rule and row.sum > rule.day_limit:
            yield f"{row.beneficiary} has {row.sum} for {row.activity} on {row.day}"
        days[row.beneficiary, row.day] += row.sum
        weeks[row.beneficiary, week_of(row.day)[0]] += row.sum
    for (who, day), amount in days.items():
        if amount > rules.rules_on(day).day_limit:
            yield f"{who} has {amount} points on {day}"
    for (who, monday), amount in weeks.items():
        if amount > rules.rules_on(monday).week_limit:
            yield f"{who} has {amount} points in the week of {monday}"
