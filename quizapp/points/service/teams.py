"""Sums of the ledger that pages of teams are made of: numbers, never a list of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import func, select

from quizapp.core.db import db
from quizapp.core.events import rewards_since
from quizapp.org.rules import week_of

from .. import rules
from ..models import Entry
from .awarding import is_written, owner_of, team_key

AT_ONCE = 500  # below every database's limit of parameters


def count_earners(unit_ids: Collection[int], first: date, last: date) -> int:
    """Return how many people earned something for these units from ``first`` to ``last``.

    Corrections do not count: an old week stays as it was told.
    """
    return int(
        db.session.scalar(
            select(func.count(Entry.beneficiary.distinct())).where(
                Entry.unit_id.in_(sorted(unit_ids)),
                Entry.day.between(first, last),
                Entry.amount > 0,
                Entry.corrects_id.is_(None),
                Entry.beneficiary.startswith("u:"),
            )
        )
        or 0
    )


def quantities_of_teams(
    unit_ids: Collection[int], activity: str, first: date, last: date
) -> dict[int, int]:
    """Return how often each team, as a whole, did an activity from ``first`` to ``last``."""
    wanted = sorted(unit_ids)
    found = dict.fromkeys(wanted, 0)
    for start in range(0, len(wanted), AT_ONCE):
        rows = db.session.execute(
            select(Entry.unit_id, func.sum(Entry.quantity))
            .where(
                Entry.beneficiary.in_([team_key(unit) for unit in wanted[start : start + AT_ONCE]]),
                Entry.activity == activity,
                Entry.day.between(first, last),
            )
            .group_by(Entry.unit_id)
        )
        found.update({unit_id: int(number) for unit_id, number in rows if unit_id in found})
    return found


def find_wrong_weeks(first: date) -> Iterator[str]:
    """Yield who has other active weeks on the ledger than their facts since ``first`` give.

    Active weeks are stored nowhere: they follow from the days of the ledger. So what is compared is
    the ledger with what the rooms tell.
    """
    told: dict[str, set[date]] = defaultdict(set)
    for fact in rewards_since(first):
        if is_written(fact):
            told[owner_of(fact)].add(week_of(fact.occurred_on)[0])
    known: dict[str, set[date]] = defaultdict(set)
    rows = db.session.execute(
        select(Entry.beneficiary, Entry.day, Entry.activity)
        .where(Entry.day >= first, Entry.corrects_id.is_(None), Entry.author_id.is_(None))
        .distinct()
        .execution_options(yield_per=1000)
    )
    for who, day, activity in rows:
        if activity in rules.ACTIVITIES:  # no room tells of any other
            known[who].add(week_of(day)[0])
    for who in sorted(told.keys() | known.keys()):
        if told[who] != known[who]:
            yield f"{who}: {len(known[who])} active weeks, its facts give {len(told[who])}"
