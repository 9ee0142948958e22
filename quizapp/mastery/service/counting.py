"""The sums of cold re-tests by team and month: numbers of people, never the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain

from sqlalchemy import select, update

from quizapp.core.db import db, insert

from .. import rules
from ..models import MasteryCard, Retest, read_history


def count(person_id: int, day: date, changed: Mapping[int, Sequence[rules.Meeting]]) -> None:
    """Add to the sums of the month of ``day`` what ``changed`` cards of a person will change.

    Before the cards are written. What a person adds is computed from all their cards, before and
    after, so that they are one person however often they are asked.
    """
    month = rules.month_of(day)
    known = _retested_since(person_id, month)
    old = rules.retest_sums(chain.from_iterable(known.values()))
    new = rules.retest_sums(chain.from_iterable({**known, **changed}.values()))
    for unit_id, of in sorted(key for key in old.keys() | new.keys() if key[1] == month):
        before, after = old.get((unit_id, of)), new.get((unit_id, of))
        _add(unit_id, of, (after or rules.NOTHING).minus(before or rules.NOTHING))


def _retested_since(person_id: int, day: date) -> dict[int, list[rules.Meeting]]:
    rows = db.session.execute(
        select(MasteryCard.item_id, MasteryCard.history).where(
            MasteryCard.person_id == person_id, MasteryCard.retested_on >= day
        )
    )
    return {item_id: read_history(history) for item_id, history in rows}


def have(unit_id: int, month: date) -> None:
    """Make sure that a team has sums for a month; a row with less than nothing is none."""
    db.session.execute(
        insert(Retest)
        .values(unit_id=unit_id, month=month, people=0, answered=0, correct=0)
        .on_conflict_do_nothing()
    )


def _add(unit_id: int, month: date, more: rules.Sums) -> None:
    if more == rules.NOTHING:
        return
    have(unit_id, month)
    db.session.execute(
        update(Retest)
        .where(Retest.unit_id == unit_id, Retest.month == month)
        .values(
            people=Retest.people + more.people,
            answered=Retest.answered + more.answered,
            correct=Retest.correct + more.correct,
        )
        .execution_options(synchronize_session=False)
    )
