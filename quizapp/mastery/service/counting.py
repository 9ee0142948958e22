"""The sums of cold re-tests by team and month: numbers of people, never the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

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
    before = _retested_since(person_id, month)
    after = {**before, **changed}
    old = rules.retest_sums(meeting for known in before.values() for meeting in known)
    new = rules.retest_sums(meeting for known in after.values() for meeting in known)
    for unit_id, of in sorted(key for key in old.keys() | new.keys() if key[1] == month):
        _add(unit_id, of, _difference(new.get((unit_id, of)), old.get((unit_id, of))))


def _retested_since(person_id: int, day: date) -> dict[int, list[rules.Meeting]]:
    rows = db.session.execute(
        select(MasteryCard.item_id, MasteryCard.history).where(
            MasteryCard.person_id == person_id, MasteryCard.retested_on >= day
        )
    )
    return {item_id: read_history(history) for item_id, history in rows}


def _difference(new: rules.Sums | None, old: rules.Sums | None) -> rules.Sums:
    nothing = rules.Sums(0, 0, 0)
    new, old = new or nothing, old or nothing
    return rules.Sums(
        new.people - old.people, new.answered - old.answered, new.correct - old.correct
    )


def _add(unit_id: int, month: date, more: rules.Sums) -> None:
    if more == rules.Sums(0, 0, 0):
        return
    db.session.execute(
        insert(Retest)
        .values(unit_id=unit_id, month=month, people=0, answered=0, correct=0)
        .on_conflict_do_nothing()
    )
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
