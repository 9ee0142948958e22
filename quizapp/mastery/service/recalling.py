"""What a person has seen, what is due, and what is asked again cold: for whoever makes a set."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from quizapp.core.db import db

from .. import rules
from ..models import MasteryCard, MasterySetting


@dataclass(frozen=True)
class Recall:
    """What the memory model tells whoever makes a set for a person.

    ``seen`` is the last day of each item met within 14 days, ``due`` the items to review, the one
    that waits longest first, ``retest`` the item of this week's cold re-test or None.
    """

    seen: dict[int, date]
    due: tuple[int, ...]
    retest: int | None


def recall(person_id: int, today: date, among: Container[int] | None = None) -> Recall:
    """Return what a person has seen, what is due and what to ask cold, by one statement.

    At most five reviews a day are due; more than that waits for later days. Nothing is due to a
    person who takes a rest. ``among`` holds the items that may be drawn, so that one that was
    withdrawn keeps no place; None: all of them.
    """
    found = _lines(person_id, today)
    lines = [line for line, _paused in found]
    seen = {
        line.item_id: line.last_seen_on
        for line in lines
        if (today - line.last_seen_on).days <= rules.SEEN_DAYS
    }
    if any(paused is not None and paused >= today for _line, paused in found):
        return Recall(seen, (), None)
    held = [line for line in lines if among is None or line.item_id in among]
    retest = None if rules.was_retested(lines, today) else rules.pick_retest(held, person_id, today)
    due = [line.item_id for line in rules.in_turn(held, today) if line.item_id != retest]
    return Recall(seen, tuple(due[: rules.reviews_left(lines, today)]), retest)


def _lines(person_id: int, today: date) -> list[tuple[rules.Line, date | None]]:
    """Return what may be seen, due or cold, each with until when the person takes a rest."""
    earliest = today - timedelta(days=rules.LATEST_RETEST_DAYS)
    latest = today - timedelta(days=rules.EARLIEST_RETEST_DAYS)
    rows = db.session.execute(
        select(
            MasteryCard.item_id,
            MasteryCard.last_seen_on,
            MasteryCard.due_on,
            MasteryCard.answered_on,
            MasteryCard.stability,
            MasteryCard.last_rating,
            MasteryCard.reps,
            MasteryCard.retested_on,
            MasterySetting.pauses_until,
        )
        .outerjoin(MasterySetting, MasterySetting.person_id == MasteryCard.person_id)
        .where(
            MasteryCard.person_id == person_id,
            or_(
                MasteryCard.last_seen_on >= today - timedelta(days=rules.SEEN_DAYS),
                MasteryCard.due_on <= today,
                and_(
                    MasteryCard.last_seen_on.between(earliest, latest),
                    MasteryCard.last_rating >= rules.RIGHT,
                ),
            ),
        )
    )
    return [(rules.Line(*row[:-1]), row.pauses_until) for row in rows]
