"""What people answered last, many people at once: for rooms that judge mastery by a rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from quizapp.core.db import db

from ..models import MasteryCard


@dataclass(frozen=True)
class Answered:
    """An item that a person has answered; rules.is_firm says whether they know it on a day."""

    person_id: int
    item_id: int
    stability: float | None
    answered_on: date | None


def list_answered(person_ids: Collection[int]) -> list[Answered]:
    """Return what some people have answered: one statement."""
    rows = db.session.execute(
        select(
            MasteryCard.person_id,
            MasteryCard.item_id,
            MasteryCard.stability,
            MasteryCard.answered_on,
        ).where(MasteryCard.person_id.in_(list(person_ids)), MasteryCard.answered_on.is_not(None))
    )
    return [Answered(*row) for row in rows]
