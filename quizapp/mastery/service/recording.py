"""Noting how a person met the items of an attempt: one read and one write for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.events import FinalSet, ResponsesGraded

from .. import rules
from ..models import MasteryCard, read_history, write_history
from . import counting

CARDS = 7013  # class of the advisory locks, one per person
Row = dict[str, Any]


@atomic
def remember(fact: ResponsesGraded) -> None:
    """Note how a person met the items of an attempt; told again, it changes nothing."""
    if not fact.responses or not rules.counts(fact.mode):
        return
    told = meetings_of(fact, fact.occurred_on)
    # Two sets of one person may become final at once, and the second has to read what the first
    # wrote.
    lock_for_command(CARDS, fact.user_id)
    known = _histories(fact.user_id, told)
    changed = {}
    for item_id, meeting in told.items():
        meetings = rules.merged(known.get(item_id, ()), [meeting])
        if list(meetings) != known.get(item_id):
            changed[item_id] = meetings
    if not changed:
        return
    if any(meeting.retest_unit for meeting in told.values()):
        counting.count(fact.user_id, fact.occurred_on, changed)
    store([card(fact.user_id, item_id, changed[item_id]) for item_id in sorted(changed)])


def meetings_of(told: ResponsesGraded | FinalSet, day: date) -> dict[int, rules.Meeting]:
    """Return by item how an attempt met it, whether it is announced now or told again later."""
    return {
        response.item_id: rules.Meeting(
            day=day,
            source=told.source,
            rating=rules.rating_of(
                is_correct=response.is_correct,
                is_rapid=response.is_rapid,
                is_confident=response.is_confident,
            ),
            version_id=response.item_version_id,
            retest_unit=(told.unit_id or 0) if response.purpose == "retest" else None,
        )
        for response in told.responses
    }


def _histories(person_id: int, item_ids: Iterable[int]) -> dict[int, list[rules.Meeting]]:
    rows = db.session.execute(
        select(MasteryCard.item_id, MasteryCard.history).where(
            MasteryCard.person_id == person_id, MasteryCard.item_id.in_(list(item_ids))
        )
    )
    return {item_id: read_history(history) for item_id, history in rows}


def card(person_id: int, item_id: int, meetings: Sequence[rules.Meeting]) -> Row:
    """Return the row of a person's card from its meetings, which are in order."""
    return {
        "person_id": person_id,
        "item_id": item_id,
        "history": write_history(meetings),
        **asdict(rules.fold(meetings, f"{person_id}:{item_id}")),
    }


def store(rows: Sequence[Row]) -> None:
    """Write cards, over those that are there."""
    statement = insert(MasteryCard)
    keys = ("person_id", "item_id")
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in rows[0] if name not in keys},
        ),
        rows,
    )
